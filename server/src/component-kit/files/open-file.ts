import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat, statfs } from 'node:fs/promises';
import { FatalFault } from '../../engine/fault.ts';
import { whyNoFile } from './data-files.ts';

export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/**
 * Opens an ordinary file. Everything else (pipes, devices, sockets, folders, what the kernel makes up) is refused before
 * it is opened, because opening or reading it may never end. Rejects as `open` of Node does, or with a FatalFault.
 */
export const openToRead = async (path: string): Promise<OpenedFile> => openOrdinary(path, constants.O_RDONLY);

/** The same for appending; a file that is not there is made. */
export const openToAppend = async (path: string): Promise<OpenedFile> =>
  openOrdinary(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT);

const openOrdinary = async (path: string, flags: number): Promise<OpenedFile> => {
  const found = await stat(path).catch(() => undefined);
  if (found) refuseOthers(found, path);
  // what took its place in between is opened without waiting for anybody, and looked at once more
  const handle = await open(path, flags | constants.O_NONBLOCK).catch((thrown: NodeJS.ErrnoException) => {
    throw thrown.code === 'ENXIO' ? new FatalFault(notOrdinary(path, 'a pipe'), { cause: thrown }) : thrown;
  });
  try {
    const stats = await handle.stat();
    refuseOthers(stats, path);
    await refuseKernelFiles(path);
    return { handle, stats };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
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
