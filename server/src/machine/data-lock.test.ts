import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DataInUse, lockData } from './data-lock.ts';
import { startOf } from './processes.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'semstreams-lock-'));
const others: ChildProcess[] = [];
afterAll(() => others.forEach((other) => other.kill('SIGKILL')));

/** Another program that runs in Node. */
const another = async (): Promise<number> => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
  others.push(other);
  await new Promise((resolve) => other.once('spawn', resolve));
  return other.pid!;
};

it('is given back, and can be taken again', () => {
  const folder = join(newFolder(), 'made', 'too');
  lockData(folder)();
  expect(existsSync(join(folder, 'server.pid'))).toBe(false);
  lockData(folder)();
});

it('is refused while another server holds it, in one sentence', async () => {
  const folder = newFolder();
  const id = await another();
  writeFileSync(join(folder, 'server.pid'), `${id} ${startOf(id) ?? ''}\n`);
  expect(() => lockData(folder)).toThrow(
    new DataInUse(`the data folder "${folder}" is used by another server (process ${id}); set "data_dir"`),
  );
});

it.each([
  ['a server that is gone', () => '999999 5'],
  ['an empty file', () => ''],
  ['nonsense', () => 'not a number'],
  ['a program that got the id of a server that is gone', async () => `${await another()} 5`],
])('is taken from %s', async (_, content) => {
  const folder = newFolder();
  writeFileSync(join(folder, 'server.pid'), await content());
  lockData(folder)();
});
