import type { TypesById } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { input, output } from '../../engine/component.ts';
import { Counters } from '../../engine/counters.ts';
import { planFlow } from '../../engine/plan.ts';
import { minuteMs, Recent } from './recent.ts';

const types: TypesById = new Map([
  ['in', { title: 'In', category: 'input', ports: { out: output('json') } }],
  ['out', { title: 'Out', category: 'output', ports: { in: input('json') } }],
]);
const plan = planFlow(
  {
    id: 'flight',
    components: [
      { id: 'vehicle', type: 'in' },
      { id: 'log', type: 'out' },
    ],
  },
  types,
);
const reasons = () => ['invalid', 'buffer_full', 'no_receiver'];
const begin = () => {
  const counters = new Counters(plan, reasons);
  const recent = new Recent();
  recent.begin(plan, counters);
  const isPlanned = (_: string, reason: string) => reason === 'no_receiver';
  return { counters, recent, note: (now: number) => recent.note(plan, counters, { now, isPlanned }) };
};
const nothing = { errors: 0, dropped: 0, lost: new Map(), met: 0 };

describe('how counters grew of late', () => {
  it('is known for the last minute, and forgotten after it', () => {
    const { counters, recent, note } = begin();
    counters.addIn(1, 10);
    counters.addError(1, 4);
    counters.addDropped(1, 'invalid', 4);
    expect(note(1000)).toEqual([{ component: 1, reason: 'invalid', count: 4 }]);
    expect(note(2000)).toEqual([]);
    const grown = { errors: 4, dropped: 4, lost: new Map([['invalid', 4]]), met: 10 };
    expect(recent.of('log', 2000, minuteMs)).toEqual(grown);
    expect(recent.of('log', 60_000, minuteMs)).toEqual(grown);
    expect(recent.of('log', 67_000, minuteMs)).toEqual(nothing);
    expect(recent.of('log', 67_000, 5 * minuteMs)).toEqual(grown);
    expect(recent.of('nobody', 2000, minuteMs)).toEqual(nothing);
  });

  it('adds what was given up before it came in, and leaves out what was chosen', () => {
    const { counters, recent, note } = begin();
    counters.addIn(1, 10);
    counters.addDropped(1, 'buffer_full', 90);
    counters.addDropped(1, 'no_receiver', 5);
    counters.addDropped(0, 'invalid', 3);
    expect(note(1000)).toEqual([
      { component: 0, reason: 'invalid', count: 3 },
      { component: 1, reason: 'buffer_full', count: 90 },
    ]);
    expect(recent.of('log', 1000, minuteMs)).toEqual({
      errors: 0,
      dropped: 95,
      lost: new Map([['buffer_full', 90]]),
      met: 100,
    });
    expect(recent.of('vehicle', 1000, minuteMs)).toMatchObject({ dropped: 3, met: 3 });
  });

  it('goes on over a restart of the flow, and counts nothing twice', () => {
    const { counters, recent, note } = begin();
    counters.addError(1, 4);
    note(1000);
    const after = new Counters(plan, reasons);
    after.continueFrom(counters.totals());
    recent.begin(plan, after);
    after.addError(1, 2);
    recent.note(plan, after, { now: 2000, isPlanned: () => false });
    expect(recent.of('log', 2000, minuteMs).errors).toBe(6);
  });

  it('keeps no more than five minutes', () => {
    const { counters, recent, note } = begin();
    for (let now = 0; now < 3_600_000; now += 1000) {
      counters.addIn(1, 1);
      note(now);
    }
    expect(recent.of('log', 3_600_000, Infinity).met).toBeLessThanOrEqual(310);
  });
});
