import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const run = (command: string, ...args: string[]): void => void execFileSync(command, args, { stdio: 'pipe' });

/** Why this machine lets nobody mount: for the name of a test that is skipped. */
export const canMount = (): boolean => {
  if (process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-mount-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', folder);
    run('umount', folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A small disk of its own, in memory; gone with the test. */
export const smallDisk = (megabytes: number): string => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-disk-'));
  run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', folder);
  onTestFinished(() => {
    run('umount', '--lazy', folder);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
};

/**
 * A disk whose power can be cut: an ext4 in a file. What the system still has in its caches has not reached the file, so a
 * copy of the file at this instant is what a power cut would have left.
 */
export const mortalDisk = (megabytes: number): { readonly folder: string; afterPowerCut(): string } => {
  const work = mkdtempSync(join(tmpdir(), 'semstreams-power-'));
  const mounted: string[] = [];
  const mount = (image: string, name: string): string => {
    const folder = join(work, name);
    mkdirSync(folder);
    run('mount', '-o', 'loop,data=ordered', image, folder);
    mounted.push(folder);
    return folder;
  };
  const image = join(work, 'disk.img');
  run('truncate', '-s', `${megabytes}M`, image);
  run('mkfs.ext4', '-q', '-F', image);
  onTestFinished(() => {
    for (const folder of mounted) run('umount', '--lazy', folder);
    rmSync(work, { recursive: true, force: true });
  });
  let cuts = 0;
  return {
    folder: mount(image, 'before'),
    afterPowerCut() {
      cuts += 1;
      const left = join(work, `left-${cuts}.img`);
      copyFileSync(image, left);
      return mount(left, `after-${cuts}`);
    },
  };
};
