import { randomBytes } from 'node:crypto';
import { rmSync, statfsSync, statSync } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a server writes while it starts, in bytes, and some more. */
const reserveBytes = 4 * 1024 ** 2;
const pathIn = (dataDir: string): string => join(dataDir, 'reserve');

/**
 * A file that only takes up room, so that a server can start where its disk is full, and people can log in and make room. It
 * holds what no file system makes smaller. A disk that does not take it is none to keep a reserve on.
 */
export const keepReserve = async (dataDir: string): Promise<void> => {
  const path = pathIn(dataDir);
  const present = await stat(path).catch(() => undefined);
  if (present?.size === reserveBytes) return;
  await writeFile(path, randomBytes(reserveBytes), { mode: 0o600 }).catch(async () => rm(path, { force: true }));
};

/** Gives the reserve up where there is less room than a start takes. */
export const useReserve = (dataDir: string): void => {
  const path = pathIn(dataDir);
  if (!statSync(path, { throwIfNoEntry: false })) return;
  const { bavail, bsize } = statfsSync(dataDir);
  if (bavail * bsize < reserveBytes) rmSync(path, { force: true });
};
