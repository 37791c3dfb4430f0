import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { LogMark } from '../../engine/block-log.ts';
import { type BufferPlace, bufferStream, bufferStreamsOf } from './stream-names.ts';

const count = z.int().nonnegative();
const Mark = z.strictObject({
  last: count,
  done: count,
  stored: count,
  passed: count,
  forgotten: count.default(0),
  positions: z.array(z.strictObject({ source: z.string(), sequence: z.number() })).optional(),
  progress: z.array(z.tuple([z.string(), z.string(), z.number(), z.number()])).optional(),
  followers: z
    .array(
      z.strictObject({
        name: z.string(),
        done: count,
        passed: count,
        missed: count,
        awayMs: z.number().nonnegative(),
        part: count.optional(),
        until: z.strictObject({ block: count, total: count }).optional(),
      }),
    )
    .optional(),
});

const folderIn = (dataDir: string): string => join(dataDir, 'marks');

/** Whether a connection of this data folder ever kept anything: then there was a store, whatever has become of it. */
export const hasMarks = async (dataDir: string): Promise<boolean> =>
  (await readdir(folderIn(dataDir)).catch(() => [])).length > 0;

/** The mark of one connection, as a small file in the data folder: away from the store that it is the measure of. */
export class MarkFile {
  private readonly folder: string;
  private readonly path: string;
  private isReady = false;
  private noted: LogMark | undefined;
  private newestForgotten = 0;
  private keeping: Promise<void> = Promise.resolve();

  constructor(dataDir: string, place: BufferPlace) {
    this.folder = folderIn(dataDir);
    this.path = join(this.folder, bufferStream(place));
  }

  /** Undefined where there is none, or none that can be read. */
  async read(): Promise<LogMark | undefined> {
    try {
      const { forgotten, ...mark } = Mark.parse(JSON.parse(await readFile(this.path, 'utf8')));
      this.noted = mark as LogMark;
      this.newestForgotten = Math.max(this.newestForgotten, forgotten);
      return this.noted;
    } catch {
      return undefined;
    }
  }

  /**
   * The old one or the new one is there at each moment. A disk that does not take it costs the mark, nothing else. What says
   * who has what is safe from a power cut as well: what it stands for is forgotten elsewhere.
   */
  async write(mark: LogMark): Promise<void> {
    this.noted = mark;
    await this.kept();
  }

  /** The newest block that had to go for want of room, also before this start; 0 where none had. */
  get forgotten(): number {
    return this.newestForgotten;
  }

  /** Blocks up to this one are about to go for want of room. It is kept before they do, so that nobody else is blamed. */
  async forget(sequence: number): Promise<void> {
    if (sequence <= this.newestForgotten) return;
    this.newestForgotten = sequence;
    await this.kept();
  }

  /** One write after the other; the last one has all that was noted before it. */
  private async kept(): Promise<void> {
    this.keeping = this.keeping.then(async () => this.keep());
    await this.keeping;
  }

  private async keep(): Promise<void> {
    const mark = this.noted;
    if (!mark) return;
    try {
      if (!this.isReady) await mkdir(this.folder, { recursive: true, mode: 0o700 });
      this.isReady = true;
      const isSynced = [mark.positions, mark.progress, mark.followers].some((each) => each !== undefined);
      const text = JSON.stringify({ ...mark, forgotten: this.forgotten });
      await writeFile(`${this.path}~`, text, { mode: 0o600, flush: isSynced });
      await rename(`${this.path}~`, this.path);
      if (isSynced) await syncFolder(this.folder);
    } catch {
      this.isReady = false;
    }
  }
}

/** A new name is safe when its folder is. */
const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** Removes the marks of all connections of a flow but these. */
export const keepOnlyMarks = async (dataDir: string, flow: string, places: readonly BufferPlace[]): Promise<void> => {
  const kept = new Set(places.map(bufferStream));
  const folder = folderIn(dataDir);
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (name.startsWith(bufferStreamsOf(flow)) && !kept.has(name.replace(/~$/, '')))
      await rm(join(folder, name), { force: true });
};

/** Removes the mark of the connection whose buffer is this stream: what the stream holds is told by itself from now on. */
export const removeMark = async (dataDir: string, stream: string): Promise<void> => {
  const path = join(folderIn(dataDir), stream);
  for (const each of [path, `${path}~`]) await rm(each, { force: true });
};
