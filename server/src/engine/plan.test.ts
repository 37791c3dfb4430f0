import type { Flow, TypesById } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { input, output } from './component.ts';
import { hasSeveralWays, planFlow, reachedLive } from './plan.ts';

const types: TypesById = new Map([
  ['in', { title: 'In', category: 'input', ports: { out: output('json') } }],
  ['mid', { title: 'Mid', category: 'processor', ports: { in: input('json'), out: output('json') } }],
  ['out', { title: 'Out', category: 'output', ports: { in: input('json') } }],
]);
const flow = (types: string[], connections?: Flow['connections']): Flow => ({
  id: 'test',
  name: 'Test',
  components: types.map((type, index) => ({ id: `c${index}`, type })),
  ...(connections ? { connections } : {}),
});
const fusedWith = (tested: Flow, start: number): number[] =>
  [...reachedLive([start], planFlow(tested, types).connections)].sort();

describe('planning', () => {
  it('fuses a chain without connections', () => {
    expect(fusedWith(flow(['in', 'mid', 'out']), 0)).toEqual([0, 1, 2]);
  });

  it('cuts at guaranteed connections', () => {
    const connections: Flow['connections'] = [
      { from: 'c0', to: 'c1' },
      { from: 'c1', to: 'c2', delivery: 'guaranteed' },
      { from: 'c1', to: 'c3' },
    ];
    const cut = flow(['in', 'mid', 'out', 'out'], connections);
    expect(fusedWith(cut, 0)).toEqual([0, 1, 3]);
    expect(fusedWith(cut, 2)).toEqual([2]);
  });

  it('keeps what has no connection in common apart', () => {
    const connections = [
      { from: 'c0', to: 'c2' },
      { from: 'c1', to: 'c3' },
    ];
    const apart = flow(['in', 'in', 'out', 'out'], connections);
    expect([fusedWith(apart, 0), fusedWith(apart, 1)]).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('puts upstream before downstream, however it was listed', () => {
    const connections = [
      { from: 'c2', to: 'c1' },
      { from: 'c1', to: 'c0' },
    ];
    expect(planFlow(flow(['out', 'mid', 'in'], connections), types).order).toEqual([2, 1, 0]);
  });
});

it('says which component type there is not, since one of a file may have been left aside', () => {
  const flow = { id: 'a', components: [{ id: 'in', type: 'own_type' }], connections: [] };
  expect(() => planFlow(flow, new Map())).toThrow('there is no component type "own_type" at present');
});

describe('several ways', () => {
  const diamond = (first: 'live' | 'guaranteed', second: 'live' | 'guaranteed') => {
    const connections: Flow['connections'] = [
      { from: 'c0', to: 'c1', delivery: first },
      { from: 'c1', to: 'c2' },
      { from: 'c1', to: 'c3', delivery: second },
      { from: 'c2', to: 'c4' },
      { from: 'c3', to: 'c4' },
      { from: 'c4', to: 'c5' },
    ];
    return planFlow(flow(['in', 'mid', 'mid', 'mid', 'mid', 'out'], connections), types);
  };

  it.each([
    ['live all along', 'live', 'live', true],
    ['guaranteed on one of them', 'live', 'guaranteed', false],
    ['guaranteed before they part', 'guaranteed', 'live', false],
  ] as const)('lead from an input to one connection where they are %s', (_, first, second, expected) => {
    const plan = diamond(first, second);
    expect([0, 1, 2, 4].map((from) => hasSeveralWays(plan, { from }))).toEqual([false, false, false, expected]);
  });

  it('are not those of several inputs', () => {
    const connections = [
      { from: 'c0', to: 'c2' },
      { from: 'c1', to: 'c2' },
      { from: 'c2', to: 'c3' },
    ];
    const plan = planFlow(flow(['in', 'in', 'mid', 'out'], connections), types);
    expect(hasSeveralWays(plan, { from: 2 })).toBe(false);
  });
});
