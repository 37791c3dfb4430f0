import { expect, it } from 'vitest';
import { SummedUp } from './summed-up.ts';

it('tells at once, then once a minute with the number since, then no more', () => {
  const told: [string, number][] = [];
  const summed = new SummedUp<string>((given, count) => void told.push([given, count]));
  for (let now = 0; now < 150_000; now += 1000) {
    summed.due(now);
    if (now < 100_000) summed.add('a', `at ${now}`, { count: 10, now });
  }
  expect(told).toEqual([
    ['at 0', 10],
    ['at 59000', 590],
    ['at 99000', 400],
  ]);
});

it('tells one thing beside another, and the rest in the end', () => {
  const told: [string, number][] = [];
  const summed = new SummedUp<string>((given, count) => void told.push([given, count]));
  summed.add('a', 'a', { count: 1, now: 0 });
  summed.add('b', 'b', { count: 1, now: 0 });
  summed.add('b', 'b', { count: 2, now: 1 });
  summed.due(Infinity);
  expect(told).toEqual([
    ['a', 1],
    ['b', 1],
    ['b', 2],
  ]);
});
