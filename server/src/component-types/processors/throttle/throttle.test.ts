import { expect, it } from 'vitest';
import { RecordedMap } from '../../../engine/kept-map.ts';
import { Message } from '../../../engine/message.ts';
import { limiter, type Passed, type ThrottleOptions } from './throttle.ts';

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
