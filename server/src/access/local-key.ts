import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessFolder, writePrivate } from './kept-file.ts';

const pathIn = (dataDir: string): string => join(accessFolder(dataDir), 'local-key');

/** A key for commands on this machine: who may read the data folder may do everything. It is made anew at each start. */
export const makeLocalKey = (dataDir: string): string => {
  const key = `ssl_${randomBytes(32).toString('base64url')}`;
  writePrivate(pathIn(dataDir), key);
  return key;
};

/** Undefined where no server has run there, or this user may not read it. */
export const readLocalKey = (dataDir: string): string | undefined => {
  try {
    return readFileSync(pathIn(dataDir), 'utf8');
  } catch {
    return undefined;
  }
};
