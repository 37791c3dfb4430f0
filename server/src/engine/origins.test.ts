import { expect, it } from 'vitest';
import { type Batch, Message } from './message.ts';
import { branchOf, hasTwins, originOf, Origins, type Progress, ProgressTable } from './origins.ts';

const messages = (...numbers: number[]): Batch => numbers.map((n) => new Message(n, 1, 'test.a.1', n));
const numbersOf = ({ messages: fresh }: { readonly messages: Batch }) => fresh.map(({ payload }) => payload);
const block = (position: number, batch: Batch, first = 0) => originOf('a.out → b.in', 's1', position, batch, first);

it('what has the same origin is new once', () => {
  const origins = new Origins(new ProgressTable());
  const batch = messages(1, 2, 3);
  expect(numbersOf(origins.fresh(batch, block(1, batch)))).toEqual([1, 2, 3]);
  expect(numbersOf(origins.fresh(batch, block(1, batch)))).toEqual([]);
  expect(numbersOf(origins.fresh(batch, block(2, batch)))).toEqual([1, 2, 3]);
  expect(numbersOf(origins.fresh(batch, block(1, batch)))).toEqual([]);
});

it('goes on in the middle of what was kept in part, after a restart too', () => {
  const batch = messages(1, 2, 3, 4);
  const before = new Origins(new ProgressTable());
  before.fresh(messages(1, 2), block(5, batch));
  const after = new Origins(new ProgressTable(before.list()));
  const again = block(5, batch);
  expect(numbersOf(after.fresh(messages(1), again))).toEqual([]);
  expect(numbersOf(after.fresh(messages(2, 3), again))).toEqual([3]);
  expect(numbersOf(after.fresh(messages(4), again))).toEqual([4]);
});

it('knows results of one message apart, and what is missing between them', () => {
  const batch = messages(1, 2, 3, 4);
  const results = messages(2, 2, 4);
  const before = new Origins(new ProgressTable());
  expect(numbersOf(before.fresh(results.slice(0, 1), block(1, batch)))).toEqual([2]);
  const after = new Origins(new ProgressTable(before.list()));
  expect(numbersOf(after.fresh(results, block(1, batch)))).toEqual([2, 4]);
});

it('recognises what came together when it comes one by one, from any message on', () => {
  const batch = messages(1, 2, 3, 4);
  const before = new Origins(new ProgressTable());
  before.fresh(messages(1, 3), block(1, batch));
  const after = new Origins(new ProgressTable(before.list()));
  for (const [index, expected] of [
    [1, []],
    [2, []],
    [3, [4]],
  ] as const)
    expect(
      numbersOf(after.fresh(batch.slice(index, index + 1), block(1, batch.slice(index, index + 1), index))),
    ).toEqual(expected);
});

it('counts results that were made anew for the message before', () => {
  const batch = messages(1, 2);
  const made = [7, 8].map((n) => new Message(n, 1, 'test.other.1', n));
  const before = new Origins(new ProgressTable());
  before.fresh(made.slice(0, 1), block(1, batch));
  const after = new Origins(new ProgressTable(before.list()));
  expect(numbersOf(after.fresh(made, block(1, batch)))).toEqual([8]);
});

it('keeps ways apart that meet again', () => {
  const origins = new Origins(new ProgressTable());
  const batch = messages(1, 2);
  const origin = block(1, batch);
  expect(numbersOf(origins.fresh(batch, branchOf(origin, 'left')))).toEqual([1, 2]);
  expect(numbersOf(origins.fresh(batch, branchOf(origin, 'right')))).toEqual([1, 2]);
  expect(numbersOf(origins.fresh(batch, branchOf(block(1, batch), 'left')))).toEqual([]);
});

it('a source that counts anew is heard', () => {
  const origins = new Origins(new ProgressTable());
  const batch = messages(1);
  origins.fresh(batch, block(900, batch));
  expect(numbersOf(origins.fresh(batch, originOf('a.out → b.in', 's2', 1, batch)))).toEqual([1]);
});

it('remembers the last starts of a source, and the sources that were heard last', () => {
  const row = (source: string, start: string): Progress => [source, start, 1, 1];
  const table = new ProgressTable();
  for (const start of ['1', '2', '3', '4', '5']) table.raise(row('a', start));
  expect(table.list().map(([, start]) => start)).toEqual(['2', '3', '4', '5']);
  for (let n = 0; n < 300; n += 1) table.raise(row(`s${n}`, ''));
  expect(table.size).toBe(256);
  expect(table.of({ source: 's299', start: '' })).toEqual(row('s299', ''));
  expect(table.of({ source: 'a', start: '5' })).toBeUndefined();
});

it('twins are messages with one id in a row', () => {
  expect([hasTwins(messages(1, 2, 1)), hasTwins(messages(1, 2, 2))]).toEqual([false, true]);
});
