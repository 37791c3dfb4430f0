import { expect, it } from 'vitest';
import { RecordTimes } from './record-times.ts';

const start = 1_700_000_000_000;
const hour = 3_600_000;
const timesOf = (stamps: readonly (number | undefined)[]) => {
  const times = new RecordTimes();
  return stamps.map((stamp) => times.next(stamp === undefined ? undefined : stamp * 1000));
};

it.each([
  ['that go back a little', [start, start - hour], [start, start - hour]],
  ['that are lost', [start, undefined, start + 2], [start, start, start + 2]],
  ['that are too far ahead', [start, start + 25 * hour, start + 2], [start, start, start + 2]],
  ['that are too far behind', [start, start - 25 * hour, 0, start + 2], [start, start, start, start + 2]],
  ['no calendar has', [2 ** 64 / 1000, start], [undefined, start]],
])('times %s', (_, stamps, times) => expect(timesOf(stamps)).toEqual(times));

it('the time of another recording behind the first, when several records agree on it', () => {
  const other = Array.from({ length: 12 }, (_, n) => start + 1000 * hour + n);
  const times = timesOf([start, ...other]);
  expect(times.slice(1, 8)).toEqual(Array(7).fill(start));
  expect(times.slice(8)).toEqual(other.slice(7));
});

it.each([
  ['the first one is damaged', [start + 9000 * hour, start + 1, start + 2, start + 3], start + 1],
  ['the first ones are no times', [0, 2 ** 64 / 1000, start + 2, start + 3], start + 2],
  ['a second one is damaged', [start, start + 9000 * hour, start + 2, start + 3], start],
  ['there is only one', [start], start],
])('where %s, the records before the first one that others bear out have that one', (_, ahead, first) => {
  const stamps = ahead.map((time) => time * 1000);
  const times = new RecordTimes(stamps);
  expect(times.next(undefined)).toBe(first);
});
