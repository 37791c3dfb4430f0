import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, startOf } from './processes.ts';

/** Another server uses this data folder. */
export class DataInUse extends Error {
  override readonly name = 'DataInUse';
}

/** Takes the data folder for this process; the lock of a process that is gone does not count. Returns how to give it back. */
export const lockData = (dataDir: string): (() => void) => {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'server.pid');
  const holder = holderOf(path);
  if (holder && holder.id !== process.pid && isRunning(holder.id, 'node') && isSame(holder))
    throw new DataInUse(
      `the data folder "${dataDir}" is used by another server (process ${holder.id}); set "data_dir"`,
    );
  writeFileSync(path, `${process.pid} ${startOf(process.pid) ?? ''}\n`);
  return () => {
    try {
      if (holderOf(path)?.id === process.pid) rmSync(path, { force: true });
    } catch {
      // the folder was taken away from this user meanwhile; the lock of a process that is gone does not count
    }
  };
};

interface Holder {
  readonly id: number;
  readonly start: string | undefined;
}

const holderOf = (path: string): Holder | undefined => {
  try {
    const [id, start] = readFileSync(path, 'utf8').trim().split(' ');
    return Number(id) > 0 ? { id: Number(id), start } : undefined;
  } catch {
    return undefined;
  }
};

/** Ids are used again: another program that got the same one began at another time. */
const isSame = ({ id, start }: Holder): boolean => !start || startOf(id) === start;
