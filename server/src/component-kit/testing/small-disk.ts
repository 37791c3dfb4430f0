import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The least that a file takes up on it, in bytes. */
export const pageBytes = 4096;

/** A disk in memory that can be filled to its last page; gone with the test. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes up all room but so many pages. */
  fill(pagesLeft?: number): void;
  makeRoom(): void;
}

/** Undefined where this machine lets nobody mount, which takes root. */
export const smallDisk = (megabytes: number): SmallDisk | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', folder], { stdio: 'pipe' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  const [ballast, spare] = [join(folder, 'ballast'), join(folder, 'spare')];
  return {
    folder,
    fill: (pagesLeft = 0) => {
      writeFileSync(spare, Buffer.alloc(pagesLeft * pageBytes));
      const file = openSync(ballast, 'a');
      for (const bytes of [1024 ** 2, pageBytes]) writeUntilFull(file, Buffer.alloc(bytes));
      closeSync(file);
      rmSync(spare);
    },
    makeRoom: () => rmSync(ballast, { force: true }),
  };
};

const writeUntilFull = (file: number, bytes: Buffer): void => {
  try {
    for (;;) writeSync(file, bytes);
  } catch {
    // no room is left
  }
};
