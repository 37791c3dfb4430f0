import type { ExactNumber } from '../../../engine/exact-number.ts';
import type { Direction } from './decimal.ts';

/**
 * Decimals of at most fifteen digits, as nearly all are, as whole numbers with a scale: doubles hold both, and reckon with them without a
 * rounding. Results are the same as those of `decimal.ts`, in a tenth of the time; undefined where something has more digits.
 */

/** Whole numbers up to here have fifteen digits at most: no two of them with a point anywhere are the same double. */
const mostUnscaled = 1e15;
const mostScale = 12;
const tens = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** Digits behind the point; undefined where there are more than fifteen in all, or more than twelve behind it. */
const scaleOf = (value: number): number | undefined => {
  for (let scale = 0; scale <= mostScale; scale += 1) {
    const unscaled = Math.round(value * tens[scale]!);
    if (unscaled > mostUnscaled || unscaled < -mostUnscaled) return undefined;
    if (unscaled / tens[scale]! === value) return scale;
  }
  return undefined;
};

type AnyNumber = number | ExactNumber;

/** `a` times `factor` plus `offset`. */
export const shortlyScaled = (a: AnyNumber, factor: number, offset: number): number | undefined => {
  const [of, by, add] = [shortScale(a), shortScale(factor), shortScale(offset)];
  if (of === undefined || by === undefined || add === undefined) return undefined;
  const product = Math.round((a as number) * tens[of]!) * Math.round(factor * tens[by]!);
  const scale = Math.max(of + by, add);
  const sum = product * tens[scale - of - by]! + Math.round(offset * tens[add]!) * tens[scale - add]!;
  return isExact(product) && isExact(sum) ? sum / tens[scale]! + 0 : undefined;
};

/** With one sign for plus, with the other for minus; rounded to so many decimals where they are given. */
export const shortSum = (a: AnyNumber, b: AnyNumber, sign: 1 | -1, decimals?: number): number | undefined => {
  const [of, and] = [shortScale(a), shortScale(b)];
  if (of === undefined || and === undefined) return undefined;
  const scale = Math.max(of, and);
  const one = Math.round((a as number) * tens[of]!) * tens[scale - of]!;
  const other = Math.round((b as number) * tens[and]!) * tens[scale - and]!;
  return isExact(one) && isExact(other) ? scaled(one + sign * other, scale, decimals) : undefined;
};

export const shortProduct = (a: AnyNumber, b: AnyNumber, decimals?: number): number | undefined => {
  const [of, and] = [shortScale(a), shortScale(b)];
  if (of === undefined || and === undefined) return undefined;
  return scaled(Math.round((a as number) * tens[of]!) * Math.round((b as number) * tens[and]!), of + and, decimals);
};

/** The double next to the quotient, and never one of a division by zero. */
export const shortQuotient = (a: AnyNumber, b: AnyNumber): number | undefined => {
  const [of, and] = [shortScale(a), shortScale(b)];
  if (of === undefined || and === undefined || b === 0) return undefined;
  const scale = Math.max(of, and);
  const one = Math.round((a as number) * tens[of]!) * tens[scale - of]!;
  const other = Math.round((b as number) * tens[and]!) * tens[scale - and]!;
  return isExact(one) && isExact(other) ? one / other + 0 : undefined;
};

export const shortlyRounded = (value: AnyNumber, decimals: number, direction: Direction): number | undefined => {
  const scale = shortScale(value);
  if (scale === undefined) return undefined;
  return scaled(Math.round((value as number) * tens[scale]!), scale, decimals, direction);
};

const shortScale = (value: AnyNumber): number | undefined => (typeof value === 'number' ? scaleOf(value) : undefined);

const isExact = (unscaled: number): boolean => Math.abs(unscaled) <= Number.MAX_SAFE_INTEGER;

const scaled = (
  unscaled: number,
  scale: number,
  decimals = scale,
  direction: Direction = 'nearest',
): number | undefined => {
  if (!isExact(unscaled) || decimals < 0 || scale >= tens.length) return undefined;
  if (decimals >= scale) return unscaled / tens[scale]! + 0;
  const step = tens[scale - decimals]!;
  const rest = unscaled % step;
  // both are whole, so nothing of this is rounded; -0 is 0
  return ((unscaled - rest) / step + correction(rest, step, direction)) / tens[decimals]! + 0;
};

const correction = (rest: number, step: number, direction: Direction): number => {
  if (direction === 'up') return rest > 0 ? 1 : 0;
  if (direction === 'down') return rest < 0 ? -1 : 0;
  return direction === 'nearest' && Math.abs(rest) * 2 >= step ? Math.sign(rest) : 0;
};
