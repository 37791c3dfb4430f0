import type { Io } from '../../../engine/component.ts';
import { sentenceOf } from '../../../engine/fault.ts';
import type { Headers, Message } from '../../../engine/message.ts';
import type { Place } from '../../../component-kit/files/place.ts';
import type { PlaceKeeper } from '../../../component-kit/files/place-keeper.ts';
import type { FileRecord } from '../../../component-kit/content/line-reader.ts';
import type { RecordReader } from './record-reader.ts';

/** Messages in one batch from a file. */
const batchSize = 500;

/** Where a file begins to be read, and what it is. */
export type Beginning = Pick<Place, 'file' | 'head' | 'before' | 'offset' | 'skip' | 'lines' | 'names'>;

/** Hands records on, and notes how far that went. */
export class Progress {
  /** Records that were handed on since the start. */
  records = 0;
  private toSkip = 0;
  private isKept = true;

  constructor(
    private place: Place,
    private readonly given: {
      readonly io: Io;
      readonly emit: (batch: readonly Message[]) => Promise<void>;
      readonly keeper: PlaceKeeper;
      /** Of all messages: where they are from. */
      readonly headers: Headers;
    },
  ) {}

  get present(): Place {
    return this.place;
  }

  /** Another file, or the same at another place. */
  async begin(beginning: Beginning): Promise<void> {
    const { file, head, before, offset, skip, lines, names } = beginning;
    this.place = { key: this.place.key, file, head, before, offset, skip, lines, ...(names && { names }) };
    this.toSkip = skip;
    await this.note();
  }

  /** Leaves out what was handed on before. Asked once for what was read. */
  fresh(records: readonly FileRecord[]): readonly FileRecord[] {
    if (this.toSkip === 0) return records;
    const rest = records.slice(this.toSkip);
    this.toSkip -= records.length - rest.length;
    return rest;
  }

  /** More of the first bytes of the file is known. */
  knowHead(head: Buffer): void {
    this.place = { ...this.place, head: head.toString('base64') };
  }

  /** Resolves when all is handed on, or the component has to stop: then with false. */
  async take(records: readonly FileRecord[]): Promise<boolean> {
    const { io, emit } = this.given;
    for (let at = 0; at < records.length; at += batchSize) {
      if (io.signal.aborted) return false;
      const some = records.slice(at, at + batchSize);
      await emit(some.flatMap((record) => ('payload' in record ? [this.messageOf(record)] : [])));
      for (const record of some) if ('invalid' in record) await io.keepInvalid(record.invalid, record.raw);
      this.records += some.length;
      this.place = { ...this.place, skip: this.place.skip + some.length };
      await this.note();
    }
    return true;
  }

  /** The place behind what was read up to now, but for what the reader still waits for. */
  behind(reader: RecordReader, now: Pick<Place, 'head' | 'before'> & { readonly read: number }): Place {
    const { key, file } = this.place;
    return {
      key,
      file,
      head: now.head,
      before: now.before,
      offset: now.read - reader.pending,
      skip: this.toSkip + (reader.handedOn ?? 0),
      lines: reader.lines,
      ...(reader.names && { names: [...reader.names] }),
    };
  }

  /**
   * All up to a place is handed on. It is noted with the next batch: until then the place on disk says the same with other
   * words.
   */
  settle(place: Place): void {
    this.place = place;
  }

  /** The file is read to its end, which was `size` bytes. */
  async ended(size: number): Promise<void> {
    this.place = { ...this.place, readToEnd: size };
    await this.note();
  }

  /** Nothing hangs on a place that cannot be kept but what is read twice after the next start. */
  async note(): Promise<void> {
    const { io, keeper } = this.given;
    try {
      await keeper.note(this.place);
      this.isKept = true;
    } catch (thrown) {
      if (this.isKept) io.report('running', `how far it has read cannot be kept: ${sentenceOf(thrown)}`);
      this.isKept = false;
    }
  }

  private messageOf({ payload, json }: Extract<FileRecord, { payload: unknown }>): Message {
    const { io, headers } = this.given;
    return io.message(payload, json === undefined ? { headers } : { json, headers });
  }
}
