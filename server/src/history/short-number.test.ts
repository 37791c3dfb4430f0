import { expect, it } from 'vitest';
import { noValue, shortOf, valueOf } from './short-number.ts';

it.each([0, 0.0001, 0.0003, 0.0199, 0.5, 1, 20, 99.5, 100, 120, 119, 1000, 42_000])('%d is kept as it is', (value) =>
  expect(valueOf(shortOf(value))).toBe(value),
);

it.each([0.0201, 1.234, 3.77, 99.9, 4_210.5, 1_234_567, 107_374_182_400])('%d is kept within half a percent', (value) =>
  expect(Math.abs(valueOf(shortOf(value))! / value - 1)).toBeLessThan(0.00501),
);

it('a larger value is never a smaller number, none is that of no value, and all fit into 16 bits', () => {
  const values = Array.from({ length: 4000 }, (_, index) => 1.01 ** index / 10_000);
  const shorts = [0, ...values, Infinity].map(shortOf);
  expect(shorts).toEqual(shorts.toSorted((a, b) => a - b));
  expect([shorts[0]! > noValue, shorts.at(-1)! < 2 ** 16]).toEqual([true, true]);
  expect([valueOf(noValue), valueOf(shortOf(-3))]).toEqual([undefined, 0]);
});
