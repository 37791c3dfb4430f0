import { readdir, readFile, readlink } from 'node:fs/promises';

/** Flag of a socket that takes connections in. */
const listens = '00010000';

/**
 * The process that listens at a socket in the abstract namespace of Linux, given as Node takes it (`\0name`); undefined where
 * nobody does, or it belongs to somebody whose files may not be seen. See proc(5): `net/unix` and `fd`.
 */
export const processAt = async (address: string): Promise<number | undefined> => {
  const name = address.replace('\0', '@');
  const sockets = await readFile('/proc/net/unix', 'utf8').catch(() => '');
  const inode = sockets
    .split('\n')
    .map((line) => line.split(/ +/))
    // what is not used of an address is filled up; who has connected and waits stands there, too
    .find(([, , , flags, , , , path]) => flags === listens && path?.replace(/@+$/, '') === name)?.[6];
  if (inode === undefined) return undefined;
  for (const process of await namesIn('/proc')) {
    if (!/^\d+$/.test(process)) continue;
    const files = await namesIn(`/proc/${process}/fd`);
    const targets = await Promise.all(
      files.map(async (file) => readlink(`/proc/${process}/fd/${file}`).catch(() => '')),
    );
    if (targets.includes(`socket:[${inode}]`)) return Number(process);
  }
  return undefined;
};

const namesIn = async (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
