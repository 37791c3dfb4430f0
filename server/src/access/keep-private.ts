import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { accessFolder } from './kept-file.ts';

/** What others than this user may do with a file. */
const others = 0o077;

/**
 * Takes all rights of others off what says who may, such as those that a copy or an unpacked archive came with. Returns the names of
 * what others could reach until now. Links are left alone: what they lead to is not ours.
 */
export const keepPrivate = (dataDir: string): readonly string[] => {
  const folder = accessFolder(dataDir);
  return ['.', ...namesIn(folder)].filter((name) => {
    const path = join(folder, name);
    try {
      const stats = lstatSync(path);
      if (stats.isSymbolicLink() || (stats.mode & others) === 0) return false;
      chmodSync(path, stats.mode & 0o700);
      return true;
    } catch {
      return false;
    }
  });
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
