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
