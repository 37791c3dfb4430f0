import { ExactNumber, writeJson } from '../../../../engine/exact-number.ts';
import type { Column } from '../database.ts';
import type { SqlValue } from './library.ts';

const largest = 2n ** 63n;

/**
 * A value as SQLite takes it: whole numbers as such up to 64 bits, other numbers as doubles, and what neither holds as a text with all
 * its digits.
 */
export const sqlValue = (value: unknown, holds: Column['holds']): SqlValue => {
  if (value === null || value instanceof Uint8Array) return value;
  if (holds === 'json') return writeJson(value)!;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isInteger(value) ? wholeOr(String(value), value) : value;
  return value instanceof ExactNumber ? wholeOr(String(value), String(value)) : writeJson(value)!;
};

const wholeOr = <Other extends number | string>(digits: string, otherwise: Other): bigint | Other => {
  if (!/^-?\d{1,19}$/.test(digits)) return otherwise;
  const whole = BigInt(digits);
  return whole < largest && whole >= -largest ? whole : otherwise;
};
