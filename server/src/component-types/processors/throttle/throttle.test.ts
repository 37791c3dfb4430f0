import fc from 'fast-check';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { stage } from '../../../component-kit/testing/stage.ts';
import { RecordedMap } from '../../../engine/kept-map.ts';
import { MemoryLog } from '../../../engine/memory-log.ts';
import { Message } from '../../../engine/message.ts';
import { Latest, type LatestOptions, type Waiting } from './latest.ts';
import { throttle } from './throttle.component.ts';
import { limiter, type Passed, spreader, type ThrottleOptions } from './throttle.ts';

const passedOn = (options: Partial<ThrottleOptions>, came: readonly (readonly [number, unknown])[], most = 10) => {
  const passes = limiter({ messages: 1, per: 10, by: [], ...options }, new RecordedMap<Passed>({ most }));
  return came.map(([time, k]) => passes(new Message({ k }, time, 'test.a.1', 1)));
};
const at = (...times: number[]) => times.map((time) => [time, 0] as const);

it.each<[string, Partial<ThrottleOptions>, readonly (readonly [number, unknown])[], boolean[]]>([
  ['the first of each ten milliseconds', {}, at(1000, 1009, 1010, 1019, 1020), [true, false, true, false, true]],
  ['the first two', { messages: 2 }, at(1000, 1001, 1009, 1010, 1011, 1012), [true, true, false, true, true, false]],
  ['what is too much does not lengthen the time', {}, at(1000, 1005, 1009, 1011), [true, false, false, true]],
  ['a time begins with its first message', {}, at(1000, 1025, 1030, 1035), [true, true, false, true]],
  ['messages a little out of order', {}, at(1000, 995), [true, false]],
  ['a clock that was set back', {}, at(1000, 500, 501), [true, true, false]],
  [
    'each apart',
    { by: ['k'] },
    [
      [1, 'a'],
      [1, 'b'],
      [2, 'a'],
      [2, 'b'],
    ],
    [true, true, false, false],
  ],
])('%s', (_, options, came, expected) => expect(passedOn(options, came)).toEqual(expected));

it('the one that was silent for longest begins anew where there are too many', () =>
  expect(
    passedOn(
      { by: ['k'] },
      [
        [1, 'a'],
        [1, 'b'],
        [1, 'c'],
        [1, 'b'],
        [1, 'a'],
      ],
      2,
    ),
  ).toEqual([true, true, true, false, true]));

describe('evenly', () => {
  const passedAt = (messages: number, times: readonly number[]): number[] => {
    const passes = spreader({ messages, per: 1000, by: [] }, new RecordedMap<number>({ most: 10 }));
    return times.filter((time) => passes(new Message({}, time, 'test.a.1', 1)));
  };

  it.each<[string, number, readonly number[], readonly number[]]>([
    ['one in each tenth', 10, [0, 10, 49, 100, 149, 200], [0, 100, 200]],
    ['one that comes a little early or late', 10, [0, 96, 205, 298], [0, 96, 205, 298]],
    ['no more for those that came early', 10, [0, 60, 120, 180, 240, 300], [0, 60, 180, 300]],
    ['several in a millisecond', 3000, [5, 5, 5, 5, 6, 6, 6, 6], [5, 5, 5, 6, 6, 6]],
    ['nothing to make up for after a pause', 10, [0, 5000, 5010, 5020], [0, 5000]],
    ['a clock that was set back', 10, [90_000, 1000, 1010, 1100], [90_000, 1000, 1100]],
  ])('%s', (_, messages, times, expected) => expect(passedAt(messages, times)).toEqual(expected));

  it('never more than so many and one in any span', () => {
    const times = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 500 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), times, (messages, came) => {
        const passed = passedAt(
          messages,
          came.toSorted((a, b) => a - b),
        );
        for (const start of passed)
          expect(passed.filter((time) => time >= start && time < start + 1000).length).toBeLessThanOrEqual(
            messages + 1,
          );
      }),
    );
  });
});

describe('the last ones', () => {
  const held = (options: Partial<LatestOptions>) => {
    const waiting = new RecordedMap<Waiting>({ most: 1_000_000 });
    const latest = new Latest({ messages: 1, per: 10, by: ['k'], most: 100, mostBytes: 1e6, ...options }, waiting);
    const short = (batch: readonly Message[]): unknown[] => batch.map(({ payload }) => (payload as { n: unknown }).n);
    return {
      come: (time: number, n: unknown, k = 'a') => {
        const { out, rest } = latest.take(new Message({ n, k }, time, 'test.a.1', 1));
        return [short(out), short(rest)];
      },
      over: (time: number) => short(latest.over(time)),
    };
  };

  it('go on when their time is over, by the clock or by what comes behind', () => {
    const { come, over } = held({});
    expect([come(1000, 1), come(1005, 2), over(1009)]).toEqual([[[], []], [[], [1]], []]);
    expect([over(1010), over(1011)]).toEqual([[2], []]);
    expect([come(1020, 3), come(1030, 4), over(1035), over(1040)]).toEqual([[[], []], [[3], []], [], [4]]);
  });

  it('are so many of each group, in their order', () => {
    const { come, over } = held({ messages: 2 });
    expect([come(1, 1), come(2, 2), come(3, 'b', 'b'), come(4, 3), come(5, 4)]).toEqual([
      [[], []],
      [[], []],
      [[], []],
      [[], [1]],
      [[], [2]],
    ]);
    expect(over(20)).toEqual(['b', 3, 4]);
  });

  it('go on early where too many groups or bytes wait, and when a clock is set back', () => {
    const few = held({ most: 2 });
    expect([few.come(1, 1, 'a'), few.come(2, 2, 'b'), few.come(3, 3, 'c')]).toEqual([
      [[], []],
      [[], []],
      [[1], []],
    ]);
    const small = held({ mostBytes: 2000 });
    expect([small.come(1, 1, 'a'), small.come(2, 2, 'b'), small.come(3, 3, 'c')].map(([out]) => out)).toEqual([
      [],
      [],
      [1],
    ]);
    const back = held({});
    expect([back.come(1000, 1), back.come(5, 2)]).toEqual([
      [[], []],
      [[1], []],
    ]);
  });

  it('none is lost, and none comes twice', () => {
    const come = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom('a', 'b', 'c')), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(come, fc.integer({ min: 1, max: 3 }), (messages, most) => {
        const { come: take, over } = held({ messages: most, most: 2 });
        let time = 0;
        const seen = messages.flatMap(([passed, k], n) => take((time += passed), n, k).flat());
        expect([...seen, ...over(time + 10)].toSorted((a, b) => Number(a) - Number(b))).toEqual(
          messages.map((_, n) => n),
        );
      }),
    );
  });

  it('are held over a restart, and go on at once where another setting keeps none back', async () => {
    const state = new MemoryLog();
    const given = { dataDir: tmpdir(), state };
    const before = stage(throttle, { keep: 'last', per: '1h' }, given);
    await before.open();
    await before.feed([{ n: 1 }, { n: 2 }]);
    await before.close(new AbortController().signal);
    const again = stage(throttle, { keep: 'last', per: '1h' }, given);
    await again.open();
    await again.feed([{ n: 3 }]);
    await again.close(new AbortController().signal);
    const other = stage(throttle, { keep: 'first', per: '1h' }, given);
    await other.open();
    await other.feed([{ n: 4 }, { n: 5 }]);
    await other.close(new AbortController().signal);
    expect([before.arrived, again.arrived, other.arrived]).toEqual([
      { out: [], rest: [{ n: 1 }] },
      { out: [], rest: [{ n: 2 }] },
      { out: [{ n: 3 }, { n: 4 }], rest: [{ n: 5 }] },
    ]);
  });
});
