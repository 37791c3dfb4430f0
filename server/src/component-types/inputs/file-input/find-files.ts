import type { Dirent, Stats } from 'node:fs';
import { lstat, opendir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ownPaths } from '../../../component-kit/files/path-problem.ts';
import { isUnfinished } from './file-pattern.ts';
import { idOf } from './source-file.ts';

/** A file that a pattern means, as it was when it was looked at. */
export interface FoundFile {
  readonly path: string;
  /** Its path below the folder of the pattern. */
  readonly below: string;
  /** Device and inode. */
  readonly id: string;
  readonly stats: Stats;
}

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** Whether there are more than are looked at. */
  readonly isMore: boolean;
}

/** Files of one pattern, and entries of folders that are looked at for them. */
const mostFiles = 10_000;
const mostEntries = 100_000;
const deepest = 32;

/**
 * Looks for the ordinary files below a folder. Links are left aside, so that none leads out; so is what the server itself keeps, what is
 * below `leave`, and what is still being written by its name.
 */
export const findFiles = async (given: {
  readonly folder: string;
  readonly matches: (below: string) => boolean;
  readonly isDeep: boolean;
  readonly dataDir: string;
  readonly leave: string | undefined;
  readonly signal: AbortSignal;
}): Promise<FoundFiles> => {
  const { matches, isDeep, signal } = given;
  const base = await realpath(given.dataDir);
  const own = new Set(ownPaths.map((name) => join(base, name)));
  if (given.leave !== undefined) own.add(await realpath(given.leave).catch(() => given.leave!));
  const files: FoundFile[] = [];
  let [entries, isMore] = [0, false];

  const take = async (path: string, below: string, entry: Dirent): Promise<void> => {
    if (!entry.isFile() || isUnfinished(entry.name) || !matches(below)) return;
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isFile()) files.push({ path, below, id: idOf(stats), stats });
  };

  const walk = async (folder: string, before: string, depth: number): Promise<void> => {
    const opened = await opendir(folder).catch((thrown: unknown) => {
      if (depth === 0) throw thrown;
      return undefined;
    });
    if (!opened) return;
    for await (const entry of opened) {
      if (signal.aborted) return;
      if (files.length >= mostFiles || (entries += 1) > mostEntries) {
        isMore = true;
        return;
      }
      const [path, below] = [join(folder, entry.name), `${before}${entry.name}`];
      if (own.has(path)) continue;
      if (!entry.isDirectory()) await take(path, below, entry);
      else if (isDeep && depth < deepest && !entry.name.startsWith('.')) await walk(path, `${below}/`, depth + 1);
    }
  };

  await walk(await realpath(given.folder), '', 0);
  return { files, isMore };
};
