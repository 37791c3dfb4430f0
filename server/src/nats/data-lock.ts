import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from './processes.ts';

/** Another server uses this data folder. */
export class DataInUse extends Error {
  override readonly name = 'DataInUse';
}

/** Takes the data folder for this process; the lock of a process that is gone does not count. Returns how to give it back. */
export const lockData = (dataDir: string): (() => void) => {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'server.pid');
  const holder = holderOf(path);
  if (holder !== undefined && holder !== process.pid && isRunning(holder, 'node'))
    throw new DataInUse(`the data folder "${dataDir}" is used by another server (process ${holder}); set "data_dir"`);
  writeFileSync(path, `${process.pid}\n`);
  return () => {
    if (holderOf(path) === process.pid) rmSync(path, { force: true });
  };
};

const holderOf = (path: string): number | undefined => {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
};
