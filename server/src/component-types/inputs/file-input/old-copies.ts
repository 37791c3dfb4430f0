import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { type Place, tellsCopies } from '../../../component-kit/files/place.ts';
import { type Encoding, holds, idOf, openSource } from './source-file.ts';

/** A file that once was, or is a copy of, what the path names now. */
interface Copy {
  readonly path: string;
  readonly id: string;
  readonly mtimeMs: number;
}

/** Files beside a path whose names begin alike that are looked at, the latest first. */
const mostCopies = 200;

/**
 * The files in which reading goes on when the path names another file than before: the one that was read, put aside by a
 * rotation, copied or packed, and those that were put aside after it. Oldest first; empty where the first one is gone.
 */
export const oldCopies = async (path: string, place: Place, encoding: Encoding): Promise<readonly string[]> => {
  const copies = await copiesOf(path);
  const found = copies.find(({ id }) => id === place.file);
  const read =
    found && (await isCopy(found, place, encoding))
      ? found
      : await firstOf(copies, (copy) => isLikely(copy, place, encoding));
  if (!read) return [];
  const shape = shapeOf(read.path);
  const later = copies.filter((copy) => shapeOf(copy.path) === shape && oldestFirst(read, copy) < 0);
  return [read.path, ...later.sort(oldestFirst).map((copy) => copy.path)];
};

/** By the time of their last line; a rotation that numbers its files gives the oldest the highest number. */
const oldestFirst = (a: Copy, b: Copy): number => a.mtimeMs - b.mtimeMs || numberOf(b.path) - numberOf(a.path);

const numberOf = (path: string): number => Number(/\.(\d{1,4})(?:\.gz)?$/.exec(path)?.[1] ?? 0);

const isLikely = async (copy: Copy, place: Place, encoding: Encoding): Promise<boolean> =>
  tellsCopies(place) && isCopy(copy, place, encoding);

const isCopy = async ({ path }: Copy, place: Place, encoding: Encoding): Promise<boolean> => {
  const source = await openSource(path, encoding).catch(() => undefined);
  if (!source) return false;
  try {
    return await holds(source, place);
  } finally {
    await source.handle.close();
  }
};

/** Latest first. */
const copiesOf = async (path: string): Promise<Copy[]> => {
  const [folder, name] = [dirname(path), basename(path)];
  const stem = basename(name, extname(name));
  const names = (await readdir(folder).catch(() => [])).filter((each) => each !== name && each.startsWith(stem));
  const found = await Promise.all(
    names.map(async (each): Promise<Copy[]> => {
      const stats = await lstat(join(folder, each)).catch(() => undefined);
      return stats?.isFile() ? [{ path: join(folder, each), id: idOf(stats), mtimeMs: stats.mtimeMs }] : [];
    }),
  );
  return found
    .flat()
    .sort((a, b) => b.mtimeMs - a.mtimeMs)
    .slice(0, mostCopies);
};

/** What the names have in common that a rotation gives: `app.log.2` and `app.log.1.gz` are of one kind, `app.log.bak` is not. */
const shapeOf = (path: string): string => basename(path).replace(/\.gz$/, '').replace(/\d+/g, '#');

const firstOf = async <Item>(
  items: readonly Item[],
  holds: (item: Item) => Promise<boolean>,
): Promise<Item | undefined> => {
  for (const item of items) if (await holds(item)) return item;
  return undefined;
};
