import { describe, expect, it } from 'vitest';
import { readJson } from '../../engine/exact-number.ts';
import { compile, Rule } from './rules.ts';

const holds = (rule: Omit<Rule, 'field'>, text: string): boolean =>
  compile([Rule.parse({ field: 'id', ...rule })])(readJson(`{"id":${text}}`));

const id = '9007199254740993';

describe('numbers of many digits', () => {
  it.each<[Rule['operator'], Rule['value'], string, boolean]>([
    ['eq', id, id, true],
    ['eq', id, '9007199254740992', false],
    ['eq', id, '9007199254740994', false],
    ['eq', id, `${id}.0`, true],
    ['eq', id, `"${id}"`, true],
    ['eq', 9007199254740992, id, false],
    ['ne', id, id, false],
    ['ne', id, '9007199254740994', true],
    ['gt', 9007199254740992, id, true],
    ['gt', id, id, false],
    ['gt', id, '9007199254740994', true],
    ['gte', id, id, true],
    ['lt', id, '9007199254740992', true],
    ['lte', id, '5', true],
    ['gt', 1000, '12345678901234567890', true],
    ['lt', 1000, '-12345678901234567890', true],
    ['gt', 1, '1e400', true],
    ['lt', 0.1, '0.09999999999999999999999', true],
    ['gt', 0.1, '0.09999999999999999999999', false],
    ['gt', '1e400', '1e401', true],
    ['in', ['1', id], id, true],
    ['in', ['1', id], '1', false],
    ['in', [1, id], '9007199254740992', false],
    ['between', [1, id], '9007199254740992', true],
    ['between', ['9007199254740991999', '10000000000000000001'], '10000000000000000000', true],
    ['contains', id, `[1,${id}]`, true],
    ['contains', id, '[9007199254740992]', false],
    ['exists', true, id, true],
  ])('%s %j: %s holds: %s', (operator, value, text, expected) =>
    expect(holds({ operator, value }, text)).toBe(expected),
  );

  it('leave texts and numbers of few digits what they are', () => {
    expect(holds({ operator: 'eq', value: '1001' }, '1001')).toBe(false);
    expect(holds({ operator: 'gt', value: '5' }, '6')).toBe(false);
    expect(holds({ operator: 'gt', value: id }, '"91"')).toBe(true);
  });

  it('have an order', () => {
    expect(Rule.safeParse({ field: 'a', operator: 'between', value: ['10000000000000000001', 1] }).success).toBe(false);
  });
});
