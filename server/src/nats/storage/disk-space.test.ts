import { expect, it } from 'vitest';
import { loadSettings } from '../../config/load-settings.ts';
import { settingsOf } from '../../config/settings.ts';
import { DiskSpace, type DiskLevel, levelOf } from './disk-space.ts';
import { Quarantine } from './quarantine.ts';

const marks = { warn_at: 90, stop_at: 95 };

it.each<[number, DiskLevel, DiskLevel]>([
  [89.9, 'ok', 'ok'],
  [90, 'ok', 'low'],
  [89.5, 'low', 'low'],
  [88.9, 'low', 'ok'],
  [95, 'low', 'full'],
  [94.2, 'full', 'full'],
  [93.9, 'full', 'low'],
  [20, 'full', 'ok'],
  [99, 'ok', 'full'],
])('at %d %% used after %s the level is %s', (used, before, expected) =>
  expect(levelOf(used, before, marks)).toBe(expected),
);

it('tells people and listeners, and takes it back when there is room again', async () => {
  const settings = settingsOf(
    loadSettings({ SEMSTREAMS_DATA_DIR: '/data', SEMSTREAMS_SECRETS_DIR: '' }, undefined, () => '').values,
  );
  const quarantine = new Quarantine();
  let free = 50;
  const disk = new DiskSpace(settings, quarantine, async () => ({
    bsize: 1024,
    blocks: 110,
    bfree: free + 10,
    bavail: free,
  }));
  const levels: DiskLevel[] = [];
  disk.onChange((level) => levels.push(level));
  const sentences: (string | undefined)[] = [];
  for (const next of [50, 8, 3, 40]) {
    free = next;
    await disk.look();
    sentences.push(quarantine.all()[0]?.sentence);
  }
  expect(levels).toEqual(['low', 'full', 'ok']);
  expect(sentences).toEqual([
    undefined,
    'less than 10 % of the disk of "/data" is free: make room, or buffers stop growing at 95 %',
    'less than 5 % of the disk of "/data" is free: buffers do not grow any more; make room and everything goes on by itself',
    undefined,
  ]);
  expect(disk.freeBytes).toBe(40 * 1024);
});

it('says that a disk does not answer, asks it no more meanwhile, and takes it back', { timeout: 60_000 }, async () => {
  const settings = settingsOf(
    loadSettings({ SEMSTREAMS_DATA_DIR: '/data', SEMSTREAMS_SECRETS_DIR: '' }, undefined, () => '').values,
  );
  const quarantine = new Quarantine();
  const blocks = { bsize: 1024, blocks: 110, bfree: 60, bavail: 50 };
  let answer = (_: typeof blocks): void => undefined;
  let asked = 0;
  const disk = new DiskSpace(settings, quarantine, async () => {
    asked += 1;
    return asked === 1 ? new Promise((resolve) => (answer = resolve)) : blocks;
  });
  for (let look = 0; look < 3; look += 1) await disk.look();
  expect([asked, quarantine.all()[0]?.sentence]).toEqual([1, expect.stringContaining('"/data" does not answer')]);
  answer(blocks);
  await expect.poll(async () => (await disk.look(), quarantine.all()), { timeout: 30_000 }).toEqual([]);
});
