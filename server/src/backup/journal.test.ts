import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { smallDisk } from '../component-kit/testing/small-disk.ts';
import { type Begun, Journal } from './journal.ts';

const pausing: Begun = { step: 'pausing', deployments: [{ key: 'a', base64: 'eA==' }] };
const changing: Begun = { step: 'changing', before: 'x'.repeat(20_000), with_buffers: true, streams: ['s'] };

it('on a disk that is full the step before stays, and nothing is left beside it', async ({ skip }) => {
  const disk = smallDisk(1);
  skip(disk === undefined, 'it takes root');
  const { folder, fill, makeRoom } = disk!;
  const path = join(folder, 'journal.json');
  const journal = new Journal(path);
  await journal.write(pausing);
  fill(1);
  await expect(journal.write(changing)).rejects.toThrow(/ENOSPC/);
  expect([await new Journal(path).read(), readdirSync(folder).sort()]).toEqual([pausing, ['ballast', 'journal.json']]);
  await journal.clear();
  expect(await journal.read()).toBeUndefined();
  makeRoom();
  await journal.write(changing);
  expect(await new Journal(path).read()).toEqual(changing);
});

it('one that cannot be read is named, and one that is not there is none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'deep', 'journal.json');
  const journal = new Journal(path);
  expect(await journal.read()).toBeUndefined();
  await journal.write(pausing);
  writeFileSync(path, '{"step":"pau');
  await expect(journal.read()).rejects.toThrow(`the journal of a restore "${path}" cannot be read`);
  await journal.clear();
  expect([await journal.read(), existsSync(path)]).toEqual([undefined, false]);
});
