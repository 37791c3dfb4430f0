import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const run = (command: string, ...given: string[]): void => void execFileSync(command, given, { stdio: 'pipe' });

/** A disk that may fail; gone with the test. */
export interface FailingDisk {
  readonly folder: string;
  /** From now on it takes nothing any more, as file systems do when their disk fails. */
  fail(): void;
}

/** Undefined where this machine lets nobody mount, which takes root, `mkfs.ext4` and a loop device. */
export const failingDisk = (megabytes: number): FailingDisk | undefined => {
  const work = mkdtempSync(join(tmpdir(), 'semstreams-failing-'));
  const [image, folder] = [join(work, 'disk.img'), join(work, 'disk')];
  try {
    mkdirSync(folder);
    run('truncate', '-s', `${megabytes}M`, image);
    run('mkfs.ext4', '-q', '-F', '-m', '0', image);
    run('mount', '-o', 'loop', image, folder);
  } catch {
    rmSync(work, { recursive: true });
    return undefined;
  }
  onTestFinished(() => {
    run('umount', '--lazy', folder);
    rmSync(work, { recursive: true, force: true });
  });
  return {
    folder,
    fail: () => {
      try {
        run('mount', '-o', 'remount,abort', folder);
      } catch {
        // it says that it is read-only now, which is what was asked for
      }
    },
  };
};
