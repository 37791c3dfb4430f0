import { expect, it } from 'vitest';
import { type Batch, Message } from './message.ts';
import { branchOf, hasTwins, lastOf, originOf, Origins, type Progress, ProgressTable } from './origins.ts';

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

it('a place tells the message and which of its results it is', () => {
  const origins = new Origins(new ProgressTable());
  const fresh = origins.fresh(messages(11, 12, 12), block(7, messages(10, 11, 12), 3));
  const place = (message: number, result: number) => message * 2 ** 24 + result;
  expect(fresh.places).toEqual([place(4, 1), place(5, 1), place(5, 2)]);
  expect(lastOf(fresh, 2)).toEqual(['a.out → b.in', 's1', 7, place(5, 1)]);
  expect(origins.list()).toEqual([['a.out → b.in', 's1', 7, place(5, 2)]]);
  const again = origins.fresh(messages(12, 12, 12), block(7, messages(10, 11, 12), 3));
  expect([numbersOf(again), again.places]).toEqual([[12], [place(5, 3)]]);
  const old = block(6, messages(1));
  expect(origins.fresh(messages(1), old)).toEqual({ messages: [], places: [], origin: old });
});

it('goes on within one attempt, and begins anew with the next', () => {
  const origins = new Origins(new ProgressTable());
  const batch = messages(1, 2);
  const attempt = block(1, batch);
  const seen = [attempt, attempt, block(1, batch), attempt].map((origin) =>
    numbersOf(origins.fresh(messages(1), origin)),
  );
  expect(seen).toEqual([[1], [1], [], []]);
});

it('finds what comes behind results that came too late, or that others made with the same number', () => {
  const batch = [...messages(1, 2, 3, 4), new Message('other', 1, 'test.b.1', 4)];
  const results = [batch[2]!, batch[0]!, batch[3]!, batch[4]!];
  const { places } = new Origins(new ProgressTable()).fresh(results, block(0, batch));
  expect(places.map((place) => [Math.floor(place / 2 ** 24), place % 2 ** 24])).toEqual([
    [2, 1],
    [2, 2],
    [3, 1],
    [4, 1],
  ]);
});

it('remembers how far the attempts have come of those that were heard last', () => {
  const resultsAfter = (others: number) => {
    const origins = new Origins(new ProgressTable());
    const batch = messages(1);
    const attempt = originOf('first', 's1', 1, batch);
    origins.fresh(batch, attempt);
    for (let n = 0; n < others; n += 1) origins.fresh(batch, originOf(`other ${n}`, 's1', 1, batch));
    return origins.fresh(batch, attempt).places;
  };
  expect([resultsAfter(255), resultsAfter(256)]).toEqual([[2], [1]]);
});

it('notes what is later alone, and what was noted keeps its place', () => {
  const table = new ProgressTable();
  const rows: Progress[] = [
    ['a', '1', 2, 5],
    ['b', '1', 1, 1],
    ['a', '1', 2, 5],
    ['a', '1', 1, 9],
    ['a', '1', 2, 4],
  ];
  for (const row of rows) table.raise(row);
  expect(table.list()).toEqual([rows[0], rows[1]]);
  table.raise(['a', '1', 2, 6]);
  table.raise(['b', '1', 2, 0]);
  expect(table.list()).toEqual([
    ['a', '1', 2, 6],
    ['b', '1', 2, 0],
  ]);
});

it('forgets no other start where one goes on', () => {
  const table = new ProgressTable();
  for (const start of ['1', '2', '3', '4']) table.raise(['a', start, 1, 1]);
  table.raise(['a', '4', 2, 1]);
  expect(table.list().map(([, start]) => start)).toEqual(['1', '2', '3', '4']);
});

it('ways are named behind the source', () => {
  const origin = block(1, messages(1));
  expect(branchOf(origin, 'left')).toEqual({ ...origin, source: 'a.out → b.in / left' });
});

it('messages of two sources with one number are no twins', () =>
  expect(hasTwins([...messages(1), new Message(1, 1, 'test.b.1', 1)])).toBe(false));
