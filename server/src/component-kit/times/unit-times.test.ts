import { expect, it } from 'vitest';
import { isoOfUnits, unitsOfText } from './unit-times.ts';

it.each([
  [1_465_839_830_100_400_200n, 'ns', '2016-06-13T17:43:50.1004002Z'],
  [1_465_839_830_100n, 'ms', '2016-06-13T17:43:50.100Z'],
  [1_700_000_000_000_001n, 'us', '2023-11-14T22:13:20.000001Z'],
  [0n, 's', '1970-01-01T00:00:00.000Z'],
  [-1n, 'ns', '1969-12-31T23:59:59.999999999Z'],
] as const)('%s %s is %s, and back', (units, unit, iso) => {
  expect(isoOfUnits(units, unit)).toBe(iso);
  expect(unitsOfText(iso, unit)).toBe(units);
});

it('leaves out what is finer than the unit, and knows what is no time', () => {
  expect(unitsOfText('2016-06-13T17:43:50.9999Z', 's')).toBe(1_465_839_830n);
  expect(unitsOfText('1969-12-31T23:59:59.5Z', 's')).toBe(-1n);
  expect(unitsOfText('04/05/2016', 's')).toBeUndefined();
  expect(isoOfUnits(9_223_372_036_854_775_807n, 's')).toBeUndefined();
});
