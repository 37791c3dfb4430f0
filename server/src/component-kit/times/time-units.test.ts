import { expect, it } from 'vitest';
import { inMilliseconds, unitBySize } from './time-units.ts';

it.each([
  [0, 's'],
  [1_714_557_600, 's'],
  [-1_714_557_600, 's'],
  [99_999_999_999, 's'],
  [1e11, 'ms'],
  [1_714_557_600_000, 'ms'],
  [1e14, 'us'],
  [1e17, 'ns'],
  [-1e18, 'ns'],
] as const)('%d is in %s', (number, unit) => expect(unitBySize(number)).toBe(unit));

it.each([
  [1.0005, 's', 1000.5],
  [0.1 + 0.2, 's', 300],
  [12, 'ms', 12],
  [1500, 'us', 1.5],
  [1_234_567_890, 'ns', 1234.568],
] as const)('%d %s is %d ms', (number, unit, expected) => expect(inMilliseconds(number, unit)).toBe(expected));
