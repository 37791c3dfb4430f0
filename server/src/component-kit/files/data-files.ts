import { lstat, mkdir, open, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { FatalFault } from '../../engine/fault.ts';
import { fileProblem } from '../../reach/file-problem.ts';
import type { FileUse } from '../../reach/file-reach.ts';
import { reach } from '../../reach/reach.ts';
import { ownPaths, pathProblem } from './path-problem.ts';

/**
 * The file that a config names: where it begins with "/" as it is, in one of the folders that flows may use so; else below the
 * data folder, and never outside of it, by `..` or by links. What the server keeps there itself is nobody's. Rejects with a
 * FatalFault that says why. Whoever opens it does so by `openToRead` or `openToAppend`, which look once more at what was opened.
 */
export const resolveDataPath = async (
  dataDir: string,
  path: string,
  use: Exclude<FileUse, 'tls'> = 'read',
): Promise<string> => {
  if (path === '') throw new FatalFault('no file is named: set "path"');
  const problem = pathProblem(path);
  if (problem !== undefined) throw new FatalFault(`"${forPeople(path)}" names no file: ${problem}`);
  const whole = resolve(dataDir, path);
  const real = (await realParent(whole)) ?? whole;
  const base = await realpath(dataDir).catch(() => dataDir);
  if (isOwn(base, real) || isOwn(dataDir, whole)) throw new FatalFault(`"${path}" belongs to the server itself`);
  const { files } = reach();
  const outOfReach =
    files && isAbsolute(path) ? fileProblem(files, { path: real, named: whole, shown: path, use }) : undefined;
  if (outOfReach !== undefined) throw new FatalFault(outOfReach);
  if (isAbsolute(path)) return path;
  if (!isInside(dataDir, whole)) throw new FatalFault(`"${path}" leads out of the data folder`);
  if (!isInside(base, real) && real !== base) throw new FatalFault(`"${path}" leads out of the data folder by a link`);
  return whole;
};

/** Whether the server itself keeps something there. */
export const isOwn = (dataDir: string, path: string): boolean =>
  ownPaths.includes(relative(dataDir, path).split(sep, 1)[0] ?? '');

const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
};

/** Links one after the other that are followed, as Linux does. */
const mostLinks = 40;

/** The real place of the nearest part of a path that exists: of the file itself, and of what it leads to where it is a link. */
export const realParent = async (path: string, links = 0): Promise<string | undefined> => {
  try {
    return await realpath(path);
  } catch {
    // what is written to a link whose end is not there yet is made at its end
    const target = links < mostLinks ? await readlink(path).catch(() => undefined) : undefined;
    if (target !== undefined) return realParent(resolve(await realpath(dirname(path)), target), links + 1);
    const parent = dirname(path);
    return parent === path ? undefined : realParent(parent, links);
  }
};

/** Makes the folder of a file where there is none. Rejects with a FatalFault where it cannot. */
export const makeFolderOf = async (path: string): Promise<void> => {
  try {
    await makeFolder(dirname(path));
  } catch (thrown) {
    throw new FatalFault(whyNoFile(thrown, dirname(path)), { cause: thrown });
  }
};

/** Step by step: asked for all of them at once, Node never answers where a system refuses folders as if they were missing (`/proc`). */
const makeFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || (await exists(dirname(path)))) throw thrown;
    await makeFolder(dirname(path));
    await mkdir(path).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again;
    });
  }
};

/** A path as it can be shown: what nobody can see stands there as code. */
const forPeople = (path: string): string => JSON.stringify(path).slice(1, -1).slice(0, 200);

/** Why a file cannot be used, for people. */
export const whyNoFile = (thrown: unknown, path: string): string => {
  const { code, message } = thrown as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return `there is no file "${path}"`;
    case 'EACCES':
    case 'EPERM':
      return `"${path}" may not be used: the server lacks the rights`;
    case 'EISDIR':
      return `"${path}" is a folder`;
    case 'ENOTDIR':
      return `"${path}" leads through something that is no folder`;
    case 'ELOOP':
      return `"${path}" is a link that leads in a circle`;
    case 'ENAMETOOLONG':
      return `"${path}" is longer than a name may be`;
    case 'EROFS':
      return `"${path}" lies on a file system that cannot be written`;
    case 'ENOSPC':
      return 'the disk is full';
    case 'EDQUOT':
      return `"${path}" cannot grow: its owner has used up the room that the system allows`;
    case 'EIO':
      return `the disk of "${path}" does not work (input/output error)`;
    default:
      return `"${path}" cannot be used: ${message}`;
  }
};

/** Makes what was written to a folder, such as a new name, last. */
export const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(async () => folder.close());
};

export const exists = async (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
