import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExactNumber, numberFrom, readJson } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import { calculation, type Operator, rounding, scaling } from './arithmetic.ts';
import { type Decimal, decimalOf, type Direction, dividedBy, minus, plus, rounded, textOf, times } from './decimal.ts';
import { compile, type MapConfig } from './json-map.ts';
import { shortlyRounded, shortlyScaled, shortProduct, shortQuotient, shortSum } from './short-decimal.ts';
import { Step } from './step.ts';

const number = (text: string): number | ExactNumber => numberFrom(text)!;

/** What Python's decimal gives, in plain digits. */
const rows = readFileSync(new URL('numbers-of-python.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Readonly<Record<'a' | 'b' | 'result', string>> & Row);
interface Row {
  readonly operator?: Operator;
  readonly direction?: Direction;
  readonly decimals: number;
}

it('reckons and rounds as Python does', () => {
  const made = rows.map(({ a, b, operator, direction, decimals }) =>
    operator ? calculation(operator, decimals)(number(a), number(b)) : rounding(decimals, direction!)(number(a)),
  );
  expect(made.map(jsonOf)).toEqual(rows.map(({ result }) => jsonOf(number(result))));
});

it.each<[Operator, number, number, number]>([
  ['plus', 0.1, 0.2, 0.3],
  ['minus', 100_000.1, 100_000, 0.1],
  ['times', 1.1, 1.1, 1.21],
  ['times', -1, 0, 0],
  ['divided_by', 1, 3, 1 / 3],
  ['divided_by', -7, 2, -3.5],
  ['plus', 1e300, 1e-300, 1e300],
])('%s of %d and %d is %d', (operator, a, b, result) => expect(calculation(operator)(a, b)).toBe(result));

it('gives for any two doubles one that differs from that of the processor by its rounding alone', () => {
  const double = fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 })
    .filter((value) => value === 0 || Math.abs(value) > 1e-100);
  fc.assert(
    fc.property(double, double, (a, b) => {
      const product = a * b;
      expect(Math.abs(Number(calculation('times')(a, b)) - product)).toBeLessThanOrEqual(Math.abs(product) * 1e-15);
      expect(calculation('minus')(a, a)).toBe(0);
      expect(scaling(1, 0)(a)).toBe(a + 0);
    }),
  );
});

it('reckons with short decimals as with all digits', () => {
  const short = fc
    .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 7 }))
    .map(([unscaled, scale]) => unscaled / 10 ** scale);
  const decimals = fc.integer({ min: 0, max: 8 });
  const direction = fc.constantFrom<Direction>('nearest', 'up', 'down', 'toward_zero');
  fc.assert(
    fc.property(short, short, decimals, direction, (a, b, digits, way) => {
      const [one, other] = [decimalOf(a), decimalOf(b)];
      const [sum, difference, product] = [plus(one, other), minus(one, other), times(one, other)];
      const expected = (result: Decimal): number => Number(textOf(rounded(result, digits, 'nearest')));
      // what has too many digits for it is left to others
      const agrees = (quick: number | undefined, right: number): void => void expect(quick ?? right).toBe(right + 0);
      agrees(shortSum(a, b, 1, digits), expected(sum));
      agrees(shortSum(a, b, -1, digits), expected(difference));
      agrees(shortProduct(a, b, digits), expected(product));
      agrees(shortlyRounded(a, digits, way), Number(textOf(rounded(one, digits, way))));
      agrees(shortlyScaled(a, b, 0), Number(textOf(product)));
      if (b !== 0) agrees(shortQuotient(a, b), Number(textOf(dividedBy(one, other))));
    }),
    { numRuns: 2000 },
  );
});

const mapped = (steps: readonly unknown[], payload: unknown): unknown => {
  const config: MapConfig = {
    steps: steps.map((step) => Step.parse(step)),
    mappings: [],
    add_fields: {},
    remove_fields: [],
  };
  return compile(config)(payload);
};

it.each<[string, unknown, string, string]>([
  [
    'a sum of two fields',
    { field: 'a', operator: 'plus', by: 'b', to: 's' },
    '{"a":0.1,"b":0.2}',
    '{"a":0.1,"b":0.2,"s":0.3}',
  ],
  ['in its place', { field: 'a', operator: 'times', by: 3 }, '{"a":0.1}', '{"a":0.3}'],
  ['nothing without the field', { field: 'x', operator: 'plus', by: 1 }, '{"a":1}', '{"a":1}'],
  ['nothing without the other', { field: 'a', operator: 'plus', by: 'x' }, '{"a":1}', '{"a":1}'],
  [
    'all digits of a whole number',
    { field: 'id', operator: 'plus', by: 1 },
    '{"id":9007199254740993}',
    '{"id":9007199254740994}',
  ],
  [
    'all that are asked for',
    { field: 'a', operator: 'times', by: 1, decimals: 20 },
    '{"a":0.12345678901234567891}',
    '{"a":0.12345678901234567891}',
  ],
])('calculates %s', (_, step, payload, expected) =>
  expect(jsonOf(mapped([{ do: 'calculate', ...(step as object) }], readJson(payload)))).toBe(expected),
);

describe('refuses a message, and says which field', () => {
  it.each<[unknown, unknown, string]>([
    [
      { field: 'a', operator: 'plus', by: 1 },
      { a: 'x' },
      'the field "a" is "x", which is no number: a step before can convert it',
    ],
    [
      { field: 'a', operator: 'plus', by: 'b.c' },
      { a: 1, b: { c: null } },
      'the field "b.c" is null, which is no number: a step before can fill in what is null, or leave the message out',
    ],
    [
      { field: 'a', operator: 'divided_by', by: 'b' },
      { a: 1, b: 0 },
      'the field "a" cannot be reckoned with: it would be divided by zero',
    ],
    [
      { field: 'a', operator: 'times', by: 1e300 },
      { a: 1e300 },
      'the field "a" cannot be reckoned with: the result is larger than any number',
    ],
    [
      { field: 'a', operator: 'times', by: 1 },
      readJson('{"a":1e999999999}'),
      'the field "a" cannot be reckoned with: a number of more than 1000 digits is not reckoned with',
    ],
    [
      { field: 'a', operator: 'plus', by: 1, to: 'b' },
      { a: 1, b: 5 },
      '"b" is there already and would be lost: remove it before, or take another name',
    ],
  ])('%j of %j', (step, payload, sentence) =>
    expect(() => mapped([{ do: 'calculate', ...(step as object) }], payload)).toThrow(new InvalidMessage(sentence)),
  );
});
