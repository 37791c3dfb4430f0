import type { Trial, TrialStep } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { changesBetween } from './changes-between.ts';
import { rowsOf } from './trial-rows.ts';
import { toldOf } from './trial-words.ts';

const step = (component: string, given: number | undefined, made: readonly number[], more: Partial<TrialStep> = {}) =>
  ({
    component,
    ...(given === undefined ? {} : { given }),
    outcome: made.length > 0 ? 'made' : 'nothing',
    made: made.map((message) => ({ port: 'out', message })),
    ...more,
  }) satisfies TrialStep;

const json = (value: unknown) => ({ payload: JSON.stringify(value), is_cut: false });

it('shows each message with all that was made of it, and what time has made', () => {
  const steps = [
    step('map', 0, [2]),
    step('split', 2, [3, 4]),
    step('send', 3, [], { outcome: 'sent' }),
    step('send', 4, [], { outcome: 'sent' }),
    step('map', 1, [1]),
    step('mean', undefined, [5]),
    step('send', 5, [], { outcome: 'sent' }),
  ];
  const rows = rowsOf({ tried: 2, steps }).map(({ message, steps: cells }) => [
    message,
    [...cells].map(([component, some]) => `${component} ${some.length}`),
  ]);
  expect(rows).toEqual([
    [0, ['map 1', 'split 1', 'send 2']],
    [1, ['map 1']],
    [undefined, ['mean 1', 'send 1']],
  ]);
});

it('marks what is changed, new and gone', () => {
  expect(changesBetween(json({ a: 1, b: 2, c: 3 }), json({ a: 1, b: 5, d: { e: 'x' } }))).toEqual([
    { field: 'b', before: '2', after: '5' },
    { field: 'd.e', after: 'x' },
    { field: 'c', before: '3' },
  ]);
  expect(changesBetween(json({ a: 1 }), json({ a: 1 }))).toEqual([]);
});

describe('a card says of a trial', () => {
  const ports = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, { direction: 'output', kind: 'json', required: true }] as const));
  const typed = (category: 'input' | 'processor' | 'output', ...names: string[]) =>
    ({ category, ports: ports(...names) }) as never;
  const trial = (steps: readonly TrialStep[], tally: Partial<Trial['components'][number]>) => ({
    at: { component: 'read', port: 'out' },
    tried: 20,
    steps: [...steps],
    components: [{ id: 'x', state: 'tried' as const, in: 20, out: {}, nothing: 0, failed: 0, ...tally }],
  });
  const passing = Array.from({ length: 4 }, (_, n) => step('x', n, [n]));

  it.each([
    [
      'of a filter',
      typed('processor', 'out', 'rejected'),
      trial(passing, { out: { out: 4, rejected: 16 } }),
      '4 of 20 would pass',
    ],
    ['of one that lets nothing pass', typed('processor', 'out'), trial([], {}), '0 of 20 would pass'],
    [
      'of one where some fail',
      typed('processor', 'out'),
      trial(passing, { out: { out: 4 }, failed: 2 }),
      '2 of 20 would fail',
    ],
    [
      'of a router',
      typed('processor', 'a', 'b', 'otherwise'),
      trial([], { out: { a: 3, b: 17 } }),
      'a 3 · b 17 · otherwise 0',
    ],
    ['of one that makes several', typed('processor', 'out'), trial(passing, { out: { out: 40 } }), '40 made of 20'],
    ['of an output', typed('output'), trial([], {}), '20 would be sent'],
    ['of an output that nothing reaches', typed('output'), trial([], { in: 0 }), 'nothing would arrive'],
    ['of another input', typed('input'), trial([], {}), 'is not opened'],
    ['of one that is broken', undefined, trial([], { state: 'broken' }), 'cannot be tried as it is'],
  ])('%s', (_, type, tried, sentence) => expect(toldOf(tried, 'x', { type, config: {} })?.sentence).toBe(sentence));

  it('nothing of a component that was not there', () =>
    expect(toldOf(trial([], {}), 'y', { type: undefined, config: {} })).toBeUndefined());
});
