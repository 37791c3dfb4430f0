import { expect, it } from 'vitest';
import { chartPath, placeOf, roundTop, timeTicks } from './chart-geometry.ts';

it('a line is broken where nothing is known, and a value alone is a dot', () =>
  expect(chartPath([1, 2, null, 3, null, null], { width: 60, height: 30, top: 3 })).toBe('M5 20L15 10M35 0h0.1'));

it.each([
  [[[0, 0.2]], 1],
  [[[3]], 5],
  [[[51, null], [7]], 100],
  [[[180]], 200],
  [[[]], 1],
])('the top of %j is %d', (series, top) => expect(roundTop(series)).toBe(top));

it('a moment outside of the chart has no place', () =>
  expect([5, 10, 15, 20, 25].map((at) => placeOf(at, { from: 10, to: 20 }))).toEqual([
    undefined,
    0,
    0.5,
    1,
    undefined,
  ]));

it.each([
  ['five minutes', 5 * 60_000],
  ['an hour', 3_600_000],
  ['a day', 24 * 3_600_000],
  ['a year', 365 * 24 * 3_600_000],
])('%s has a few ticks at round times', (_, span) => {
  const from = Date.UTC(2026, 2, 1, 10, 17, 23);
  const ticks = timeTicks(from, from + span);
  expect(ticks.length).toBeGreaterThan(2);
  expect(ticks.length).toBeLessThan(14);
  for (const tick of ticks) expect([tick % 60_000, tick >= from, tick <= from + span]).toEqual([0, true, true]);
});
