import type { FlowStatus } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { shareUnchanged, unknownState, withoutFlow, withStatus } from './live-state.ts';

const component = (id: string, rate: number): FlowStatus['components'][number] => ({
  id,
  type: 'simulator_input',
  state: 'running',
  sentence: '',
  in_per_second: rate,
  out_per_second: rate,
  in_total: 1,
  out_total: 1,
  dropped_total: 0,
  dropped: {},
  errors_total: 0,
  dropped_per_minute: 0,
  errors_per_minute: 0,
  lost_ratio: 0,
  waiting: 0,
  facts: {},
});

const status = (rates: Readonly<Record<string, number>>): FlowStatus => ({
  flow: 'climb',
  desired: 'running',
  observed: 'running',
  version: 1,
  since: '2030-01-01T00:00:00Z',
  sentence: 'Running',
  notices: [],
  dead_letters: 0,
  components: Object.entries(rates).map(([id, rate]) => component(id, rate)),
  connections: [],
});

describe('what the server tells', () => {
  it('leaves a component the same object while its numbers stay', () => {
    const first = withStatus(unknownState, status({ a: 1, b: 1 })).watched.get('climb')!;
    const state = withStatus({ ...unknownState, watched: new Map([['climb', first]]) }, status({ a: 1, b: 2 }));
    const second = state.watched.get('climb')!;
    expect(second.components.get('a')).toBe(first.components.get('a'));
    expect(second.components.get('b')?.in_per_second).toBe(2);
    expect(second.connections).toBe(first.connections);
  });

  it('is forgotten when nobody looks any more', () => {
    const state = withStatus(unknownState, status({ a: 1 }));
    expect([...withoutFlow(state, 'climb').watched]).toEqual([]);
    expect([...state.watched.keys()]).toEqual(['climb']);
  });
});

describe('sharing what is unchanged', () => {
  const before = new Map([
    ['a', { rate: 1 }],
    ['b', { rate: 2 }],
  ]);

  it.each([
    [
      'the same entries',
      [
        ['a', { rate: 1 }],
        ['b', { rate: 2 }],
      ],
      true,
    ],
    [
      'another value',
      [
        ['a', { rate: 1 }],
        ['b', { rate: 3 }],
      ],
      false,
    ],
    ['an entry less', [['a', { rate: 1 }]], false],
    [
      'another key',
      [
        ['a', { rate: 1 }],
        ['c', { rate: 2 }],
      ],
      false,
    ],
  ] as const)('with %s', (_, entries, isSame) => {
    const shared = shareUnchanged(before, entries);
    expect(shared === before).toBe(isSame);
    expect([...shared]).toEqual(entries);
    expect(shared.get('a')).toBe(before.get('a'));
  });
});
