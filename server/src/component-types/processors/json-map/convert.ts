import { doubleOf, ExactNumber, numberFrom } from '../../../engine/exact-number.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import { inMilliseconds, type TimeUnit } from '../../../component-kit/times/time-units.ts';
import { type TimeOptions, timeOfText } from '../../../component-kit/times/time-text.ts';

/** Why a value cannot be converted. */
export class NotConverted {
  constructor(readonly why: string) {}
}

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
  time_from_s: (value: unknown) => isoOf(value, 's'),
  time_from_ms: (value: unknown) => isoOf(value, 'ms'),
  time_from_us: (value: unknown) => isoOf(value, 'us'),
  time_from_ns: (value: unknown) => isoOf(value, 'ns'),
} as const;

/** What a text becomes that tells a time. */
const fromText = (options: TimeOptions, result: (ms: number) => unknown): ((value: unknown) => unknown) => {
  const read = timeOfText(options);
  return (value) => {
    const text = options.format && doubleOf(value) !== undefined ? String(value) : value;
    if (typeof text !== 'string') return undefined;
    const found = read(text);
    return 'ms' in found ? result(found.ms) : new NotConverted(found.problem);
  };
};

/** Conversions that depend on how a time is written. */
const ofTexts = {
  time_from_text: (options: TimeOptions) => fromText(options, isoText),
  ms_from_time: (options: TimeOptions) => fromText(options, (ms) => ms),
} as const;

/**
 * Since a device was started. When that was is reckoned from the first message, and anew where the device was started again:
 * where its time goes back.
 */
const sinceBoot = (unit: TimeUnit) => (): ((value: unknown, cameInMs: number) => unknown) => {
  let bootMs: number | undefined;
  let last = -Infinity;
  return (value, cameInMs) => {
    const number = decimalIn(value);
    if (number === undefined) return undefined;
    const ms = inMilliseconds(number, unit);
    if (bootMs === undefined || ms < last - mostOvertakenMs) bootMs = cameInMs - ms;
    last = ms;
    return isoText(bootMs + ms);
  };
};
/** Messages may overtake one another by so much. */
const mostOvertakenMs = 10_000;

const sinceBoots = {
  time_from_boot_s: sinceBoot('s'),
  time_from_boot_ms: sinceBoot('ms'),
  time_from_boot_us: sinceBoot('us'),
  time_from_boot_ns: sinceBoot('ns'),
} as const;

export type Conversion = keyof typeof conversions | keyof typeof ofTexts | keyof typeof sinceBoots;
export const conversionNames = Object.keys({ ...conversions, ...ofTexts, ...sinceBoots }) as [
  Conversion,
  ...Conversion[],
];

/** A function for one conversion, made once. What it returns is undefined, or says why, where a value cannot be converted. */
export const converter = (into: Conversion, options: TimeOptions): ((value: unknown, cameInMs: number) => unknown) => {
  if (into in ofTexts) return ofTexts[into as keyof typeof ofTexts](options);
  if (into in sinceBoots) return sinceBoots[into as keyof typeof sinceBoots]();
  return conversions[into as keyof typeof conversions];
};

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

/** ISO 8601 of a time since 1970 in a unit. A decimal text counts as a number. */
const isoOf = (value: unknown, unit: TimeUnit): string | undefined => {
  const number = decimalIn(value);
  return number === undefined ? undefined : isoText(inMilliseconds(number, unit));
};

const decimalIn = (value: unknown): number | undefined =>
  typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : doubleOf(value);

/** Undefined where no calendar has that time. */
const isoText = (ms: number): string | undefined => {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
};
