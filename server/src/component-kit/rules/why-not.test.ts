import { expect, it } from 'vitest';
import type { Match, Rule } from './rules.ts';
import { whyNot } from './why-not.ts';

const warm: Rule = { field: 'temperature', operator: 'gt', value: 75 };
const here: Rule = { field: 'room', operator: 'in', value: ['A', 'B'] };

it.each<[readonly Rule[], Match, unknown, string]>([
  [[warm], 'all', { temperature: 62 }, 'temperature is 62, and not above 75'],
  [[warm, here], 'all', { temperature: 80, room: 'C' }, 'room is "C", and not one of ["A","B"]'],
  [[warm, here], 'any', { temperature: '80' }, 'temperature is "80", and not above 75; there is no field room'],
  [[here], 'none', { room: 'A' }, 'room is "A", and one of ["A","B"]'],
  [[{ field: 'a', operator: 'between', value: [1, 2] }], 'all', { a: 3 }, 'a is 3, and not between 1 and 2'],
  [[{ field: 'a', operator: 'lt', other_field: 'limit' }], 'all', { a: 3, limit: 2 }, 'a is 3, and not below limit'],
  [[{ field: 'a', operator: 'exists' }], 'all', {}, 'a is not there'],
  [[{ field: 'a', operator: 'exists', value: false }], 'all', { a: 1 }, 'a is there'],
  [
    [{ field: 'items[*].n', operator: 'eq', value: 1 }],
    'all',
    { items: [{ n: 2 }, { n: 3 }] },
    'items[*].n is [2,3], and not equal to 1',
  ],
  [
    Array.from({ length: 5 }, () => warm),
    'all',
    {},
    [...Array.from({ length: 3 }, () => 'there is no field temperature'), 'and 2 more'].join('; '),
  ],
])('of the rules %j, %s must hold, and %j does not: %s', (rules, match, payload, sentence) =>
  expect(whyNot(rules, match)(payload)).toBe(sentence),
);

it('cuts long values', () => {
  const told = whyNot([{ field: 'text', operator: 'eq', value: 'a' }])({ text: 'x'.repeat(1000) });
  expect(told.length).toBeLessThan(120);
});
