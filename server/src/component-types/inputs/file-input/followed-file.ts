import { TextDecoder } from 'node:util';
import { headBytes, readAt } from '../../../component-kit/files/unpack.ts';
import type { Beginning } from './progress.ts';
import type { Reading } from './read-file.ts';
import type { FileRecord } from '../../../component-kit/content/line-reader.ts';
import type { RecordReader } from './record-reader.ts';
import { isSeekable, recentBytes, type SourceFile } from './source-file.ts';

/** How long whole lines wait for the rest of their row, in milliseconds. */
const patienceMs = 1000;
const chunkBytes = 64 * 1024;

/** A file that is open and grows. */
export class FollowedFile {
  private readonly reader: RecordReader;
  private readonly recent: ReturnType<typeof recentBytes>;
  /** Turns UTF-16 into UTF-8. */
  private readonly decoder: TextDecoder | undefined;
  private readonly buffer = Buffer.alloc(chunkBytes);
  private head: Buffer;
  /** Bytes of the file that were read. */
  private at: number;
  /** The same, as the reader got them. */
  private read: number;
  /** Bytes that were handed on before, and are not shown to the reader. */
  private toSkip: number;
  private holdingSince: number | undefined;

  constructor(
    readonly source: SourceFile,
    beginning: Beginning,
    private readonly reading: Reading,
  ) {
    const isFree = isSeekable(source);
    this.reader = reading.newReader(beginning);
    this.recent = recentBytes(Buffer.from(beginning.before, 'base64'));
    this.decoder = source.utf16 && new TextDecoder(source.utf16);
    this.head = source.head;
    this.at = isFree ? beginning.offset : 0;
    this.read = beginning.offset;
    this.toSkip = isFree ? 0 : beginning.offset;
  }

  /** Names of columns, where the format has some and they are known. */
  get names(): readonly string[] | undefined {
    return this.reader.names;
  }

  /** Whether the file still holds what was read of it. */
  async isIntact(): Promise<boolean> {
    const { handle } = this.source;
    const { size } = await handle.stat();
    if (size <= this.at) return size === this.at;
    if (!isSeekable(this.source)) return true;
    const before = this.recent.before(0);
    return (await readAt(handle, this.at - before.length, before.length)).equals(before);
  }

  /** Hands on what was added. */
  async readOn(): Promise<void> {
    const { signal } = this.reading;
    // it may be emptied and filled again at any time
    while (!signal.aborted && (await this.isIntact())) {
      const { bytesRead } = await this.source.handle.read(this.buffer, 0, chunkBytes, this.at);
      if (bytesRead === 0) break;
      const bytes = this.buffer.subarray(0, bytesRead);
      this.knowHead(bytes);
      this.at += bytesRead;
      const chunk = this.unskipped(this.decoder ? Buffer.from(this.decoder.decode(bytes, { stream: true })) : bytes);
      this.read += chunk.length;
      this.recent.push(chunk);
      await this.handOn(this.reader.push(chunk));
    }
    await this.letGo();
  }

  /** Hands on the last line, though nobody has ended it: nobody will. */
  async finish(): Promise<void> {
    await this.handOn(this.reader.finish());
  }

  async close(): Promise<void> {
    await this.source.handle.close();
  }

  /** A file that has only begun is known again by what comes. */
  private knowHead(bytes: Buffer): void {
    if (this.head.length >= headBytes || this.at > this.head.length) return;
    this.head = Buffer.concat([this.head.subarray(0, this.at), bytes]).subarray(0, headBytes);
    this.reading.progress.knowHead(this.head);
  }

  private unskipped(chunk: Buffer): Buffer {
    const rest = chunk.subarray(Math.min(this.toSkip, chunk.length));
    this.toSkip -= chunk.length - rest.length;
    return rest;
  }

  private async handOn(records: readonly FileRecord[]): Promise<void> {
    const { progress } = this.reading;
    if (!(await progress.take(progress.fresh(records)))) return;
    const { reader, recent, head, read } = this;
    const before = isSeekable(this.source) ? recent.before(reader.pending).toString('base64') : '';
    progress.settle(progress.behind(reader, { head: head.toString('base64'), before, read }));
  }

  /** A row that waits for the end of its quoted field does not hold back the others for long. */
  private async letGo(): Promise<void> {
    if (!this.reader.isHolding) this.holdingSince = undefined;
    else if (this.holdingSince === undefined) this.holdingSince = performance.now();
    else if (performance.now() - this.holdingSince > patienceMs) await this.handOn(this.reader.release());
  }
}
