import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readlink, realpath, stat, statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FatalFault } from '../../engine/fault.ts';
import { fileProblem } from '../../reach/file-problem.ts';
import type { FileUse } from '../../reach/file-reach.ts';
import { reach } from '../../reach/reach.ts';
import { isOwn, whyNoFile } from './data-files.ts';

export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/**
 * Opens an ordinary file. Everything else (pipes, devices, sockets, folders, what the kernel makes up) is refused before
 * it is opened, because opening or reading it may never end. Rejects as `open` of Node does, or with a FatalFault.
 */
export const openToRead = async (path: string): Promise<OpenedFile> => openOrdinary(path, constants.O_RDONLY, 'read');

/** The same for appending; a file that is not there is made. */
export const openToAppend = async (path: string): Promise<OpenedFile> =>
  openOrdinary(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 'write');

const openOrdinary = async (path: string, flags: number, use: FileUse): Promise<OpenedFile> => {
  const found = await stat(path).catch(() => undefined);
  if (found) refuseOthers(found, path);
  // what took its place in between is opened without waiting for anybody, and looked at once more
  const handle = await open(path, flags | constants.O_NONBLOCK).catch((thrown: NodeJS.ErrnoException) => {
    throw thrown.code === 'ENXIO' ? new FatalFault(notOrdinary(path, 'a pipe'), { cause: thrown }) : thrown;
  });
  try {
    const stats = await handle.stat();
    refuseOthers(stats, path);
    await refuseOutOfReach(handle, path, use);
    await refuseKernelFiles(path);
    return { handle, stats };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
};

/** What was opened may be another one than what was looked at: links change. So the system is asked which it is. */
const refuseOutOfReach = async ({ fd }: FileHandle, shown: string, use: FileUse): Promise<void> => {
  const { files } = reach();
  if (!files) return;
  const opened = await readlink(`/proc/self/fd/${fd}`).catch(async () => realpath(shown));
  const path = opened.replace(/ \(deleted\)$/, '');
  const base = await realpath(files.dataDir).catch(() => files.dataDir);
  const problem = isOwn(base, path)
    ? `"${shown}" belongs to the server itself`
    : fileProblem(files, { path, named: resolve(shown), shown, use });
  if (problem !== undefined) throw new FatalFault(problem);
};

const refuseOthers = (stats: Stats, path: string): void => {
  if (stats.isFile()) return;
  if (stats.isDirectory()) throw new FatalFault(whyNoFile({ code: 'EISDIR' }, path));
  const kind = stats.isFIFO() ? 'a pipe' : stats.isSocket() ? 'a socket' : 'a device';
  throw new FatalFault(notOrdinary(path, kind));
};

const notOrdinary = (path: string, kind: string): string =>
  `"${path}" is ${kind}: only ordinary files are read and written`;

/** Types of file systems that hold no data but what the kernel tells: `proc`, `sysfs`, `debugfs`, `tracefs` (statfs(2)). */
const kernelFileSystems = new Set([0x9fa0, 0x62656572, 0x64626720, 0x74726163]);

const refuseKernelFiles = async (path: string): Promise<void> => {
  const { type } = await statfs(path);
  if (kernelFileSystems.has(type))
    throw new FatalFault(`"${path}" belongs to the system and is no file of data: choose another one`);
};
