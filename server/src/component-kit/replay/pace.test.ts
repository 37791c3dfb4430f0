import { expect, it } from 'vitest';
import { pace } from './pace.ts';

it('goes on at its speed behind a time that lies far ahead, and one that lies far behind', async () => {
  const start = 1_700_000_000_000;
  const clock = pace(1000, new AbortController().signal);
  const begun = performance.now();
  for (const time of [start, start + 20_000, start - 86_400_000, start - 86_400_000 + 40_000]) await clock(time);
  const tookMs = performance.now() - begun;
  expect(tookMs).toBeGreaterThan(55);
  expect(tookMs).toBeLessThan(2000);
});

it('waits for none that was overtaken', () => {
  const clock = pace(1, new AbortController().signal);
  expect([5000, 4000, 5000].map((time) => clock(time))).toEqual([undefined, undefined, undefined]);
});

it.each([
  ['ahead', 3_600_000],
  ['behind', -3_600_000],
])('waits for no time that was damaged and lies an hour %s', async (_, offMs) => {
  const start = 1_700_000_000_000;
  const clock = pace(1000, new AbortController().signal);
  const times = [start, start + 10_000, start + 20_000 + offMs, start + 30_000, start + 40_000];
  const begun = performance.now();
  for (const [index, time] of times.entries()) await clock(time, times[index + 1]);
  const tookMs = performance.now() - begun;
  expect(tookMs).toBeGreaterThan(35);
  expect(tookMs).toBeLessThan(1000);
});
