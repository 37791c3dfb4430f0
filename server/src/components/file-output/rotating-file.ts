import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { exists, makeFolderOf, syncFolder } from '../data-files.ts';

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

/** A file that is appended to and, when it is large or old enough, put aside under a name with the time. */
export class RotatingFile {
  private handle: FileHandle | undefined;
  private size = 0;
  private openedAt = 0;
  private isDirty = false;
  private packing: Promise<void> = Promise.resolve();

  constructor(private readonly options: RotatingFileOptions) {}

  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Opens for appending. A last line that a power cut has torn is ended, so that the next one stands alone. */
  async open(): Promise<void> {
    const { path, now } = this.options;
    await makeFolderOf(path);
    this.handle = await open(path, 'a+');
    const { size, birthtimeMs } = await this.handle.stat();
    this.size = size;
    this.openedAt = size > 0 && birthtimeMs > 0 ? birthtimeMs : now();
    if (size === 0) return;
    const { buffer } = await this.handle.read(Buffer.alloc(1), 0, 1, size - 1);
    if (buffer[0] !== 0x0a) await this.write('\n');
  }

  isDue(nextBytes: number): boolean {
    const { maxBytes, maxAgeMs, now } = this.options;
    if (this.size === 0) return false;
    return (maxBytes > 0 && this.size + nextBytes > maxBytes) || (maxAgeMs > 0 && now() - this.openedAt >= maxAgeMs);
  }

  /** Appends in one piece. After a failure the part that was written is taken back, so that trying again doubles nothing. */
  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    try {
      let at = 0;
      while (at < bytes.length) at += (await this.handle!.write(bytes, at)).bytesWritten;
    } catch (thrown) {
      await this.handle!.truncate(this.size).catch(() => undefined);
      throw thrown;
    }
    this.size += bytes.length;
    this.isDirty = true;
  }

  async sync(): Promise<void> {
    if (!this.isDirty) return;
    this.isDirty = false;
    await this.handle?.datasync();
  }

  /** Puts the file aside and begins a new one. Packing goes on beside. */
  async rotate(): Promise<void> {
    const { path, gzip } = this.options;
    await this.sync();
    await this.handle?.close();
    const aside = await this.freeName();
    await rename(path, aside);
    await syncFolder(path);
    await this.open();
    this.packing = this.packing
      .then(async () => (gzip ? pack(aside) : undefined))
      .then(async () => this.dropOldest())
      .catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.sync();
    await this.handle?.close();
    this.handle = undefined;
    await this.packing;
  }

  /** `log.20261124T153000Z.ndjson` for `log.ndjson`; with a number where that exists. */
  private async freeName(): Promise<string> {
    const { path, now } = this.options;
    const stamp = new Date(now()).toISOString().replace(/[-:]|\.\d+/g, '');
    for (let number = 0; ; number += 1) {
      const name = join(dirname(path), `${this.stem}.${stamp}${number === 0 ? '' : `-${number}`}${this.ending}`);
      if (!(await exists(name)) && !(await exists(`${name}.gz`))) return name;
    }
  }

  private get stem(): string {
    const name = basename(this.options.path);
    const dot = name.lastIndexOf('.');
    return dot > 0 ? name.slice(0, dot) : name;
  }

  private get ending(): string {
    return basename(this.options.path).slice(this.stem.length);
  }

  private async dropOldest(): Promise<void> {
    const folder = dirname(this.options.path);
    const isMine = (name: string) =>
      name.startsWith(`${this.stem}.`) && /\.\d{8}T\d{6}Z(-\d+)?/.test(name.slice(this.stem.length));
    const rotated = (await readdir(folder)).filter(isMine).sort();
    for (const name of rotated.slice(0, Math.max(0, rotated.length - this.options.keep)))
      await rm(join(folder, name), { force: true });
  }
}

/** Packs a file; the plain one goes when the packed one is whole. */
const pack = async (path: string): Promise<void> => {
  await pipeline(createReadStream(path), createGzip(), createWriteStream(`${path}.gz.part`));
  await rename(`${path}.gz.part`, `${path}.gz`);
  await rm(path);
};
