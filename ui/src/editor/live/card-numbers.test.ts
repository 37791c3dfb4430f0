import { expect, it } from 'vitest';
import { flowOf, lostIn } from './card-numbers.ts';

it.each([
  ['input', { came: 0, left: 20 }, undefined, '20/s'],
  ['output', { came: 20, left: 18 }, undefined, '20/s'],
  ['processor', { came: 10, left: 10 }, undefined, '10/s'],
  ['processor', { came: 10, left: 30 }, undefined, '10/s → 30/s'],
  ['processor', { came: 10, left: 4 }, 6, '10/s → 4 kept, 6 rejected'],
  ['processor', { came: 10, left: 0 }, 10, '10/s → 0 kept, 10 rejected'],
  ['processor', { came: 10, left: 10 }, 10.04, '10/s → 0 kept, 10 rejected'],
  ['processor', { came: 0, left: 0 }, 0, '0/s'],
  [undefined, { came: 5, left: 0 }, undefined, '5/s'],
] as const)('of %s, %j and %s rejected: %s', (category, { came, left }, rejected, text) => {
  const status = { in_per_second: came, out_per_second: left, dropped: {}, dropped_total: 0 };
  expect(flowOf(category, status, rejected)).toBe(text);
});

it.each([
  [{}, 0, []],
  [{ invalid: 3 }, 3, ['3 failed']],
  [{ overflow: 2 }, 2, ['2 dropped']],
  [{ invalid: 3, overflow: 2, expired: 1 }, 6, ['3 failed', '3 dropped']],
] as const)('of %j: %j', (dropped, all, words) => expect(lostIn({ dropped, dropped_total: all })).toEqual(words));
