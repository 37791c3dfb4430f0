import { expect, it } from 'vitest';
import { type Finding, FindingList, isError, mostFindings, placeOf } from './finding.ts';

const finding = (n: number): Omit<Finding, 'severity'> => ({
  code: 'odd',
  place: `components[${n}]`,
  sentence: `${n}`,
});
const filled = (count: number): FindingList => {
  const list = new FindingList();
  for (let n = 0; n < count; n += 1) list.add('warning', () => finding(n));
  return list;
};
const told = (count: number): Finding[] =>
  Array.from({ length: count }, (_, n) => ({ severity: 'warning', ...finding(n) }));
const more = (severity: Finding['severity'], sentence: string): Finding => ({
  severity,
  code: 'more_findings',
  place: '',
  sentence,
});

it('an error is one, a warning is none', () => {
  expect(isError({ severity: 'error', ...finding(0) })).toBe(true);
  expect(isError({ severity: 'warning', ...finding(0) })).toBe(false);
});

it('all findings are told up to the most, and the list is full then', () => {
  expect(filled(mostFindings - 1).isFull).toBe(false);
  expect(filled(mostFindings).isFull).toBe(true);
  expect(filled(mostFindings).all()).toEqual(told(mostFindings));
});

it('those beyond are counted, not put into words, and are as severe as the worst of them', () => {
  const list = filled(mostFindings);
  const never = (): never => {
    throw new Error('nobody reads this');
  };
  list.add('warning', never);
  list.count('warning', 2);
  expect(list.all()).toEqual([...told(mostFindings), more('warning', 'and 3 more')]);
  list.add('error', never);
  expect(list.all()).toEqual([...told(mostFindings), more('error', 'and 4 more')]);
});

it.each([
  [['components', 1, 'config', 'rules', 0], 'components[1].config.rules[0]'],
  [[], ''],
  [['a'.repeat(80)], 'a'.repeat(80)],
  [['x', 'a'.repeat(81)], `x.${'a'.repeat(80)}…`],
])('the place of %j is "%s"', (path, place) => expect(placeOf(path)).toBe(place));
