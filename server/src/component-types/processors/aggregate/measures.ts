import { compareNumbers, doubleOf, type ExactNumber } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { jsonOf } from '../../../engine/json-text.ts';

/**
 * What is reckoned over the values of a window, step by step. States are JSON, and never changed in place: they are kept. `add`
 * takes a value that `read` let through, and the time of its message in milliseconds.
 */
interface Measure<State, Value> {
  readonly empty: State;
  /** The value as it counts; undefined where the message has none. Throws an InvalidMessage for what cannot be reckoned with. */
  readonly read: (found: unknown, field: string) => Value | undefined;
  readonly add: (state: State, value: Value, time: number) => State;
  readonly merge: (one: State, other: State) => State;
  /** Null where there was no value. */
  readonly result: (state: State) => unknown;
}
type AsNumber = number | ExactNumber;

/** A text or a list as a first or last value takes no more characters. */
const longestValue = 1000;

const isNothing = (found: unknown): boolean => found === undefined || found === null;

export const readNumber = (found: unknown, field: string): AsNumber | undefined => {
  if (isNothing(found)) return undefined;
  if (doubleOf(found) !== undefined) return found as AsNumber;
  throw new InvalidMessage(`the field "${field}" is no number: ${jsonOf(found).slice(0, 60)}`);
};

const readDouble = (found: unknown, field: string): number | undefined => {
  const number = readNumber(found, field);
  return number === undefined ? undefined : Number(number);
};

const readAny = (found: unknown, field: string): unknown => {
  if (isNothing(found)) return undefined;
  if (typeof found !== 'number' && jsonOf(found).length > longestValue)
    throw new InvalidMessage(`the field "${field}" has more than ${longestValue} characters`);
  return found;
};

/** How many values, their sum, and what its rounding has left out: the sum of Kahan and Neumaier. */
type Sum = readonly [count: number, sum: number, rest: number];

const addTo = ([count, sum, rest]: Sum, value: number): Sum => {
  const next = sum + value;
  const lost = Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
  return [count + 1, next, rest + lost];
};

const sums = {
  empty: [0, 0, 0] as Sum,
  read: readDouble,
  add: addTo,
  merge: (one: Sum, [count, sum, rest]: Sum): Sum => {
    const [, total, left] = addTo(one, sum);
    return [one[0] + count, total, left + rest];
  },
};

/** How many values, their mean, and the sum of the squares of their distances from it: the running variance of Welford. */
type Spread = readonly [count: number, mean: number, squares: number];

const spreads = {
  empty: [0, 0, 0] as Spread,
  read: readDouble,
  add: ([count, mean, squares]: Spread, value: number): Spread => {
    const distance = value - mean;
    const next = mean + distance / (count + 1);
    return [count + 1, next, squares + distance * (value - next)];
  },
  merge: (one: Spread, other: Spread): Spread => {
    const count = one[0] + other[0];
    if (count === 0) return one;
    const distance = other[1] - one[1];
    const share = (one[0] * other[0]) / count;
    return [count, one[1] + (distance * other[0]) / count, one[2] + other[2] + distance * distance * share];
  },
};

type Extreme = readonly [AsNumber] | null;

const extremes = (isBetter: (order: number) => boolean): Measure<Extreme, AsNumber> => {
  const add = (state: Extreme, value: AsNumber): Extreme =>
    state === null || isBetter(compareNumbers(value, state[0])) ? [value] : state;
  return {
    empty: null,
    read: readNumber,
    add,
    merge: (one, other) => (other === null ? one : add(one, other[0])),
    result: (state) => state?.[0] ?? null,
  };
};

type Timed = readonly [time: number, value: unknown] | null;

const ends = (isFurther: (time: number, than: number) => boolean): Measure<Timed, unknown> => {
  const add = (state: Timed, value: unknown, time: number): Timed =>
    state === null || isFurther(time, state[0]) ? [time, value] : state;
  return {
    empty: null,
    read: readAny,
    add,
    merge: (one, other) => (other === null ? one : add(one, other[1], other[0])),
    result: (state) => state?.[1] ?? null,
  };
};

export type AnyMeasure = Measure<unknown, unknown>;
const measure = <State, Value>(one: Measure<State, Value>): AnyMeasure => one as unknown as AnyMeasure;

/** All but percentiles, which need the values themselves. */
export const measures = {
  count: measure({
    empty: 0,
    read: (found) => (isNothing(found) ? undefined : true),
    add: (count: number) => count + 1,
    merge: (one, other) => one + other,
    result: (count) => count,
  }),
  sum: measure({ ...sums, result: ([, sum, rest]: Sum) => sum + rest }),
  mean: measure({ ...sums, result: ([count, sum, rest]: Sum) => (count === 0 ? null : (sum + rest) / count) }),
  min: measure(extremes((order) => order < 0)),
  max: measure(extremes((order) => order > 0)),
  first: measure(ends((time, than) => time < than)),
  last: measure(ends((time, than) => time >= than)),
  stddev_sample: measure({
    ...spreads,
    result: ([count, , squares]: Spread) => (count < 2 ? null : Math.sqrt(squares / (count - 1))),
  }),
  stddev_population: measure({
    ...spreads,
    result: ([count, , squares]: Spread) => (count === 0 ? null : Math.sqrt(squares / count)),
  }),
} as const;

/** A percentile of values, linear between the two ranks that are next to it; null where there is none. */
export const percentileOf = (values: readonly number[], percent: number): number | null => {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const place = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(place);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (high - low) * (place - below);
};
