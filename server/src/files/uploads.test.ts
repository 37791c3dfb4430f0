import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claim, nameOfPath } from '../component-kit/files/one-writer.ts';
import { loadSettings } from '../config/load-settings.ts';
import { settingsOf } from '../config/settings.ts';
import { HttpProblem } from '../web/problems.ts';
import { FlowFiles } from './flow-files.ts';
import { Uploads } from './uploads.ts';

let dataDir: string;
let uploads: Uploads;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'semstreams-uploads-'));
  const settings = settingsOf(loadSettings({ SEMSTREAMS_DATA_DIR: dataDir }, undefined, () => '').values);
  uploads = new Uploads(new FlowFiles(settings), settings);
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** Something happens while the bytes come. */
async function* bytesWith(happens: () => unknown): AsyncIterable<Uint8Array> {
  yield Buffer.from('begun,');
  await happens();
  yield Buffer.from('ended');
}
const take = async (path: string, happens: () => unknown, more: object = {}): Promise<unknown> =>
  uploads.take({
    path,
    bytes: bytesWith(happens),
    length: undefined,
    overwrite: true,
    agree: () => undefined,
    ...more,
  });

it.each([true, false])(
  'a file that a flow begins to write while it comes stays: it was there before: %s',
  async (was) => {
    const path = join(dataDir, 'a.csv');
    if (was) writeFileSync(path, 'old');
    let free: (() => Promise<void>) | undefined;
    const written = take('a.csv', async () => {
      free = await claim(await nameOfPath(path), { flow: 'f', component: 'out' }, 'a.csv');
      writeFileSync(path, 'of the flow');
    });
    await expect(written).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('"out" of the flow "f"'),
    });
    await free?.();
    expect([readFileSync(path, 'utf8'), readdirSync(dataDir)]).toEqual(['of the flow', ['a.csv']]);
  },
);

it('whoever may not any more when all of it has come changes nothing', async () => {
  writeFileSync(join(dataDir, 'a.csv'), 'old');
  let may = true;
  const agree = (): void => {
    if (!may) throw new HttpProblem(401, 'not any more');
  };
  await expect(take('a.csv', () => (may = false), { agree })).rejects.toMatchObject({ status: 401 });
  await expect(take('b.csv', () => undefined, { agree })).rejects.toMatchObject({ status: 401 });
  expect([readFileSync(join(dataDir, 'a.csv'), 'utf8'), readdirSync(dataDir)]).toEqual(['old', ['a.csv']]);
});

it('folders are made for a file, and not for one that breaks off', async () => {
  const breaks = (): never => {
    throw new Error('cut');
  };
  await expect(take('a/b/c.csv', breaks)).rejects.toMatchObject({ status: 400 });
  expect(readdirSync(dataDir)).toEqual([]);
  await take('a/c.csv', () => undefined);
  await expect(take('a/b/c/d.csv', breaks)).rejects.toMatchObject({ status: 400 });
  expect(readdirSync(join(dataDir, 'a'))).toEqual(['c.csv']);
});

it('no more than sixteen folders are made at once, and a longer way is said to be so', async () => {
  await take(`${'x/'.repeat(16)}a.csv`, () => undefined);
  for (const path of ['y/'.repeat(17), 'y/'.repeat(127), 'y/'.repeat(128), 'y/'.repeat(2000)])
    await expect(take(`${path}a.csv`, () => undefined)).rejects.toMatchObject({
      status: 422,
      message: expect.stringMatching(/in more than 16 folders that are not there|through more than 128 folders/),
    });
  expect(readdirSync(dataDir)).toEqual(['x']);
});
