import { ExactNumber, writeJson } from '../../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../../engine/fault.ts';
import type { Column } from '../database.ts';
import type { SqlValue } from './library.ts';

const largest = 2n ** 63n;

/**
 * A value as SQLite takes it: whole numbers as such up to 64 bits, other numbers as doubles, and what neither holds as a text with all
 * its digits. Throws an InvalidMessage for a whole number of which the column would keep a part of the digits.
 */
export const sqlValue = (value: unknown, { name, holds }: Column): SqlValue => {
  if (value === null || value instanceof Uint8Array) return value;
  if (holds === 'json') return writeJson(value)!;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isInteger(value) ? (wholeOf(String(value)) ?? value) : value;
  if (!(value instanceof ExactNumber)) return writeJson(value)!;
  const digits = String(value);
  const whole = wholeOf(digits);
  if (whole === undefined && holds === 'whole' && /^-?\d+$/.test(digits))
    throw new InvalidMessage(`"${name}" is larger than its column keeps: give the column the type TEXT, or none`);
  return whole ?? digits;
};

const wholeOf = (digits: string): bigint | undefined => {
  if (!/^-?\d{1,19}$/.test(digits)) return undefined;
  const whole = BigInt(digits);
  return whole < largest && whole >= -largest ? whole : undefined;
};

/** What a column holds by the type that it was declared with (sqlite.org/datatype3.html, section 3.1). */
export const heldBy = (type: string): Column['holds'] => {
  if (/int/i.test(type)) return 'whole';
  if (type === '' || /char|clob|text|real|floa|doub/i.test(type)) return 'other';
  return /blob/i.test(type) ? 'bytes' : 'whole';
};
