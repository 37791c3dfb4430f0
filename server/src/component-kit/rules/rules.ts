import { RE2JS } from 're2js';
import { z } from 'zod';
import { compareNumbers, ExactNumber, numberFrom } from '../../engine/exact-number.ts';
import { leadsToMany, reader, valuesReader } from '../../engine/field-path.ts';
import { fieldPath } from '../fields/fields.ts';
import { longestPattern, mostPatternSize, patternProblem } from './pattern-problem.ts';
import { patternSize } from './pattern-size.ts';

const operators = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'contains',
  'starts_with',
  'ends_with',
  'matches',
  'in',
  'between',
  'exists',
] as const;
type Operator = (typeof operators)[number];

/** How the operators read in a sentence, behind the field. */
export const operatorWords: Readonly<Record<Operator, string>> = {
  eq: 'equal to',
  ne: 'not equal to',
  gt: 'above',
  gte: 'at least',
  lt: 'below',
  lte: 'at most',
  contains: 'containing',
  starts_with: 'beginning with',
  ends_with: 'ending with',
  matches: 'like the pattern',
  in: 'one of',
  between: 'between',
  exists: 'there',
};

const Scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);
type Scalar = z.infer<typeof Scalar>;

/** A field, or with `[*]` the elements of a list, of which one has to satisfy the rule. */
const rulePath = z
  .string()
  .min(1)
  .max(500)
  .check(({ value, issues }) => {
    if (value === '') return;
    try {
      valuesReader(value);
    } catch (thrown) {
      issues.push({ code: 'custom', message: (thrown as Error).message, input: value });
    }
  })
  .meta({
    title: 'Field',
    description: 'Name of a field, or path to it; [0] is the first of a list, [-1] the last, [*] any of them.',
    examples: ['position.altitude'],
    widget: 'field',
  });

export const Rule = z
  .strictObject({
    field: rulePath,
    operator: z.enum(operators).meta({
      title: 'Is',
      description: 'How the field is compared.',
      choices: operatorWords,
    }),
    value: z
      .union([Scalar, z.array(Scalar).max(10_000)])
      .optional()
      .meta({
        title: 'Value',
        description:
          'What it is compared with: a list for "in", the two ends for "between", true or false for "exists". A whole number of more than fifteen digits stands in quotes.',
        widget: 'value',
        examples: [1000],
      }),
    other_field: fieldPath.optional().meta({
      title: 'Other field',
      description: 'Field that it is compared with, instead of a value.',
      widget: 'field',
      examples: ['limit'],
    }),
  })
  .check((context) => {
    const problem = ruleProblem(context.value);
    if (problem) context.issues.push({ code: 'custom', path: ['value'], message: problem, input: context.value });
  });
export type Rule = z.infer<typeof Rule>;

/** Tells of each pattern that is none, and of the first one up to which all are too large together. */
export const checkPatterns = (rules: readonly Rule[], tell: (index: number, problem: string) => void): void => {
  let size = 0;
  for (const [index, { operator, value }] of rules.entries()) {
    if (operator !== 'matches' || typeof value !== 'string') continue;
    size += patternSize(value);
    const problem = size > mostPatternSize ? tooMuchToRepeat : patternProblem(value);
    if (problem) tell(index, problem);
    if (size > mostPatternSize) return;
  }
};

export const Rules = z
  .array(Rule)
  .max(1000)
  .check(({ value: rules, issues }) =>
    checkPatterns(rules, (index, message) =>
      issues.push({ code: 'custom', path: [index, 'value'], message, input: rules[index]!.value }),
    ),
  );

export const Match = z.enum(['all', 'any', 'none']).meta({
  title: 'Keep when',
  description: 'How many rules must hold.',
  choices: { all: 'All rules hold', any: 'Any rule holds', none: 'No rule holds' },
});
export type Match = z.infer<typeof Match>;

type Test = (payload: unknown) => boolean;

/** One predicate for all rules, made once: paths are split and operators looked up at start, not per message. */
export const compile = (rules: readonly Rule[], match: Match = 'all'): Test => {
  const tests = rules.map(compileRule);
  if (match === 'all') return tests.length === 1 ? tests[0]! : (payload) => tests.every((test) => test(payload));
  if (match === 'any') return (payload) => tests.length === 0 || tests.some((test) => test(payload));
  return (payload) => !tests.some((test) => test(payload));
};

const compileRule = (rule: Rule): Test => {
  const { field, operator, value, other_field: other } = rule;
  if (leadsToMany(field)) {
    const [read, holds] = [valuesReader(field), holder(rule)];
    if (operator === 'exists') return (payload) => read(payload).length > 0 === (value !== false);
    return (payload) => read(payload).some((each) => holds(each, payload));
  }
  const read = reader(field);
  if (other !== undefined) {
    const holds = holder(rule);
    return (payload) => holds(read(payload), payload);
  }
  const holds = predicates[operator](value as never);
  return (payload) => holds(read(payload));
};

/** Whether one value satisfies a rule, in the payload that it stands in. */
const holder = ({ operator, value, other_field: other }: Rule): ((one: unknown, payload: unknown) => boolean) => {
  if (other === undefined) {
    const holds = predicates[operator](value as never);
    return (one) => holds(one);
  }
  const read = reader(other);
  return (one, payload) => {
    const against = read(payload);
    if (against === undefined || one === undefined) return operator === 'ne' && one !== against;
    return isComparable(operator, against) && predicates[operator](against as never)(one);
  };
};

/** Whether a field holds what an operator compares with. */
const isComparable = (operator: Operator, against: unknown): boolean =>
  against instanceof ExactNumber || problemOf({ operator, value: against }) === undefined;

/** Operators that compare with one value, which may stand in another field. */
const betweenFields: ReadonlySet<Operator> = new Set([
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'contains',
  'starts_with',
  'ends_with',
  'in',
] as const);

type Predicate = (value: unknown) => boolean;

/**
 * Values of different types are never equal and never ordered: `"1001"` is not above 1000. A text of digits that no number
 * holds is what people write for a number in settings, so it is compared with numbers too.
 */
const ordered =
  (compare: (a: never, b: never) => boolean) =>
  (bound: Scalar): Predicate => {
    const number = numberIn(bound);
    if (number === undefined)
      return (value) => typeof value === typeof bound && compare(value as never, bound as never);
    const ofNumber = (value: number | ExactNumber): boolean =>
      compare(compareNumbers(value, number) as never, 0 as never);
    return typeof bound === 'number'
      ? (value) =>
          typeof value === 'number'
            ? compare(value as never, bound as never)
            : value instanceof ExactNumber && ofNumber(value)
      : (value) =>
          typeof value === 'string' ? compare(value as never, bound as never) : isNumber(value) && ofNumber(value);
  };

/** The number that a value of a rule stands for; undefined where it stands for none. */
const numberIn = (value: Scalar): number | ExactNumber | undefined => {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' ? numberFrom(value) : undefined;
  return number instanceof ExactNumber ? number : undefined;
};

const isNumber = (value: unknown): value is number | ExactNumber =>
  typeof value === 'number' || value instanceof ExactNumber;

/** Whether a value is one of some, or the number that one of them stands for. */
const oneOf = (choices: readonly Scalar[]): Predicate => {
  const values = new Set<unknown>(choices);
  const numbers = new Set(choices.map(numberIn).flatMap((each) => (each instanceof ExactNumber ? each.key : [])));
  if (numbers.size === 0) return (value) => values.has(value);
  return (value) => values.has(value) || (value instanceof ExactNumber && numbers.has(value.key));
};

const equal = (expected: Scalar): Predicate =>
  numberIn(expected) instanceof ExactNumber ? oneOf([expected]) : (value) => value === expected;

const not =
  (holds: Predicate): Predicate =>
  (value) =>
    !holds(value);

const ofText =
  (holds: (text: string, part: string) => boolean) =>
  (part: string): Predicate =>
  (value) =>
    typeof value === 'string' && holds(value, part);

const predicates: Readonly<Record<Operator, (value: never) => Predicate>> = {
  eq: equal,
  ne: (expected: Scalar) => not(equal(expected)),
  gt: ordered((a, b) => a > b),
  gte: ordered((a, b) => a >= b),
  lt: ordered((a, b) => a < b),
  lte: ordered((a, b) => a <= b),
  contains: (part: Scalar) => {
    const [text, isPart] = [String(part), equal(part)];
    return (value) => (typeof value === 'string' ? value.includes(text) : Array.isArray(value) && value.some(isPart));
  },
  starts_with: ofText((text, part) => text.startsWith(part)),
  ends_with: ofText((text, part) => text.endsWith(part)),
  // time linear in the text, whatever the pattern: a flow cannot be held up by a message made for it
  matches: (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return (value) => typeof value === 'string' && compiled.matcher(value).find();
  },
  in: oneOf,
  between: ([low, high]: readonly [Scalar, Scalar]) => {
    const [atLeast, atMost] = [ordered((a, b) => a >= b)(low), ordered((a, b) => a <= b)(high)];
    return (value) => atLeast(value) && atMost(value);
  },
  exists: (wanted: boolean | undefined) => (value) => (value !== undefined) === (wanted ?? true),
};

const ruleProblem = (rule: { operator: Operator; value?: unknown; other_field?: unknown }): string | undefined => {
  if (rule.other_field === undefined) return problemOf(rule);
  if (rule.value !== undefined) return 'it is compared with "other_field": leave the value out, or the other field';
  return betweenFields.has(rule.operator)
    ? undefined
    : `"${rule.operator}" compares with a value, not with another field`;
};

const problemOf = ({ operator, value }: { operator: Operator; value?: unknown }): string | undefined => {
  switch (operator) {
    case 'exists':
      return value === undefined || typeof value === 'boolean' ? undefined : '"exists" takes true or false, or nothing';
    case 'in':
      return Array.isArray(value) ? undefined : '"in" needs a list of values';
    case 'between':
      return Array.isArray(value) && value.length === 2 ? orderProblem(value) : '"between" needs a list of two values';
    case 'starts_with':
    case 'ends_with':
      return typeof value === 'string' ? undefined : `"${operator}" needs a text`;
    case 'matches':
      if (typeof value !== 'string') return '"matches" needs a pattern';
      return value.length > longestPattern ? `a pattern has ${longestPattern} characters at most` : undefined;
    default:
      return value === undefined || Array.isArray(value) ? `"${operator}" needs one value` : undefined;
  }
};

const orderProblem = ([low, high]: readonly Scalar[]): string | undefined => {
  const [least, most] = [numberIn(low!), numberIn(high!)];
  const isInOrder =
    least !== undefined && most !== undefined
      ? compareNumbers(least, most) <= 0
      : typeof low === typeof high && (low as number) <= (high as number);
  return isInOrder ? undefined : '"between" needs two numbers or two texts, the lesser one first';
};

const tooMuchToRepeat = `the patterns up to this one are too large together: written out they have more than ${mostPatternSize} steps; repeat less often`;
