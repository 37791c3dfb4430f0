import { describe, expect, it } from 'vitest';
import { compile, Rule, Rules } from './rules.ts';

const above1000: Rule = { field: 'position.altitude', operator: 'gt', value: 1000 };

it.each([
  [{ position: { altitude: 1001 } }, true],
  [{ position: { altitude: 1000 } }, false],
  [{ position: { altitude: '1001' } }, false],
  [{ position: null }, false],
  [null, false],
])('%j is above 1000: %s', (payload, expected) => expect(compile([above1000])(payload)).toBe(expected));

it.each<[Rule['operator'], unknown, unknown, boolean]>([
  ['eq', 'a', 'a', true],
  ['eq', 1, '1', false],
  ['ne', 1, undefined, true],
  ['gte', 5, 5, true],
  ['lt', 'b', 'a', true],
  ['lte', 5, 6, false],
  ['contains', 'b', 'abc', true],
  ['contains', 2, [1, 2], true],
  ['contains', 'x', 5, false],
  ['starts_with', 'ab', 'abc', true],
  ['ends_with', 'bc', 'abc', true],
  ['matches', '^a+$', 'aaa', true],
  ['matches', '(a+)+$', `${'a'.repeat(5000)}!`, false],
  ['in', [1, 2], 2, true],
  ['between', [1, 3], 3, true],
  ['between', [1, 3], 3.1, false],
  ['exists', true, null, true],
  ['exists', false, undefined, true],
  ['exists', undefined, 0, true],
  ['exists', undefined, undefined, false],
  ['exists', true, undefined, false],
  ['exists', false, null, false],
  ['eq', true, true, true],
  ['eq', true, 'true', false],
  ['ne', 1, 1, false],
  ['ne', 1, '1', true],
  ['gt', 5, 6, true],
  ['gt', 5, 5, false],
  ['gt', 'a', 'b', true],
  ['gt', 'a', 'a', false],
  ['gt', 'a', 5, false],
  ['gt', 5, null, false],
  ['gte', 5, 4, false],
  ['gte', 'b', 'b', true],
  ['gte', 'b', 'a', false],
  ['lt', 5, 4, true],
  ['lt', 5, 5, false],
  ['lt', 'b', 'b', false],
  ['lt', 5, true, false],
  ['lte', 5, 5, true],
  ['lte', 'b', 'b', true],
  ['lte', 'b', 'c', false],
  ['contains', 'b', 'ac', false],
  ['contains', 2, 'a2b', true],
  ['contains', 2, ['2'], false],
  ['contains', 2, [], false],
  ['contains', 'a', ['b', 'a'], true],
  ['contains', 'a', ['ab'], false],
  ['contains', 'a', { a: 1 }, false],
  ['starts_with', 'ab', 'ba', false],
  ['starts_with', 'bc', 'abc', false],
  ['starts_with', '1', 12, false],
  ['ends_with', 'ab', 'abc', false],
  ['ends_with', '2', 12, false],
  ['ends_with', '', 'a', true],
  ['matches', '^1$', 1, false],
  ['matches', 'b', 'abc', true],
  ['matches', 'B', 'abc', false],
  ['in', [1, 2], 3, false],
  ['in', [1, 2], '1', false],
  ['in', ['a', null], null, true],
  ['in', [], 1, false],
  ['between', [1, 3], 1, true],
  ['between', [1, 3], 0.9, false],
  ['between', [1, 3], '2', false],
  ['between', [2, 2], 2, true],
  ['between', ['b', 'd'], 'c', true],
  ['between', ['b', 'd'], 'd', true],
  ['between', ['b', 'd'], 'a', false],
  ['between', ['b', 'd'], 'da', false],
])('%s %j holds for %j: %s', (operator, value, given, expected) => {
  const rule = Rule.parse({ field: 'x', operator, ...(value === undefined ? {} : { value }) });
  expect(compile([rule])({ x: given })).toBe(expected);
});

describe('several rules', () => {
  const rules: Rule[] = [
    { field: 'a', operator: 'eq', value: 1 },
    { field: 'b', operator: 'eq', value: 1 },
  ];
  it.each([
    ['all', { a: 1, b: 1 }, true],
    ['all', { a: 1 }, false],
    ['any', { a: 1 }, true],
    ['any', {}, false],
    ['none', {}, true],
    ['none', { b: 1 }, false],
  ] as const)('%s of them for %j: %s', (match, payload, expected) =>
    expect(compile(rules, match)(payload)).toBe(expected),
  );

  it.each(['all', 'any', 'none'] as const)('pass everything when there are none (%s)', (match) =>
    expect(compile([], match)({})).toBe(true),
  );
});

it.each([
  [{ field: '__proto__.x', operator: 'eq', value: 1 }, 'may not stand in a path'],
  [{ field: 'x', operator: 'matches', value: 'x'.repeat(1001) }, 'a pattern has 1000 characters at most'],
  [{ field: 'x', operator: 'between', value: [1] }, '"between" needs a list of two values'],
  [{ field: 'x', operator: 'gt' }, '"gt" needs one value'],
  [{ field: 'x', operator: 'gt', value: [1] }, '"gt" needs one value'],
  [{ field: 'x', operator: 'eq' }, '"eq" needs one value'],
  [{ field: 'x', operator: 'contains' }, '"contains" needs one value'],
  [{ field: 'x', operator: 'in', value: 1 }, '"in" needs a list of values'],
  [{ field: 'x', operator: 'in' }, '"in" needs a list of values'],
  [{ field: 'x', operator: 'exists', value: 'yes' }, '"exists" takes true or false, or nothing'],
  [{ field: 'x', operator: 'starts_with', value: 1 }, '"starts_with" needs a text'],
  [{ field: 'x', operator: 'starts_with' }, '"starts_with" needs a text'],
  [{ field: 'x', operator: 'ends_with', value: 1 }, '"ends_with" needs a text'],
  [{ field: 'x', operator: 'matches', value: 1 }, '"matches" needs a pattern'],
  [{ field: 'x', operator: 'between', value: 1 }, '"between" needs a list of two values'],
  [{ field: 'x', operator: 'between', value: [1, 2, 3] }, '"between" needs a list of two values'],
  [{ field: 'x', operator: 'between', value: [2, 1] }, 'the lesser one first'],
  [{ field: 'x', operator: 'between', value: ['b', 'a'] }, 'the lesser one first'],
  [{ field: 'x', operator: 'between', value: [1, 'b'] }, 'needs two numbers or two texts'],
  [{ field: 'x', operator: 'between', value: ['1', 2] }, 'needs two numbers or two texts'],
])('the rule %j is refused', (rule, sentence) =>
  expect(Rule.safeParse(rule).error?.issues[0]?.message).toContain(sentence),
);

it.each([
  ['(', 1, 'this is no pattern'],
  ['.{1000}', 5, 'more than 4000 steps'],
  ['(.{0,100}){100}', 1, 'more than 4000 steps'],
  ['\\pL{300}', 1, 'more than 4000 steps'],
  ['[a-z]+[0-9]{13}', 400, 'more than 4000 steps'],
])('the pattern %s in %d rules is refused', (value, count, sentence) => {
  const start = performance.now();
  const rules = Array.from({ length: count }, () => ({ field: 'x', operator: 'matches', value }));
  const [issue] = Rules.safeParse(rules).error!.issues;
  expect([issue?.path[1], issue?.message]).toEqual(['value', expect.stringContaining(sentence)]);
  expect(performance.now() - start).toBeLessThan(5000);
});

it('forty patterns of a usual size fit into one filter', () => {
  const rules = Array.from({ length: 40 }, (_, n) => ({
    field: 'x',
    operator: 'matches',
    value: `^[A-Z]{3}-\\d{4,8}-${n}$`,
  }));
  expect(Rules.safeParse(rules).success).toBe(true);
});

it.each<[Rule, unknown, boolean]>([
  [{ field: 'a', operator: 'gt', other_field: 'b' }, { a: 2, b: 1 }, true],
  [{ field: 'a', operator: 'gt', other_field: 'b' }, { a: 1, b: 1 }, false],
  [{ field: 'a', operator: 'gt', other_field: 'b' }, { a: '2', b: 1 }, false],
  [{ field: 'a', operator: 'eq', other_field: 'b.c' }, { a: 'x', b: { c: 'x' } }, true],
  [{ field: 'a', operator: 'eq', other_field: 'b' }, {}, false],
  [{ field: 'a', operator: 'ne', other_field: 'b' }, { a: 1 }, true],
  [{ field: 'a', operator: 'ne', other_field: 'b' }, { a: 1, b: 1 }, false],
  [{ field: 'a', operator: 'ne', other_field: 'b' }, { b: 1 }, true],
  [{ field: 'a', operator: 'ne', other_field: 'b' }, {}, false],
  [{ field: 'a', operator: 'ne', other_field: 'b' }, { a: 1, b: 2 }, true],
  [{ field: 'a', operator: 'gt', other_field: 'b' }, { a: 1 }, false],
  [{ field: 'a', operator: 'lt', other_field: 'b' }, { a: 1, b: [2] }, false],
  [{ field: 'a', operator: 'lte', other_field: 'b' }, { a: 2, b: 2 }, true],
  [{ field: 'a', operator: 'ends_with', other_field: 'b' }, { a: 'xy', b: 'y' }, true],
  [{ field: 'a', operator: 'contains', other_field: 'b' }, { a: ['x'], b: 'x' }, true],
  [{ field: 'items[*].v', operator: 'ne', other_field: 'b' }, { b: 1, items: [{ v: 1 }, { v: 2 }] }, true],
  [{ field: 'items[*].v', operator: 'ne', other_field: 'b' }, { b: 1, items: [{ v: 1 }] }, false],
  [{ field: 'items[*].v', operator: 'exists' }, { items: [] }, false],
  [{ field: 'items[*].v', operator: 'exists', value: false }, { items: [{ v: 1 }] }, false],
  [{ field: 'a', operator: 'in', other_field: 'b' }, { a: 1, b: [1, 2] }, true],
  [{ field: 'a', operator: 'in', other_field: 'b' }, { a: 1, b: 1 }, false],
  [{ field: 'a', operator: 'starts_with', other_field: 'b' }, { a: 'xy', b: 'x' }, true],
  [{ field: 'a', operator: 'starts_with', other_field: 'b' }, { a: 'xy', b: 5 }, false],
  [{ field: 'items[*].v', operator: 'gt', value: 2 }, { items: [{ v: 1 }, { v: 3 }] }, true],
  [{ field: 'items[*].v', operator: 'gt', value: 3 }, { items: [{ v: 1 }, { v: 3 }] }, false],
  [{ field: 'items[*].v', operator: 'gt', other_field: 'limit' }, { limit: 2, items: [{ v: 3 }] }, true],
  [{ field: 'items[-1].v', operator: 'eq', value: 3 }, { items: [{ v: 1 }, { v: 3 }] }, true],
  [{ field: 'items[*].v', operator: 'exists', value: false }, { items: [{}] }, true],
  [{ field: 'items[*].v', operator: 'exists' }, { items: [{ v: null }] }, true],
  [{ field: 'pm2.5', operator: 'gt', value: 10 }, { 'pm2.5': 20 }, true],
])('%j of %j is %s', (rule, payload, expected) => expect(compile([rule])(payload)).toBe(expected));

it.each([
  [{ field: 'a', operator: 'gt', value: 1, other_field: 'b' }, /leave the value out/],
  [{ field: 'a', operator: 'between', other_field: 'b' }, /compares with a value/],
  [{ field: 'a[*', operator: 'exists' }, /is no path/],
])('%j is refused', (rule, words) => expect(Rule.safeParse(rule).error?.issues[0]?.message).toMatch(words));
