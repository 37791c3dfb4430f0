import type { Flow, TypesById } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { input, output } from './component.ts';
import { Counters, noTotals, reasonsWith } from './counters.ts';
import { planFlow } from './plan.ts';

const types: TypesById = new Map([
  ['in', { title: 'In', category: 'input', ports: { out: output('json') } }],
  ['out', { title: 'Out', category: 'output', ports: { in: input('json') } }],
]);
const planOf = (ids: readonly [string, string]) => {
  const flow: Flow = {
    id: 'test',
    name: 'Test',
    components: [
      { id: ids[0], type: 'in' },
      { id: ids[1], type: 'out' },
    ],
  };
  return planFlow(flow, types);
};
const reasons = (type: string) => (type === 'out' ? ['invalid', 'no_receiver'] : ['invalid']);

it('tells its values to whoever has the same layout', () => {
  const plan = planOf(['a', 'b']);
  const mine = new Counters(plan, reasons);
  const theirs = new Counters(plan, reasons);
  mine.addIn(1, 5);
  mine.addOut(1, 3);
  mine.addError(1, 1);
  mine.addDropped(1, 'no_receiver', 2);
  mine.addMoved(0, 5);
  const values = mine.snapshot();
  theirs.take(values);
  expect(theirs.snapshot()).toEqual(values);
  expect(theirs.component(0)).toEqual({ in: 0, out: 0, errors: 0, dropped: { invalid: 0 } });
  expect(theirs.component(1)).toEqual({ in: 5, out: 3, errors: 1, dropped: { invalid: 0, no_receiver: 2 } });
  expect(theirs.connection(0)).toEqual({ moved: 5, dropped: 0, waiting: 0, waitingBytes: 0, oldestAt: 0 });
  expect(theirs.droppedOf(1)).toBe(2);
  new Counters(plan, () => []).take(values);
});

it('keeps what was dropped for reasons that a changed type names otherwise, under its name', () => {
  const earlier = new Counters(planOf(['a', 'b']), reasons);
  earlier.addIn(1, 7);
  earlier.addDropped(1, 'no_receiver', 2);
  earlier.addMoved(0, 7);
  const changed = (type: string) => (type === 'out' ? ['too_late', 'invalid'] : ['too_late', 'odd', 'invalid']);
  const before = earlier.totals();
  const counters = new Counters(planOf(['a', 'b']), reasonsWith(changed, before));
  counters.continueFrom(before);
  expect(counters.component(1)).toEqual({
    in: 7,
    out: 0,
    errors: 0,
    dropped: { too_late: 0, invalid: 0, no_receiver: 2 },
  });
  expect([counters.connection(0).moved, counters.layout[0]]).toEqual([7, ['too_late', 'odd', 'invalid']]);
});

it('refuses to drop for a reason that nobody declared', () => {
  const counters = new Counters(planOf(['a', 'b']), reasons);
  expect(() => counters.addDropped(0, 'no_receiver', 1)).toThrow('"no_receiver" is no drop reason of "in"');
});

it('goes on from an earlier run for the components that both have', () => {
  const earlier = new Counters(planOf(['a', 'b']), reasons);
  earlier.addIn(0, 7);
  earlier.addDropped(1, 'no_receiver', 2);
  earlier.addMoved(0, 7);
  const sameEnds = new Counters(planOf(['a', 'b']), reasons);
  sameEnds.continueFrom(earlier.totals());
  const otherEnd = new Counters(planOf(['a', 'c']), reasons);
  otherEnd.continueFrom(earlier.totals());
  expect([sameEnds.component(0).in, sameEnds.droppedOf(1), sameEnds.connection(0).moved]).toEqual([7, 2, 7]);
  expect([otherEnd.component(0).in, otherEnd.droppedOf(1), otherEnd.connection(0).moved]).toEqual([7, 0, 0]);
});

it('copies the numbers of a moment', () => {
  const counters = new Counters(planOf(['a', 'b']), reasons);
  counters.addIn(0, 1);
  const copy = counters.copy();
  counters.addIn(0, 1);
  expect([copy.component(0).in, counters.component(0).in]).toEqual([1, 2]);
});

it('has a place for each number, and tells each by itself', () => {
  const counters = new Counters(planOf(['a', 'b']), reasons);
  counters.addIn(1, 5);
  counters.addOut(1, 3);
  counters.addError(1, 2);
  counters.addDropped(0, 'invalid', 6);
  counters.addMoved(0, 7);
  counters.addLost(0, 8);
  counters.setWaiting(0, 9, 1000, 1_700_000_000_000);
  const numbersOf = (component: number) => [
    counters.inOf(component),
    counters.outOf(component),
    counters.errorsOf(component),
    counters.droppedOf(component),
  ];
  expect([numbersOf(0), numbersOf(1), counters.waitingOf(0)]).toEqual([[0, 0, 0, 6], [5, 3, 2, 0], 9]);
  expect(counters.totals()).toEqual({
    components: {
      a: { in: 0, out: 0, errors: 0, dropped: { invalid: 6 } },
      b: { in: 5, out: 3, errors: 2, dropped: { invalid: 0, no_receiver: 0 } },
    },
    connections: {
      'a.out → b.in': { moved: 7, dropped: 8, waiting: 9, waitingBytes: 1000, oldestAt: 1_700_000_000_000 },
    },
  });
});

it('says whether anything has changed', () => {
  const counters = new Counters(planOf(['a', 'b']), reasons);
  const changes: (() => void)[] = [
    () => counters.addIn(0, 1),
    () => counters.setWaiting(0, 1, 10, 1000),
    () => counters.take(counters.snapshot()),
    () => counters.rearrange([['invalid'], ['invalid']]),
  ];
  const seen = [counters.changes];
  for (const change of changes) {
    change();
    seen.push(counters.changes);
  }
  expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));
  counters.setWaiting(0, 1, 10, 1000);
  expect(counters.changes).toBe(seen.at(-1));
  expect(counters.copy().changes).toBe(seen.at(-1));
});

it('takes the layout of a lane that knows other reasons, and keeps what it has counted under the names of both', () => {
  const counters = new Counters(planOf(['a', 'b']), reasons);
  counters.addOut(1, 3);
  counters.addDropped(1, 'invalid', 1);
  counters.addDropped(1, 'no_receiver', 2);
  counters.addLost(0, 4);
  counters.rearrange([['invalid'], ['too_late', 'no_receiver']]);
  expect(counters.layout).toEqual([['invalid'], ['too_late', 'no_receiver']]);
  expect(counters.component(1)).toEqual({ in: 0, out: 3, errors: 0, dropped: { too_late: 0, no_receiver: 2 } });
  expect(counters.connection(0).dropped).toBe(4);
});

it('has the reasons of the type alone where nothing was counted before', () =>
  expect(reasonsWith(reasons, noTotals)('out', 'b')).toEqual(['invalid', 'no_receiver']));

it('leaves what it has told as it was', () => {
  const counters = new Counters(planOf(['a', 'b']), reasons);
  const before = counters.snapshot();
  counters.addIn(0, 1);
  expect(before.every((value) => value === 0)).toBe(true);
});
