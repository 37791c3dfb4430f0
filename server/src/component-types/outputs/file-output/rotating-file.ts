import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { makeFolderOf, syncFolder } from '../../../component-kit/files/data-files.ts';
import { openToAppend } from '../../../component-kit/files/open-file.ts';
import { readAt } from '../../../component-kit/files/unpack.ts';
import { Archive } from './archive.ts';
import { claim, nameOfFile, nameOfPath, type Writer } from '../../../component-kit/files/one-writer.ts';

export interface RotatingFileOptions {
  readonly path: string;
  /** Rotates before a file grows beyond; 0 never does. */
  readonly maxBytes: number;
  /** Rotates when a file is older, in milliseconds; 0 never does. */
  readonly maxAgeMs: number;
  /** How many rotated files are kept. */
  readonly keep: number;
  readonly gzip: boolean;
  readonly writer: Writer;
  /** Whether a last line without an end is one that was not wholly written. */
  readonly isTorn: (line: string) => boolean;
  readonly now: () => number;
}

const lineEnd = 0x0a;
/** The most that is read of the beginning and of the end of a file. */
const longestLine = 64 * 1024;

/** A file that is appended to and, when it is large or old enough, put aside under a name with the time. */
export class RotatingFile {
  private readonly archive: Archive;
  private handle: FileHandle | undefined;
  private size = 0;
  private openedAt = 0;
  private isDirty = false;
  /** Whether a part of a batch may stand at the end that could not be taken back. */
  private isHalf = false;
  /** Device and inode of what is open. */
  private file = '';
  private freeFile: (() => Promise<void>) | undefined;
  private freePath: (() => Promise<void>) | undefined;
  private syncing: Promise<void> = Promise.resolve();

  constructor(private readonly options: RotatingFileOptions) {
    this.archive = new Archive(options.path, options.keep, options.gzip);
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Opens for appending, as the only writer. Of a last line that was not wholly written nothing is left. */
  async open(): Promise<void> {
    const { path, writer, now } = this.options;
    await makeFolderOf(path);
    const { handle, stats } = await openToAppend(path);
    try {
      this.freePath ??= await claim(await nameOfPath(path), writer, path);
      await this.freeFile?.();
      this.freeFile = undefined;
      this.freeFile = await claim(nameOfFile(stats), writer, path);
    } catch (thrown) {
      await handle.close();
      await this.freeNames();
      throw thrown;
    }
    this.handle = handle;
    this.file = nameOfFile(stats);
    this.isHalf = false;
    this.size = stats.size;
    this.openedAt = stats.size > 0 && stats.birthtimeMs > 0 ? stats.birthtimeMs : now();
    this.archive.tidy();
    if (this.size > 0) await this.mendEnd(handle);
  }

  /** The beginning of what is there. */
  async beginning(): Promise<string> {
    return (await readAt(this.handle!, 0, longestLine)).toString('utf8');
  }

  /** All that is there. */
  async content(): Promise<string> {
    return (await readAt(this.handle!, 0, this.size)).toString('utf8');
  }

  get bytes(): number {
    return this.size;
  }

  isDue(nextBytes: number): boolean {
    const { maxBytes, maxAgeMs, now } = this.options;
    if (this.size === 0) return false;
    // a clock that was set back ends the time too
    const ageMs = Math.abs(now() - this.openedAt);
    return (maxBytes > 0 && this.size + nextBytes > maxBytes) || (maxAgeMs > 0 && ageMs >= maxAgeMs);
  }

  /**
   * Looks whether the path still names what is open: it may have been moved, removed, emptied or replaced. Resolves with
   * whether there is another file now, or nothing in it.
   */
  async follow(): Promise<boolean> {
    const found = await stat(this.options.path).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return undefined;
      throw thrown;
    });
    if (this.handle && found && nameOfFile(found) === this.file) {
      const isEmptied = found.size < this.size;
      this.size = this.isHalf ? this.size : found.size;
      return isEmptied;
    }
    await this.sync().catch(() => undefined);
    await this.handle?.close();
    this.handle = undefined;
    await this.open();
    return true;
  }

  /** Appends in one piece. After a failure the part that was written is taken back, so that trying again doubles nothing. */
  async write(bytes: Buffer): Promise<void> {
    if (!this.handle) await this.open();
    const handle = this.handle!;
    if (this.isHalf) await handle.truncate(this.size);
    this.isHalf = true;
    try {
      for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
    } catch (thrown) {
      await handle.truncate(this.size).then(
        () => (this.isHalf = false),
        () => undefined,
      );
      throw thrown;
    }
    this.isHalf = false;
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
    await this.letGo();
    await rename(path, await this.archive.freeName(now()));
    this.size = 0;
    await syncFolder(path);
    await this.open();
  }

  /** Puts other content in the place of what is there, all or nothing. */
  async replace(bytes: Buffer): Promise<void> {
    const { path } = this.options;
    const part = `${path}.part`;
    await this.letGo();
    try {
      const handle = await open(part, 'w');
      await handle
        .writeFile(bytes)
        .then(async () => handle.sync())
        .finally(async () => handle.close());
      await rename(part, path);
    } catch (thrown) {
      await rm(part, { force: true });
      throw thrown;
    }
    await syncFolder(path);
    await this.open();
  }

  async close(): Promise<void> {
    try {
      await this.letGo();
    } finally {
      await this.freeNames();
      await this.archive.settled();
    }
  }

  private async freeNames(): Promise<void> {
    await this.freeFile?.();
    await this.freePath?.();
    this.freeFile = undefined;
    this.freePath = undefined;
  }

  private async letGo(): Promise<void> {
    if (this.handle) await this.sync();
    await this.handle?.close();
    this.handle = undefined;
  }

  /** A last line without an end is ended where it is whole, and taken away where a kill or a power cut has torn it. */
  private async mendEnd(handle: FileHandle): Promise<void> {
    const from = Math.max(0, this.size - longestLine);
    const bytes = await readAt(handle, from, this.size - from);
    if (bytes.at(-1) === lineEnd) return;
    const start = bytes.lastIndexOf(lineEnd) + 1;
    const isSeen = start > 0 || from === 0;
    if (!isSeen || !this.options.isTorn(bytes.toString('utf8', start))) return this.write(Buffer.from('\n'));
    this.size = from + start;
    await handle.truncate(this.size);
  }
}
