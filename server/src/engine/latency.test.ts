import { expect, it } from 'vitest';
import { latencyBelow, latencyClass, latencyClasses } from './latency.ts';

const countsOf = (latencies: readonly number[]): Float64Array => {
  const counts = new Float64Array(latencyClasses);
  for (const latency of latencies) counts[latencyClass(latency)]! += 1;
  return counts;
};

it('is known to a fifth, from a millisecond to a day', () => {
  for (const latency of [1, 3, 10, 75, 1000, 60_000, 86_400_000]) {
    const below = latencyBelow(countsOf([latency]), 0.5)!;
    expect(below / latency).toBeGreaterThan(0.8);
    expect(below / latency).toBeLessThan(1.22);
  }
});

it('tells what most messages stay below', () => {
  const counts = countsOf([...Array.from({ length: 98 }, () => 0), 40, 2000]);
  expect(latencyBelow(counts, 0.5)).toBeLessThanOrEqual(1);
  expect(latencyBelow(counts, 0.99)).toBeLessThan(64);
  expect(latencyBelow(counts, 1)).toBeGreaterThan(1900);
});

it('is unknown where nothing came, and a clock that was set harms nothing', () => {
  expect(latencyBelow(countsOf([]), 0.5)).toBeUndefined();
  expect([latencyClass(-5), latencyClass(Number.NaN), latencyClass(1e15)]).toEqual([0, 0, latencyClasses - 1]);
});
