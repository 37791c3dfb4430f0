import { describe, expect, it } from 'vitest';
import { ExactNumber } from '../../../engine/exact-number.ts';
import { RecordedMap } from '../../../engine/kept-map.ts';
import { Message } from '../../../engine/message.ts';
import { aggregator, type Kept } from './aggregate.ts';
import type { Open } from './open-windows.ts';
import type { AggregateOptions } from './settings.ts';

const second = 1000;
const usual: AggregateOptions = {
  window: 'tumbling',
  size: 10 * second,
  every: 5 * second,
  gap: 10 * second,
  messages: 3,
  results: [{ name: 'n', calculate: 'count' }],
  by: [],
  times: { field: 't', unit: 'ms' },
  zone: 'UTC',
  lateness: 0,
  mostAhead: Infinity,
  quiet: Infinity,
  most: 1000,
};
type Row = Readonly<Record<string, unknown>>;

/** An aggregation whose time a test sets. `add` takes payloads that came in at the present time, and gives what is handed on. */
const tried = (options: Partial<AggregateOptions>, maps?: Kept) => {
  const kept: Kept = maps ?? {
    windows: new RecordedMap<Open>({ most: 2000 }),
    values: new RecordedMap<readonly number[]>({ most: 100_000 }),
    clock: new RecordedMap<number>({ most: 1 }),
  };
  const clock = { now: 0, monotonic: 0, late: 0 };
  const all = aggregator({ ...usual, ...options }, kept, {
    now: () => clock.now,
    monotonic: () => clock.monotonic,
    late: () => void (clock.late += 1),
  });
  return {
    kept,
    late: () => clock.late,
    pass: (ms: number) => {
      clock.now += ms;
      clock.monotonic += ms;
    },
    jump: (ms: number) => void (clock.now += ms),
    add: (...rows: readonly Row[]) =>
      rows.flatMap((row) => all.add(new Message<unknown>(row, clock.now, 'test', 1)) as Row[]),
    came: (time: number, row: Row = {}) => all.add(new Message<unknown>(row, time, 'test', 1)) as Row[],
    tick: () => all.tick() as Row[],
  };
};
const at = (...times: number[]): Row[] => times.map((t) => ({ t: t * second }));
const ofClock = { times: undefined };
/** Beginning in seconds and count. */
const short = (made: readonly Row[]) =>
  made.map((one) => [Date.parse(String(one['window_start'])) / second, one['n'], ...(one['early'] ? ['early'] : [])]);

describe('windows by the time of messages', () => {
  it('are handed on when a later message comes, in the order of their ends', () => {
    const { add } = tried({ by: ['k'] });
    expect(add({ t: 1, k: 'b' }, { t: 2, k: 'a' }, { t: 9_999, k: 'b' })).toEqual([]);
    expect(add({ t: 10_000, k: 'c' })).toEqual([
      { k: 'a', window_start: '1970-01-01T00:00:00.000Z', window_end: '1970-01-01T00:00:10.000Z', n: 1 },
      { k: 'b', window_start: '1970-01-01T00:00:00.000Z', window_end: '1970-01-01T00:00:10.000Z', n: 2 },
    ]);
  });

  it('wait for late ones as long as they may, and count those that come still later', () => {
    const { add, late } = tried({ lateness: 5 * second });
    expect(short(add(...at(1, 14, 3, 14.9)))).toEqual([]);
    expect(short(add(...at(15, 2, 12)))).toEqual([[0, 2]]);
    expect(late()).toBe(1);
  });

  it('do not end by the clock, but for a silence that is set', () => {
    const { add, pass, tick } = tried({ quiet: 2 * second });
    add(...at(1, 11));
    pass(1999);
    expect(tick()).toEqual([]);
    pass(1);
    expect(short(tick())).toEqual([[10, 1, 'early']]);
    expect(short(add(...at(12, 25)))).toEqual([[10, 1]]);
  });

  it('are not ended by a time that cannot be: it is refused, and says what to set', () => {
    const { add, jump } = tried({ mostAhead: 86_400 * second });
    jump(1_000_000);
    add(...at(1000));
    expect(() => add({ t: 4e12 })).toThrow(/2096.* lies far ahead of the clock.*"most_ahead"/);
    expect(() => add({ t: 'soon' })).toThrow('no time that can be read stands in "t"');
    expect(() => add({})).toThrow('no time that can be read');
    expect(short(add(...at(1001, 1010)))).toEqual([[1000, 2]]);
  });

  it('overlap where they slide', () => {
    const { add } = tried({ window: 'sliding' });
    expect(short(add(...at(1, 6, 12, 30)))).toEqual([
      [-5, 1],
      [0, 2],
      [5, 2],
      [10, 1],
    ]);
  });

  it('of a day begin at midnight of the zone, and are as long as it is', () => {
    const { add } = tried({ size: 86_400 * second, zone: 'Europe/Berlin' });
    const made = add(
      ...['2026-03-28T22:59:59Z', '2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z', '2026-03-29T22:00:00Z'].map((t) => ({
        t: Date.parse(t),
      })),
      { t: Date.parse('2026-10-25T12:00:00Z') },
      { t: Date.parse('2026-10-27T12:00:00Z') },
    );
    expect(made.map(({ window_start: from, window_end: to, n }) => [from, to, n])).toEqual([
      ['2026-03-27T23:00:00.000Z', '2026-03-28T23:00:00.000Z', 1],
      ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', 2],
      ['2026-03-29T22:00:00.000Z', '2026-03-30T22:00:00.000Z', 1],
      ['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', 1],
    ]);
  });

  it('of an hour stay so long where an hour comes twice', () => {
    const { add } = tried({ size: 3600 * second, zone: 'Asia/Kolkata' });
    const [one] = add({ t: Date.parse('2026-05-01T10:10:00Z') }, { t: Date.parse('2026-05-01T11:30:00Z') });
    expect([one!['window_start'], one!['window_end']]).toEqual([
      '2026-05-01T09:30:00.000Z',
      '2026-05-01T10:30:00.000Z',
    ]);
    const berlin = tried({ size: 3600 * second, zone: 'Europe/Berlin' });
    expect(
      berlin
        .add(
          ...['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'].map((t) => ({
            t: Date.parse(t),
          })),
        )
        .map(({ n }) => n),
    ).toEqual([1, 1]);
  });
});

describe('windows by the time at which messages came in', () => {
  it('end by the clock', () => {
    const { add, pass, tick } = tried(ofClock);
    pass(9000);
    add({}, {});
    pass(999);
    expect(tick()).toEqual([]);
    pass(1);
    expect(short(tick())).toEqual([[0, 2]]);
  });

  it('do not while older messages are still on their way, and lose none of them', () => {
    const { came, pass, tick, late } = tried(ofClock);
    pass(100_000);
    came(1000);
    expect(tick()).toEqual([]);
    expect(short(came(2000))).toEqual([]);
    expect(short(came(11_000))).toEqual([[0, 2]]);
    pass(1000);
    expect(short(tick())).toEqual([[10, 1]]);
    // what was held up for longer counts where it arrives
    came(12_000);
    pass(9000);
    expect(short(tick())).toEqual([[100, 1]]);
    expect(late()).toBe(0);
  });

  it('end when the clock is set back, and go on', () => {
    const { add, jump, pass, tick } = tried(ofClock);
    pass(1_000_000);
    add({});
    jump(-500_000);
    expect(short(tick())).toEqual([[1000, 1, 'early']]);
    add({});
    pass(10_000);
    expect(short(tick())).toEqual([[500, 1]]);
  });
});

describe('windows of messages', () => {
  it('hold so many, of each group', () => {
    const { add, tick, pass } = tried({ window: 'count', by: ['k'] });
    const made = add(...['a', 'b', 'a', 'a', 'b', 'a'].map((k, index) => ({ k, t: index * second })));
    expect(made).toEqual([
      { k: 'a', window_start: '1970-01-01T00:00:00.000Z', window_end: '1970-01-01T00:00:03.000Z', n: 3 },
    ]);
    pass(1e9);
    expect(tick()).toEqual([]);
  });
});

describe('sessions', () => {
  it('end when nothing has come for so long', () => {
    const { add } = tried({ window: 'session' });
    const made = add(...at(0, 9, 18, 28, 60));
    expect(made.map(({ window_start: from, window_end: to, n }) => [from, to, n])).toEqual([
      ['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:18.000Z', 3],
      ['1970-01-01T00:00:28.000Z', '1970-01-01T00:00:28.000Z', 1],
    ]);
  });

  it('are joined by a message between them, with all that they hold', () => {
    const { add } = tried({
      window: 'session',
      lateness: 100 * second,
      results: [
        { name: 'n', calculate: 'count' },
        { name: 'sum', calculate: 'sum', field: 'v' },
        { name: 'first', calculate: 'first', field: 'v' },
        { name: 'last', calculate: 'last', field: 'v' },
        { name: 'least', calculate: 'min', field: 'v' },
        { name: 'median', calculate: 'percentile', field: 'v', percent: 50 },
        { name: 'spread', calculate: 'stddev_population', field: 'v' },
      ],
    });
    const rows = [
      [18, 5],
      [0, 1],
      [9, 3],
      [40, 7],
      [49, 9],
    ].map(([t, v]) => ({ t: t! * second, v }));
    expect(add(...rows)).toEqual([]);
    const made = add({ t: 1000 * second, v: 0 });
    expect(made).toMatchObject([
      { n: 3, sum: 9, first: 1, last: 5, least: 1, median: 3 },
      { n: 2, sum: 16, first: 7, last: 9, least: 7, median: 8, spread: 1 },
    ]);
    expect(made[0]!['spread']).toBeCloseTo(Math.sqrt(8 / 3), 12);
  });

  it('of very many in one group are found at once', { timeout: 60_000 }, () => {
    const { add } = tried({ window: 'session', lateness: 1e12, most: 50_000 });
    const before = performance.now();
    add(...at(...Array.from({ length: 20_000 }, (_, index) => ((index * 7919) % 20_000) * 60)));
    expect(performance.now() - before).toBeLessThan(30_000);
  });
});

describe('bounds', () => {
  it('hand on the window that has not changed for longest', () => {
    const { add, kept } = tried({ by: ['k'], most: 2 });
    const made = add({ t: 1, k: 'a' }, { t: 2, k: 'b' }, { t: 3, k: 'a' }, { t: 4, k: 'c' });
    expect(made).toMatchObject([{ k: 'b', n: 1, early: true }]);
    expect(kept.windows.size).toBe(2);
  });

  it('hold for the values of percentiles, which go with their window', () => {
    const { add, kept } = tried({
      results: [{ name: 'p', calculate: 'percentile', field: 'v', percent: 50 }],
      most: 1,
    });
    add(...Array.from({ length: 200 }, (_, v) => ({ t: 1, v })));
    expect(kept.values.size).toBe(4);
    expect(add({ t: 20_000, v: 0 })).toMatchObject([{ p: 99.5 }]);
    expect(kept.values.size).toBe(1);
  });

  it('hold for what a group is told by, and for values that are kept', () => {
    const { add } = tried({ by: ['k'], results: [{ name: 'last', calculate: 'last', field: 'v' }] });
    expect(() => add({ t: 1, k: 'x'.repeat(1001) })).toThrow('grouped by take more than 1000 characters');
    expect(() => add({ t: 1, k: 1, v: 'x'.repeat(1001) })).toThrow('the field "v" has more than 1000 characters');
  });
});

it('a message that cannot be reckoned with changes nothing', () => {
  const { add, kept } = tried({
    results: [
      { name: 'n', calculate: 'count' },
      { name: 'mean', calculate: 'mean', field: 'v' },
    ],
  });
  add({ t: 1, v: 1 });
  expect(() => add({ t: 99_000, v: 'n/a' })).toThrow('the field "v" is no number: "n/a"');
  expect([...kept.windows.entries()].map(([, { count }]) => count)).toEqual([1]);
  expect(add({ t: 2, v: null }, { t: 3 }, { t: 10_000 })).toMatchObject([{ n: 3, mean: 1 }]);
});

it('a window without values has no mean, a count of none, and the sum zero; exact numbers stay so', () => {
  const calculations = [
    'count',
    'sum',
    'mean',
    'min',
    'max',
    'first',
    'last',
    'stddev_sample',
    'stddev_population',
  ] as const;
  const results = calculations.map((calculate) => ({ name: calculate, calculate, field: 'v' }));
  const { add } = tried({ results: [...results, { name: 'p', calculate: 'percentile', field: 'v', percent: 9 }] });
  add({ t: 1 });
  const [empty] = add({ t: 10_000, v: new ExactNumber('9007199254740993') }, { t: 10_001, v: 9007199254740992 });
  expect(empty).toMatchObject({ count: 0, sum: 0, mean: null, min: null, first: null, stddev_sample: null, p: null });
  const [full] = add({ t: 20_000 });
  expect([String(full!['max']), full!['min'], String(full!['first'])]).toEqual([
    '9007199254740993',
    9007199254740992,
    '9007199254740993',
  ]);
});

it('goes on with what was kept, sessions too', () => {
  const first = tried({ window: 'session', by: ['k'] });
  first.add({ t: 0, k: 'a' }, { t: 5000, k: 'b' });
  const later = tried({ window: 'session', by: ['k'] }, first.kept);
  expect(later.add({ t: 9000, k: 'a' }, { t: 60_000, k: 'c' }).map(({ k, n }) => [k, n])).toEqual([
    ['b', 1],
    ['a', 2],
  ]);
});
