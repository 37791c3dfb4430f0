import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { LogMark } from '../engine/block-log.ts';
import { type BufferPlace, bufferStream, bufferStreamsOf } from './stream-names.ts';

const count = z.int().nonnegative();
const Mark = z.strictObject({ last: count, done: count, stored: count, passed: count });

const folderIn = (dataDir: string): string => join(dataDir, 'marks');

/** The mark of one connection, as a small file in the data folder: away from the store that it is the measure of. */
export class MarkFile {
  private readonly folder: string;
  private readonly path: string;
  private isReady = false;

  constructor(dataDir: string, place: BufferPlace) {
    this.folder = folderIn(dataDir);
    this.path = join(this.folder, bufferStream(place));
  }

  /** Undefined where there is none, or none that can be read. */
  async read(): Promise<LogMark | undefined> {
    try {
      return Mark.parse(JSON.parse(await readFile(this.path, 'utf8')));
    } catch {
      return undefined;
    }
  }

  /** The old one or the new one is there at each moment. A disk that does not take it costs the mark, nothing else. */
  async write(mark: LogMark): Promise<void> {
    try {
      if (!this.isReady) await mkdir(this.folder, { recursive: true, mode: 0o700 });
      this.isReady = true;
      await writeFile(`${this.path}~`, JSON.stringify(mark), { mode: 0o600 });
      await rename(`${this.path}~`, this.path);
    } catch {
      this.isReady = false;
    }
  }
}

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
