import type { SeenConnection } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { withTried } from './seen-into.ts';

const seen = (from: string, to: string, ...paths: string[]): SeenConnection => ({
  from,
  to,
  looked_at: 3,
  fields: paths.map((path) => ({ path, types: ['number'], count: 3, values: ['1'] })),
  is_cut: false,
});
const told = (connections: readonly SeenConnection[]) =>
  connections.map(({ from, to, fields }) => `${from} ${to}: ${fields.map(({ path }) => path).join(' ')}`);

const ran = [seen('read.out', 'map.in', 'a', 'b'), seen('map.out', 'send.in', 'c')];
const tried = [seen('read.out', 'map.in', 'a'), seen('map.out', 'send.in', 'd'), seen('map.out', 'new.in', 'd')];

it('real messages tell all of the connections of a draft, those that were typed only add to it', () => {
  expect(told(withTried(ran, tried, true))).toEqual(['read.out map.in: a', 'map.out send.in: d', 'map.out new.in: d']);
  expect(told(withTried(ran, tried, false))).toEqual([
    'read.out map.in: a b',
    'map.out send.in: d c',
    'map.out new.in: d',
  ]);
  expect(told(withTried(ran, [], true))).toEqual(told(ran));
});
