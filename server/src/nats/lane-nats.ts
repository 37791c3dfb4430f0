import type { NatsConnection } from '@nats-io/transport-node';
import type { BufferLimits } from '@semstreams/contract';
import type { BlockLog, LogMark, LogState } from '../engine/block-log.ts';
import { connectTo, type NatsAccess } from './access.ts';
import { DeadLetterWriter } from './dead-letter-writer.ts';
import { isDiskFull, isStoreFull } from './fullness.ts';
import type { LetterBlock } from './kept-letter.ts';
import { MarkFile } from './mark-file.ts';
import { StreamLog } from './stream-log.ts';
import type { BufferPlace } from './stream-names.ts';

/** What a lane needs to know of NATS. Plain data. */
export interface LaneNatsSettings {
  readonly access: NatsAccess;
  readonly replicas: number;
  readonly name: string;
  /** Where it is noted what buffers hold. */
  readonly dataDir: string;
  /** See `fullness`: nothing is added to buffers while the disk is full, nor while all together fill the store. */
  readonly diskFull: SharedArrayBuffer;
}

/** The connection to NATS of one lane, made when the first of its flows needs it. */
export class LaneNats {
  private connection: Promise<NatsConnection> | undefined;
  private readonly letters = new Map<string, Promise<DeadLetterWriter>>();

  constructor(private readonly settings: LaneNatsSettings) {}

  /** The log of a guaranteed connection; nothing is asked of NATS before it is opened. */
  log(place: BufferPlace, limits: BufferLimits): BlockLog {
    const { replicas, dataDir, diskFull } = this.settings;
    const flags = new Int32Array(diskFull);
    const mark = new MarkFile(dataDir, place);
    return new LateLog(
      async () =>
        new StreamLog({
          nats: await this.connect(),
          place,
          limits,
          replicas,
          mark,
          isStoreFull: () => isStoreFull(flags),
        }),
      mark,
      flags,
    );
  }

  /** Resolves when they are on disk. */
  async addDeadLetters(flow: string, block: LetterBlock): Promise<void> {
    let letters = this.letters.get(flow);
    if (!letters) {
      letters = this.connect().then((nats) => new DeadLetterWriter(nats, flow, this.settings.replicas));
      this.letters.set(flow, letters);
    }
    await (await letters).add(block);
  }

  /** The flow has stopped here and may go on in another lane, which then counts its dead letters on. */
  forget(flow: string): void {
    this.letters.delete(flow);
  }

  private async connect(): Promise<NatsConnection> {
    const { access, name } = this.settings;
    return (this.connection ??= connectTo(access, name));
  }
}

/** A log whose connection is made at the first call. */
class LateLog implements BlockLog {
  private log: BlockLog | undefined;

  constructor(
    private readonly make: () => Promise<BlockLog>,
    private readonly marks: MarkFile,
    private readonly flags: Int32Array,
  ) {}

  get mostBytes(): number {
    return this.log?.mostBytes ?? 0;
  }

  async open(after?: number): Promise<LogState> {
    return (this.log ??= await this.make()).open(after);
  }

  async state(): Promise<LogState> {
    return this.log!.state();
  }

  async append(bytes: Uint8Array, id: string): Promise<number> {
    if (isDiskFull(this.flags)) throw new Error('the disk is almost full; it goes on when there is room');
    return this.log!.append(bytes, id);
  }

  async read(sequence: number): Promise<Uint8Array | undefined> {
    return this.log!.read(sequence);
  }

  async next(sequence: number): Promise<number | undefined> {
    return this.log!.next(sequence);
  }

  async trim(sequence: number): Promise<void> {
    return this.log!.trim(sequence);
  }

  async mark(): Promise<LogMark | undefined> {
    return this.marks.read();
  }

  async note(mark: LogMark): Promise<void> {
    return this.marks.write(mark);
  }
}
