import { copyFile, link, lstat, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { exists, syncFolder } from '../../../component-kit/files/data-files.ts';
import type { FoundFile } from './find-files.ts';
import { idOf } from './source-file.ts';

/** Numbers that are tried behind a name that is there already. */
const mostNumbers = 10_000;

/** Removes a file that was read, unless it is another one by now, or has grown. Resolves with whether it is away. */
export const removeRead = async (file: FoundFile): Promise<boolean> => {
  if (!(await isUnchanged(file))) return false;
  await rm(file.path);
  return true;
};

/**
 * Moves a file that was read into a folder, under its name, with a number where that is there already: nothing is written
 * over. Resolves with whether it was moved: not where it is another one by now, or has grown.
 */
export const moveRead = async (file: FoundFile, folder: string): Promise<boolean> => {
  if (!(await isUnchanged(file))) return false;
  await mkdir(folder, { recursive: true });
  const extension = extname(file.path);
  const stem = basename(file.path, extension);
  for (let number = 0; number < mostNumbers; number += 1) {
    const name = number === 0 ? `${stem}${extension}` : `${stem}-${number}${extension}`;
    if (await moveTo(file.path, join(folder, name))) return true;
  }
  throw new Error(`"${folder}" holds ${mostNumbers} files of the name "${basename(file.path)}": empty it`);
};

/** With false where there is a file of that name. A second name beside the first never writes over anything. */
const moveTo = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    await unlink(from);
    return true;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'EXDEV') return copyTo(from, to);
    // file systems of memory sticks know one name for a file
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw thrown;
    if (await exists(to)) return false;
    await rename(from, to);
    return true;
  }
};

/** To another disk. It has its name there when all of it is on that disk, and is gone here no earlier. */
const copyTo = async (from: string, to: string): Promise<boolean> => {
  if (await exists(to)) return false;
  const part = join(dirname(to), `.semstreams-${basename(to)}.part`);
  try {
    await copyFile(from, part);
    const copy = await open(part, 'r');
    await copy.sync().finally(async () => copy.close());
    if (!(await moveTo(part, to))) return false;
    await syncFolder(to);
  } finally {
    await rm(part, { force: true }).catch(() => undefined);
  }
  await unlink(from);
  return true;
};

const isUnchanged = async ({ path, id, stats }: FoundFile): Promise<boolean> => {
  const now = await lstat(path).catch(() => undefined);
  return now !== undefined && now.isFile() && idOf(now) === id && now.size === stats.size;
};
