import { expect, it } from 'vitest';
import { LogBook, type LogQuery } from './log-book.ts';

const book = new LogBook();
const tell = (
  sentence: string,
  more: {
    flow?: string;
    component?: string;
    level?: 'debug' | 'info' | 'warn' | 'error';
    fields?: Record<string, unknown>;
  } = {},
) => book.add({ time: '2026-01-01T00:00:00.000Z', level: 'info', sentence, fields: {}, ...more });
const found = (query: Partial<LogQuery>): string[] =>
  book.find({ limit: 100, ...query }).items.map(({ sentence }) => sentence);

it('finds by flow, component, level and text', () => {
  tell('server starts');
  tell('flow runs', { flow: 'a' });
  tell('component waits', { flow: 'a', component: 'x', level: 'warn', fields: { reason: 'Nobody is there' } });
  tell('flow failed', { flow: 'b', level: 'error' });
  expect(found({})).toEqual(['server starts', 'flow runs', 'component waits', 'flow failed']);
  expect(found({ flow: 'a' })).toEqual(['flow runs', 'component waits']);
  expect(found({ component: 'x' })).toEqual(['component waits']);
  expect(found({ level: 'warn' })).toEqual(['component waits', 'flow failed']);
  expect(found({ search: 'NOBODY' })).toEqual(['component waits']);
  expect(found({ flow: 'nobody' })).toEqual([]);
});

it('goes on where somebody has read to, and gives the newest otherwise', () => {
  expect(found({ limit: 2 })).toEqual(['component waits', 'flow failed']);
  expect(found({ after: 1, limit: 2 })).toEqual(['flow runs', 'component waits']);
  expect(found({ after: book.latest })).toEqual([]);
});

it('keeps what one flow told from what another one tells', () => {
  for (let n = 0; n < 5000; n += 1) tell(`noise ${n}`, { flow: 'noisy' });
  expect(found({ flow: 'a' })).toEqual(['flow runs', 'component waits']);
  expect(book.find({ limit: 10_000 }).items).toHaveLength(2002);
  expect(book.find({ flow: 'noisy', limit: 10_000 }).items).toHaveLength(500);
  for (let n = 0; n < 1000; n += 1) tell('once', { flow: `flow-${n}` });
  expect(found({ flow: 'a' })).toEqual([]);
  expect(found({ flow: 'flow-999' })).toEqual(['once']);
});

it('cuts what is long, and leaves stacks to the log itself', () => {
  tell('long', {
    fields: { reason: 'x'.repeat(5000), stack: 'at …', code: 7, inner: { deep: ['y'.repeat(5000)] }, none: undefined },
  });
  const { fields } = book.find({ limit: 1 }).items[0]!;
  expect(Object.keys(fields)).toEqual(['reason', 'code', 'inner']);
  expect([String(fields['reason']).length, fields['code'], String(fields['inner']).length]).toEqual([1000, 7, 1000]);
});

it('is bounded in bytes, and keeps an error through a storm of what is less important', () => {
  const full = new LogBook();
  const add = (flow: string, level: 'error' | 'warn', n: number) =>
    full.add({
      time: '',
      level,
      flow,
      sentence: `${level} ${n}`,
      fields: { a: 'x'.repeat(5000), b: 'y'.repeat(5000) },
    });
  add('first', 'error', 0);
  for (let n = 0; n < 20_000; n += 1) add(`flow-${n % 400}`, 'warn', n);
  expect(full.bytes).toBeLessThan(12 * 1024 ** 2);
  expect(full.find({ limit: 10, level: 'error' }).items.map(({ sentence }) => sentence)).toEqual(['error 0']);
  expect(full.find({ limit: 1, flow: 'flow-399' }).items[0]!.sentence).toBe('warn 19999');
});

it('is paged from either end without telling a line twice', () => {
  const paged = new LogBook();
  for (let line = 1; line <= 5; line += 1)
    paged.add({ time: '2026-01-01T00:00:00.000Z', level: 'info', sentence: `line ${line}`, fields: {} });
  const page = (query: { after?: number; isNewestFirst?: boolean }) => {
    const { items, isMore } = paged.find({ limit: 2, ...query });
    return [items.map(({ sequence }) => sequence), isMore];
  };
  expect(page({})).toEqual([[4, 5], false]);
  expect([page({ after: 0 }), page({ after: 2 }), page({ after: 4 })]).toEqual([
    [[1, 2], true],
    [[3, 4], true],
    [[5], false],
  ]);
  const isNewestFirst = true;
  expect([page({ isNewestFirst }), page({ isNewestFirst, after: 4 }), page({ isNewestFirst, after: 2 })]).toEqual([
    [[5, 4], true],
    [[3, 2], true],
    [[1], false],
  ]);
});
