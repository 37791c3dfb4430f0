import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { syncFolder } from '../../../component-kit/files/data-files.ts';

/** When a file was put aside, and which one of that second it is. */
interface Place {
  readonly stamp: string;
  readonly number: number;
}

interface Kept extends Place {
  readonly name: string;
  readonly ending: '' | '.gz' | '.gz.part';
}

/** The files that were put aside: `log.20261124T153000Z.ndjson.gz` for `log.ndjson`, with a number where that exists. */
export class Archive {
  private readonly folder: string;
  private readonly stem: string;
  private readonly extension: string;
  private last: Place | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    path: string,
    private readonly keep: number,
    private readonly gzip: boolean,
  ) {
    this.folder = dirname(path);
    this.extension = extname(path);
    this.stem = basename(path, this.extension);
  }

  /** A name that sorts behind those of all files before, also where several are put aside in one second or the clock goes back. */
  async freeName(time: number): Promise<string> {
    const stamp = new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
    const newest = (await this.all()).at(-1);
    if (newest && (!this.last || oldestFirst(this.last, newest) < 0)) this.last = newest;
    this.last =
      this.last && this.last.stamp >= stamp
        ? { stamp: this.last.stamp, number: this.last.number + 1 }
        : { stamp, number: 0 };
    const { stamp: from, number } = this.last;
    return join(this.folder, `${this.stem}.${from}${number === 0 ? '' : `-${number}`}${this.extension}`);
  }

  /** Packs what is not packed yet and drops what is too much, beside everything else; what fails is done the next time. */
  tidy(): void {
    this.working = this.working.then(async () => this.work()).catch(() => undefined);
  }

  async settled(): Promise<void> {
    await this.working;
  }

  private async work(): Promise<void> {
    const all = await this.all();
    for (const { name } of all.filter(({ ending }) => ending === '.gz.part')) await this.remove(name);
    const whole = all.filter(({ ending }) => ending !== '.gz.part');
    const [surplus, kept] = [whole.slice(0, -this.keep), whole.slice(-this.keep)];
    for (const { name } of surplus) await this.remove(name);
    if (this.gzip) for (const { name, ending } of kept) if (ending === '') await pack(join(this.folder, name));
  }

  /** Oldest first. */
  private async all(): Promise<Kept[]> {
    return (await readdir(this.folder)).flatMap((name) => this.read(name)).sort(oldestFirst);
  }

  private async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
  }

  /** A file of this archive, and of no other one whose name begins alike. */
  private read(name: string): Kept[] {
    if (!name.startsWith(`${this.stem}.`)) return [];
    const [, stamp, number = '0', rest] =
      /^(\d{8}T\d{6}Z)(?:-(\d+))?(.*)$/.exec(name.slice(this.stem.length + 1)) ?? [];
    if (stamp === undefined || !rest!.startsWith(this.extension)) return [];
    const ending = rest!.slice(this.extension.length);
    return ending === '' || ending === '.gz' || ending === '.gz.part'
      ? [{ name, stamp, number: Number(number), ending }]
      : [];
  }
}

const oldestFirst = (a: Place, b: Place): number =>
  a.stamp === b.stamp ? a.number - b.number : a.stamp < b.stamp ? -1 : 1;

/** Packs a file; the plain one goes when the packed one is whole and on disk. */
const pack = async (path: string): Promise<void> => {
  const part = `${path}.gz.part`;
  try {
    await pipeline(createReadStream(path), createGzip(), createWriteStream(part, { flush: true }));
  } catch (thrown) {
    await rm(part, { force: true });
    throw thrown;
  }
  await rename(part, `${path}.gz`);
  await syncFolder(path);
  await rm(path);
};
