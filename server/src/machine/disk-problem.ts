import { access, constants, open } from 'node:fs/promises';

/** Why a disk does not take what is written, and the way out, by the codes of the system. */
const problems: Readonly<Record<string, (disk: string) => string>> = {
  ENOSPC: (disk) => `${disk} is full: make room`,
  EDQUOT: () => 'the disk quota of this user is used up: make room, or have it raised',
  EROFS: (disk) => `${disk} is mounted read-only: see what the log of the system says about it, and mount it again`,
  EIO: (disk) => `${disk} does not work (input/output error): see what the log of the system says about it`,
};

/** The sentence for a disk that does not take what is written; undefined where something else was thrown. */
export const diskProblemOf = (thrown: unknown, disk = 'the disk of the data folder'): string | undefined =>
  problems[(thrown as Partial<NodeJS.ErrnoException> | undefined)?.code ?? '']?.(disk);

/**
 * Rejects with what the system says where a folder cannot be written. Nothing is written for it, so it wears no disk out: a file
 * system that has made itself read-only, as they do when their disk fails, says so when it is synced.
 */
export const checkWritable = async (folder: string): Promise<void> => {
  await access(folder, constants.W_OK);
  const opened = await open(folder);
  await opened.sync().finally(async () => opened.close());
};
