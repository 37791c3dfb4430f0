import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../component-kit/testing/rehearsal.ts';
import { Outlet } from './outlet.ts';

/** An outlet into what is at a path, and what it says of itself. */
const outletTo = (path: string, flags: number) => {
  const file = openSync(path, flags);
  const outlet = new Outlet(file);
  const [troubles, lost]: [string[], number[]] = [[], []];
  outlet.owner = { trouble: (reason) => troubles.push(reason), lost: (lines) => lost.push(lines) };
  return { file, outlet, troubles, lost };
};

/** A pipe without a reader, until somebody reads from `file` itself. */
const pipe = () => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-pipe-'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const made = outletTo(join(folder, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => {
    closeSync(made.file);
    rmSync(folder, { recursive: true });
  });
  return made;
};

const line = (n: number): string => `${n} ${'x'.repeat(1000)}\n`;
const bytesOf = (lines: number): number =>
  Array.from({ length: lines }, (_, n) => line(n).length).reduce((sum, each) => sum + each, 0);

/** Whatever can be read at this moment. */
const readAll = (file: number): string => {
  const chunk = Buffer.alloc(1024 ** 2);
  let text = '';
  try {
    for (;;) text += chunk.toString('latin1', 0, readSync(file, chunk));
  } catch {
    return text;
  }
};

it('a full disk holds nobody up, and is said once', { timeout: 60_000 }, async () => {
  const { outlet, troubles, lost } = outletTo('/dev/full', constants.O_WRONLY);
  outlet.write(line(0));
  await until('it is said', () => troubles.length > 0);
  for (let n = 1; n < 5000; n += 1) outlet.write(line(n));
  await outlet.settled(100);
  expect([troubles, lost]).toEqual([['ENOSPC: no space left on device, write'], []]);
});

it('behind a reader that reads nothing a megabyte waits, the rest is counted, and all that waited comes whole', async () => {
  const { file, outlet, troubles, lost } = pipe();
  for (let n = 0; n < 3000; n += 1) outlet.write(line(n));
  expect(troubles).toEqual(['nobody reads it']);
  let text = '';
  const numbers = (): number[] => text.split('\n').flatMap((each) => (each === '' ? [] : [Number(each.split(' ')[0])]));
  await until('what waited is read', () => {
    text += readAll(file);
    return text.endsWith('\n') && numbers().length + (lost[0] ?? 0) === 3000;
  });
  expect(text.length).toBeGreaterThan(1_000_000);
  expect(lost).toHaveLength(1);
  expect(numbers()).toEqual(numbers().map((_, index) => index));
});

it('is settled when all is written, and not waited for beyond the time', async () => {
  const { file, outlet } = pipe();
  outlet.write(line(1));
  await outlet.settled(30_000);
  expect(readAll(file)).toBe(line(1));
  for (let n = 0; n < 500; n += 1) outlet.write(line(n));
  await outlet.settled(50);
  let bytes = 0;
  await until('the rest is read', () => (bytes += readAll(file).length) === bytesOf(500));
  await outlet.settled(30_000);
});
