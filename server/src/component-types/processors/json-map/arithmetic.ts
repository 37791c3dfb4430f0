import type { ExactNumber } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import {
  type Decimal,
  decimalOf,
  type Direction,
  dividedBy,
  exactly,
  minus,
  plus,
  rounded,
  textOf,
  times,
} from './decimal.ts';
import { shortlyRounded, shortlyScaled, shortProduct, shortQuotient, shortSum } from './short-decimal.ts';

export type Operator = 'plus' | 'minus' | 'times' | 'divided_by';
type AnyNumber = number | ExactNumber;
type Shortly = (a: AnyNumber, b: AnyNumber, decimals?: number) => number | undefined;

const withDecimals = { plus, minus, times, divided_by: dividedBy } as const;

const shortly: Readonly<Record<Operator, Shortly>> = {
  plus: (a, b, decimals) => shortSum(a, b, 1, decimals),
  minus: (a, b, decimals) => shortSum(a, b, -1, decimals),
  times: shortProduct,
  divided_by: (a, b, decimals) => (decimals === undefined ? shortQuotient(a, b) : undefined),
};

/**
 * Reckons with two numbers as with a pencil: by their decimals, so that 0.1 and 0.2 are 0.3. Whole numbers of whole numbers keep all
 * digits; others are the double next to the result, or where `decimals` are asked for, rounded to so many. Throws an InvalidMessage where
 * it cannot.
 */
export const calculation = (operator: Operator, decimals?: number): ((a: AnyNumber, b: AnyNumber) => AnyNumber) => {
  const [quickly, exact] = [shortly[operator], withDecimals[operator]];
  return (a, b) => {
    const quick = quickly(a, b, decimals);
    if (quick !== undefined) return quick;
    const [one, other] = [decimalOf(a), decimalOf(b)];
    const result = exact(one, other);
    if (decimals !== undefined) return inRange(exactly(rounded(result, decimals, 'nearest')));
    return one.scale === 0 && other.scale === 0 && result.scale === 0 ? inRange(exactly(result)) : nearest(result);
  };
};

/** The double next to it. */
const nearest = (value: Decimal): number => inRange(Number(textOf(value)) + 0);

/** JSON has no infinity. */
const inRange = <Result extends AnyNumber>(result: Result): Result => {
  if (!Number.isFinite(Number(result))) throw new InvalidMessage('the result is larger than any number');
  return result;
};

/** A number, multiplied and then added to; the result is that of `calculation`. */
export const scaling = (factor: number, offset: number): ((value: AnyNumber) => AnyNumber) => {
  const [by, add] = [decimalOf(factor), decimalOf(offset)];
  const isWhole = by.scale === 0 && add.scale === 0;
  return (value) => {
    const quick = shortlyScaled(value, factor, offset);
    if (quick !== undefined) return quick;
    const given = decimalOf(value);
    const result = plus(times(given, by), add);
    return isWhole && given.scale === 0 ? inRange(exactly(result)) : nearest(result);
  };
};

/** A number with so many digits behind the point; all others that it has stay. */
export const rounding =
  (decimals: number, direction: Direction): ((value: AnyNumber) => AnyNumber) =>
  (value) =>
    shortlyRounded(value, decimals, direction) ?? exactly(rounded(decimalOf(value), decimals, direction));
