import { ExactNumber, numberFrom } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';

/** A decimal number: `unscaled` divided by ten to the power of `scale`. */
export interface Decimal {
  readonly unscaled: bigint;
  /** Digits behind the point, 0 or more. */
  readonly scale: number;
}

export type Direction = 'nearest' | 'up' | 'down' | 'toward_zero';

/** Numbers of more digits, written out, are refused: reckoning with them would take time and memory of others. */
const mostDigits = 1000;
/** A quotient has so many digits that count, and as many behind the point, before it is rounded. */
const digitsOfQuotient = 40;

/** A number as the digits that it is written with. Throws an InvalidMessage where it has too many of them. */
export const decimalOf = (value: number | ExactNumber): Decimal => {
  const text = String(value);
  const [, sign = '', whole = '', part = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  const exponent = Number(power) - part.length;
  if (whole === '' || text.length + Math.abs(Number(power)) > mostDigits)
    throw new InvalidMessage(`a number of more than ${mostDigits} digits is not reckoned with`);
  const digits = BigInt(`${sign}${whole}${part}`);
  return exponent >= 0 ? { unscaled: digits * tenTo(exponent), scale: 0 } : { unscaled: digits, scale: -exponent };
};

const tenTo = (power: number): bigint => 10n ** BigInt(power);

const aligned = (a: Decimal, b: Decimal): { readonly one: bigint; readonly other: bigint; readonly scale: number } => {
  const scale = Math.max(a.scale, b.scale);
  return { one: a.unscaled * tenTo(scale - a.scale), other: b.unscaled * tenTo(scale - b.scale), scale };
};

export const plus = (a: Decimal, b: Decimal): Decimal => {
  const { one, other, scale } = aligned(a, b);
  return { unscaled: one + other, scale };
};

export const minus = (a: Decimal, b: Decimal): Decimal => {
  const { one, other, scale } = aligned(a, b);
  return { unscaled: one - other, scale };
};

export const times = (a: Decimal, b: Decimal): Decimal => ({
  unscaled: a.unscaled * b.unscaled,
  scale: a.scale + b.scale,
});

/**
 * The quotient with many more digits than a double has. Where it does not come out even, one more digit says so, which rounding up and
 * down goes by. Throws an InvalidMessage for a division by zero.
 */
export const dividedBy = (a: Decimal, b: Decimal): Decimal => {
  if (b.unscaled === 0n) throw new InvalidMessage('it would be divided by zero');
  const { one, other } = aligned(a, b);
  const scale = digitsOfQuotient + Math.max(0, lengthOf(other) - lengthOf(one));
  const shifted = one * tenTo(scale);
  const quotient = shifted / other;
  if (shifted % other === 0n) return { unscaled: quotient, scale };
  return { unscaled: quotient * 10n + (one < 0n === other < 0n ? 1n : -1n), scale: scale + 1 };
};

const lengthOf = (value: bigint): number => String(value).length;

/**
 * With so many digits behind the point; below zero with zeros before it. What lies in the middle becomes the one further from zero, as
 * people reckon.
 */
export const rounded = (value: Decimal, decimals: number, direction: Direction): Decimal => {
  const excess = value.scale - decimals;
  if (excess <= 0) return value;
  const step = tenTo(excess);
  const [cut, rest] = [value.unscaled / step, value.unscaled % step];
  const unscaled = cut + correction(rest, step, direction);
  return decimals >= 0 ? { unscaled, scale: decimals } : { unscaled: unscaled * tenTo(-decimals), scale: 0 };
};

/** What is added to a quotient that was cut, where so much of a step is left. */
const correction = (rest: bigint, step: bigint, direction: Direction): bigint => {
  if (rest === 0n) return 0n;
  switch (direction) {
    case 'up':
      return rest > 0n ? 1n : 0n;
    case 'down':
      return rest < 0n ? -1n : 0n;
    case 'toward_zero':
      return 0n;
    case 'nearest': {
      if (rest < 0n) return -2n * rest >= step ? -1n : 0n;
      return 2n * rest >= step ? 1n : 0n;
    }
  }
};

/** As digits, without a power of ten, and without zeros at the end behind the point. */
export const textOf = ({ unscaled, scale }: Decimal): string => {
  if (scale === 0) return String(unscaled);
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  let end = digits.length;
  while (end > digits.length - scale && digits[end - 1] === '0') end -= 1;
  const part = digits.slice(digits.length - scale, end);
  return `${sign}${digits.slice(0, -scale)}${part === '' ? '' : '.'}${part}`;
};

/** A number with all digits. */
export const exactly = (value: Decimal): number | ExactNumber => numberFrom(textOf(value))!;
