import type { TypesById, Version } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { input, output } from '../engine/component.ts';
import { FlowRun } from './flow-run.ts';
import { flowStatus } from './flow-status.ts';

const types: TypesById = new Map([
  ['in', { title: 'In', category: 'input', ports: { out: output('json') } }],
  ['out', { title: 'Out', category: 'output', ports: { in: input('json', { delivery: 'guaranteed' }) } }],
]);
const version: Version = {
  version: 1,
  deployed_at: new Date(0).toISOString(),
  flow: {
    id: 'flight',
    name: 'Flight',
    components: [
      { id: 'vehicle', type: 'in' },
      { id: 'log', type: 'out', name: 'Log' },
    ],
    connections: [{ from: 'vehicle', to: 'log', buffer: { max_bytes: '1000KB' } }],
  },
};
const statusOf = (run: FlowRun) =>
  flowStatus({ flow: 'flight', version: 1, desired: 'running', changed_at: '2026-01-01T00:00:00Z' }, run);
const start = (): FlowRun => {
  const run = new FlowRun(version, types, () => [], undefined);
  run.hear({ kind: 'running', run: run.id });
  return run;
};

it('needs attention while a component waits', () => {
  const run = start();
  run.hear({ kind: 'report', run: run.id, component: 'log', state: 'waiting', sentence: 'nobody is connected' });
  expect([run.observed, run.sentence]).toEqual(['degraded', '“Log” waits: nobody is connected']);
  run.hear({ kind: 'report', run: run.id, component: 'log', state: 'running', sentence: '1 receiver' });
  expect([run.observed, run.sentence]).toEqual(['running', '']);
});

it('is not nearly full because a component waited', () => {
  const run = start();
  run.hear({ kind: 'report', run: run.id, component: 'log', state: 'waiting', sentence: 'nobody is connected' });
  run.counters.setWaiting(0, 1, 850 * 1024, 1);
  run.hear({ kind: 'report', run: run.id, component: 'log', state: 'running', sentence: '1 receiver' });
  expect(run.observed).toBe('running');
});

it('needs attention from a buffer that is nearly full on, until there is room again', () => {
  const run = start();
  const observedWith = (kilobytes: number) => {
    run.counters.setWaiting(0, 1, kilobytes * 1024, 1);
    run.sample(kilobytes);
    return run.observed;
  };
  expect([850, 950, 850, 790, 850].map(observedWith)).toEqual([
    'running',
    'degraded',
    'degraded',
    'running',
    'running',
  ]);
  observedWith(950);
  expect(run.sentence).toBe('the buffer before “Log” is nearly full');
});

it('keeps why the last message was given up, whatever else the component tells', () => {
  const run = start();
  run.hear({ kind: 'invalid', run: run.id, component: 'log', sentence: 'no JSON', count: 1 });
  run.hear({ kind: 'facts', run: run.id, facts: { log: { written: 5 } } });
  expect(statusOf(run).components[1]!.facts).toEqual({ written: 5, last_invalid: 'no JSON' });
});
