import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FatalFault } from '../engine/fault.ts';

/** What the server itself keeps in the data folder: no flow reads or writes it. */
const ownPaths = ['nats', 'backups', 'server.pid'];

/**
 * The file that a config names: as it is where it begins with "/", else below the data folder, and never outside of it,
 * by `..` or by links. What the server keeps there itself is nobody's. Rejects with a FatalFault that says why.
 */
export const resolveDataPath = async (dataDir: string, path: string): Promise<string> => {
  if (path === '') throw new FatalFault('no file is named: set "path"');
  const whole = resolve(dataDir, path);
  const real = (await realParent(whole)) ?? whole;
  const base = await realpath(dataDir).catch(() => dataDir);
  if (isOwn(base, real) || isOwn(dataDir, whole)) throw new FatalFault(`"${path}" belongs to the server itself`);
  if (isAbsolute(path)) return path;
  if (!isInside(dataDir, whole)) throw new FatalFault(`"${path}" leads out of the data folder`);
  if (!isInside(base, real) && real !== base) throw new FatalFault(`"${path}" leads out of the data folder by a link`);
  return whole;
};

const isOwn = (dataDir: string, path: string): boolean =>
  ownPaths.includes(relative(dataDir, path).split(sep, 1)[0] ?? '');

const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
};

/** The real place of the nearest part of a path that exists: of the file itself where it is a link. */
const realParent = async (path: string): Promise<string | undefined> => {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? undefined : realParent(parent);
  }
};

/** Bytes of a file, unpacked where its name ends in `.gz`. */
export const openBytes = (path: string, from = 0): Readable => {
  const bytes = createReadStream(path, { start: from });
  if (!path.endsWith('.gz')) return bytes;
  const unpacked = createGunzip();
  bytes.on('error', (error) => unpacked.destroy(error));
  unpacked.on('close', () => bytes.destroy());
  return bytes.pipe(unpacked);
};

/** Largest file that is read as a whole. */
const mostBytes = 512 * 1024 ** 2;

/** A whole file, unpacked where its name ends in `.gz`. Rejects with a FatalFault where it cannot be read or is too large. */
export const readWhole = async (path: string): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of openBytes(path)) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > mostBytes) throw new FatalFault(`"${path}" is larger than ${mostBytes / 1024 ** 2} MB`);
    }
  } catch (thrown) {
    throw thrown instanceof FatalFault ? thrown : new FatalFault(whyNoFile(thrown, path), { cause: thrown });
  }
  return Buffer.concat(chunks);
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
    case 'EROFS':
      return `"${path}" lies on a file system that cannot be written`;
    case 'ENOSPC':
      return 'the disk is full';
    case 'Z_DATA_ERROR':
    case 'Z_BUF_ERROR':
      return `"${path}" is no gzip file, or is cut`;
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
