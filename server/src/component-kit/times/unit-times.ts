import { timeOfText } from './time-text.ts';
import type { TimeUnit } from './time-units.ts';

const nanoseconds: Readonly<Record<TimeUnit, bigint>> = { s: 1_000_000_000n, ms: 1_000_000n, us: 1000n, ns: 1n };
const perMillisecond = 1_000_000n;
/** What a date can tell, in milliseconds since 1970. */
const furthestMs = 8_640_000_000_000_000n;

/** ISO 8601 of a time since 1970 in whole units, with all its digits; undefined where no calendar has that time. */
export const isoOfUnits = (units: bigint, unit: TimeUnit): string | undefined => {
  const total = units * nanoseconds[unit];
  const ms = floored(total, perMillisecond);
  if (ms > furthestMs || ms < -furthestMs) return undefined;
  const iso = new Date(Number(ms)).toISOString();
  const rest = total - ms * perMillisecond;
  if (rest === 0n) return iso;
  return `${iso.slice(0, -1)}${String(rest).padStart(6, '0').replace(/0+$/, '')}Z`;
};

const readTime = timeOfText();

/**
 * A time that a text tells by its look, such as ISO 8601, since 1970 in whole units; what is finer than the unit is left out.
 * Undefined where it tells none.
 */
export const unitsOfText = (text: string, unit: TimeUnit): bigint | undefined => {
  const found = readTime(text);
  if (!('ms' in found)) return undefined;
  const finer = /[.,]\d{3}(\d{1,6})/.exec(text)?.[1] ?? '';
  const total = BigInt(Math.floor(found.ms)) * perMillisecond + BigInt(finer.padEnd(6, '0'));
  return floored(total, nanoseconds[unit]);
};

const floored = (number: bigint, by: bigint): bigint => {
  const whole = number / by;
  return number < 0n && whole * by !== number ? whole - 1n : whole;
};
