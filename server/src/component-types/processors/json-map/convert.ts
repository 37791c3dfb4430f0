import { doubleOf, ExactNumber, numberFrom } from '../../../engine/exact-number.ts';
import { jsonOf } from '../../../engine/json-text.ts';

/** Conversions of one value; undefined says that this value cannot be converted. */
export const conversions = {
  number: (value: unknown) => numberOf(value),
  integer: (value: unknown) => integerOf(numberOf(value)),
  string: (value: unknown) => (typeof value === 'string' ? value : jsonOf(value)),
  boolean: (value: unknown) => {
    if (typeof value === 'boolean') return value;
    if (value === 1 || value === 0) return value === 1;
    return typeof value === 'string' ? booleanWords.get(value.trim().toLowerCase()) : undefined;
  },
  time_from_s: (value: unknown) => isoOf(value, 1000),
  time_from_ms: (value: unknown) => isoOf(value, 1),
  time_from_us: (value: unknown) => isoOf(value, 0.001),
  time_from_text: (value: unknown) => (typeof value === 'string' ? isoOf(Date.parse(value), 1) : undefined),
  ms_from_time: (value: unknown) => {
    const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(time) ? undefined : time;
  },
} as const;
export type Conversion = keyof typeof conversions;
export const conversionNames = Object.keys(conversions) as [Conversion, ...Conversion[]];

const numberOf = (value: unknown): number | ExactNumber | undefined => {
  if (typeof value === 'number' || value instanceof ExactNumber) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = numberFrom(value) ?? Number(value);
  return Number.isFinite(Number(number)) ? number : undefined;
};

/** Without what is behind the point. One of many digits keeps them. */
const integerOf = (number: number | ExactNumber | undefined): number | ExactNumber | undefined => {
  if (!(number instanceof ExactNumber)) return number === undefined ? undefined : Math.trunc(number);
  const text = String(number);
  if (/[eE]/.test(text)) return Number.isFinite(Number(number)) ? Math.trunc(Number(number)) : undefined;
  return numberFrom(text.split('.', 1)[0]!);
};

const booleanWords = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
]);

/** ISO 8601 of a time since 1970 in units of so many milliseconds. A decimal string counts as a number. */
const isoOf = (value: unknown, unitMs: number): string | undefined => {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : doubleOf(value);
  if (number === undefined) return undefined;
  const date = new Date(number * unitMs);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
};
