import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import { settingsOf } from '../config/settings.ts';
import { FlowFiles } from './flow-files.ts';

it('a drive that does not answer hangs nobody, and costs the others nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-drive-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { values } = loadSettings({ SEMSTREAMS_DATA_DIR: folder }, undefined, () => '');
  const files = new FlowFiles(settingsOf(values));
  let looks = 0;
  const hangs = async (): Promise<never> => {
    looks += 1;
    return new Promise(() => undefined);
  };
  await expect(files.patiently('far/a.csv', hangs)).rejects.toMatchObject({ status: 503 });
  await expect(files.patiently('far/b.csv', hangs)).rejects.toThrow('does not answer');
  expect(looks).toBe(1);
  expect(await files.patiently('near/a.csv', async () => 7)).toBe(7);
  expect((await files.list('')).items).toEqual([]);
}, 30_000);
