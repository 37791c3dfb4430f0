import { type FileHandle, open, rename } from 'node:fs/promises';
import { makeFolderOf, syncFolder } from '../data-files.ts';
import { Archive } from './archive.ts';

export interface RotatingFileOptions {
  readonly path: string;
  /** Rotates before a file grows beyond; 0 never does. */
  readonly maxBytes: number;
  /** Rotates when a file is older, in milliseconds; 0 never does. */
  readonly maxAgeMs: number;
  /** How many rotated files are kept. */
  readonly keep: number;
  readonly gzip: boolean;
  readonly now: () => number;
}

const lineEnd = 0x0a;
/** The longest first line that is read again. */
const longestHeader = 64 * 1024;

/** A file that is appended to and, when it is large or old enough, put aside under a name with the time. */
export class RotatingFile {
  private readonly archive: Archive;
  private handle: FileHandle | undefined;
  private size = 0;
  private openedAt = 0;
  private isDirty = false;
  private syncing: Promise<void> = Promise.resolve();

  constructor(private readonly options: RotatingFileOptions) {
    this.archive = new Archive(options.path, options.keep, options.gzip);
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Opens for appending. A last line that a power cut has torn is ended, so that the next one stands alone. */
  async open(): Promise<void> {
    const { path, now } = this.options;
    await makeFolderOf(path);
    const handle = await open(path, 'a+');
    this.handle = handle;
    const { size, birthtimeMs } = await handle.stat();
    this.size = size;
    this.openedAt = size > 0 && birthtimeMs > 0 ? birthtimeMs : now();
    this.archive.tidy();
    if (size === 0) return;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    if (buffer[0] !== lineEnd) await this.write(Buffer.from('\n'));
  }

  /** The first line of what is there, without its end. */
  async firstLine(): Promise<string> {
    const { buffer, bytesRead } = await this.handle!.read(Buffer.alloc(longestHeader), 0, longestHeader, 0);
    const text = buffer.toString('utf8', 0, bytesRead);
    return text.split('\n', 1)[0]!;
  }

  isDue(nextBytes: number): boolean {
    const { maxBytes, maxAgeMs, now } = this.options;
    if (this.size === 0) return false;
    return (maxBytes > 0 && this.size + nextBytes > maxBytes) || (maxAgeMs > 0 && now() - this.openedAt >= maxAgeMs);
  }

  /** Appends in one piece. After a failure the part that was written is taken back, so that trying again doubles nothing. */
  async write(bytes: Buffer): Promise<void> {
    if (!this.handle) await this.open();
    const handle = this.handle!;
    try {
      for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
    } catch (thrown) {
      await handle.truncate(this.size).catch(() => undefined);
      throw thrown;
    }
    this.size += bytes.length;
    this.isDirty = true;
  }

  /** Resolves when all that was written outlives a power cut. */
  async sync(): Promise<void> {
    const sync = this.syncing.then(async () => {
      if (!this.isDirty) return;
      this.isDirty = false;
      await this.handle?.datasync().catch((thrown: unknown) => {
        this.isDirty = true;
        throw thrown;
      });
    });
    this.syncing = sync.catch(() => undefined);
    return sync;
  }

  /** Puts the file aside and begins a new one. Packing goes on beside. May be called again after a failure. */
  async rotate(): Promise<void> {
    const { path, now } = this.options;
    if (this.handle) await this.sync();
    await this.handle?.close();
    this.handle = undefined;
    await rename(path, await this.archive.freeName(now()));
    this.size = 0;
    await syncFolder(path);
    await this.open();
  }

  async close(): Promise<void> {
    await this.sync();
    await this.handle?.close();
    this.handle = undefined;
    await this.archive.settled();
  }
}
