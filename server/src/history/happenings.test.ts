import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Happened } from '../supervision/observed/happened.ts';
import { Happenings } from './happenings.ts';
import { LineFile } from './line-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-happenings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const noon = Date.UTC(2026, 2, 1, 12);
let now = noon;
let shift = 0;
let files = 0;
const newPath = (): string => join(folder, `${(files += 1)}.ndjson`);
const open = async (path: string, { mostLines = 12_000, mayGrow = true, said = [] as unknown[] } = {}) => {
  const file = new LineFile(path, { mostLines, mayGrow: () => mayGrow, onFailure: (thrown) => said.push(thrown) });
  const happenings = new Happenings(file, { now: () => now, shown: (at) => at + shift });
  await happenings.load();
  return { file, happenings };
};
const failed = (flow: string, sentence = 'port 9000 is used'): Happened => ({
  kind: 'failed',
  level: 'error',
  flow,
  sentence,
});

it('what happens again within an hour is one of them, with its number and when it was first', async () => {
  const path = newPath();
  const { file, happenings } = await open(path);
  for (let time = 0; time < 5; time += 1) {
    happenings.add(failed('climb'));
    now += 60_000;
  }
  happenings.add({ ...failed('climb', 'no'), messages: 3 });
  happenings.add({ ...failed('climb', 'no'), messages: 4 });
  now += 2 * 3_600_000;
  happenings.add(failed('climb'));
  await file.save();
  const after = await open(path);
  const shortly = after.happenings.all().map(({ sequence, times, messages }) => [sequence, times, messages]);
  expect(shortly).toEqual([
    [1, 5, undefined],
    [2, 2, 7],
    [3, 1, undefined],
  ]);
  expect(after.happenings.all()[0]).toMatchObject({
    time: '2026-03-01T12:04:00.000Z',
    first_at: '2026-03-01T12:00:00.000Z',
  });
  after.happenings.add(failed('other'));
  expect(after.happenings.all().at(-1)!.sequence).toBe(4);
});

it('a flow that fails in ever new words pushes out nothing of the others, and the file stays small', async () => {
  const path = newPath();
  const { file, happenings } = await open(path, { mostLines: 6000 });
  happenings.add(failed('quiet'));
  for (let count = 0; count < 12_000; count += 1) {
    happenings.add(failed('loud', `reason ${count}`));
    if (count % 1000 === 0) await file.save();
  }
  await file.save();
  const kept = (await open(path)).happenings.all();
  expect([kept.length <= 5500, kept[0]!.flow, kept.at(-1)!.sentence]).toEqual([true, 'quiet', 'reason 11999']);
  expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(7500);
});

it('a line that a power cut has ended in its midst costs itself alone', async () => {
  const path = newPath();
  const { file, happenings } = await open(path);
  happenings.add(failed('climb'));
  await file.save();
  appendFileSync(path, '{"sequence":2,"fir');
  const after = await open(path);
  after.happenings.add(failed('night'));
  await after.file.save();
  expect((await open(path)).happenings.all().map(({ flow }) => flow)).toEqual(['climb', 'night']);
});

it('what cannot be written is kept in memory and written later', async () => {
  const said: unknown[] = [];
  const { file, happenings } = await open(join(folder, 'nowhere\0'), { said });
  happenings.add(failed('climb'));
  await file.save();
  await file.save();
  expect([said.length, happenings.all().length]).toEqual([2, 1]);
});

it('goes with the clock when that is set', async () => {
  const { happenings } = await open(newPath());
  happenings.add(failed('climb'));
  const before = Date.parse(happenings.all()[0]!.time);
  shift = 3_600_000;
  expect(Date.parse(happenings.all()[0]!.time)).toBe(before + shift);
  shift = 0;
});

it('tells whoever listens of each, and of one that happens again once a second', async () => {
  const { happenings } = await open(newPath());
  const heard: number[] = [];
  const forget = happenings.onChange(({ times }) => heard.push(times));
  for (let time = 0; time < 30; time += 1) {
    happenings.add(failed('climb'));
    now += 100;
  }
  forget();
  happenings.add(failed('other'));
  expect(heard).toEqual([1, 11, 21]);
});
