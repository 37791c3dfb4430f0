import { Flow, type TypesById, type Version } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { input, output } from '../engine/component.ts';
import type { RunId } from '../lanes/agreed/lane-protocol.ts';
import type { Lanes, RunListener } from '../lanes/lanes.ts';
import { UncleanEnds } from '../lanes/unclean-ends.ts';
import { SupervisedFlow } from '../supervision/supervised-flow.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import { HealthReport } from './health.ts';

const types: TypesById = new Map([
  ['in', { title: 'In', category: 'input', ports: { out: output('json') } }],
  ['out', { title: 'Out', category: 'output', ports: { in: input('json', { delivery: 'guaranteed' }) } }],
]);
const many = 1000;

/** So many flows that run, of which the first ones wait for something. */
const supervisorOf = async (troubled: number): Promise<Supervisor> => {
  const listeners: [RunId, RunListener][] = [];
  const flows = Array.from({ length: many }, (_, index) => {
    const id = `flow-${index}`;
    const components = ['a', 'b', 'c', 'd'].map((name, at) => ({ id: name, type: at === 0 ? 'in' : 'out' }));
    const connections = ['b', 'c', 'd'].map((to) => ({ from: 'a', to }));
    const flow = Flow.parse({ id, name: id, components, connections });
    const supervised = new SupervisedFlow(
      {
        deployment: { flow: id, version: 1, desired: 'running', changed_at: '2026-01-01T00:00:00.000Z' },
        revision: 1,
      },
      {
        lanes: {
          start: ({ run }: { run: RunId }, _: string, listener: RunListener) => void listeners.push([run, listener]),
          countedAt: () => undefined,
        } as unknown as Lanes,
        types: () => types,
        dropReasons: () => ['invalid', 'overflow'],
        version: async (_flow: string, version: number): Promise<Version> => ({
          flow,
          version,
          deployed_at: '2026-01-01T00:00:00.000Z',
        }),
        schemaOf: () => undefined,
        inKnownWords: (_flow: string, _component: string | undefined, sentence: string) => sentence,
        tidyBuffers: async () => undefined,
        countWaiting: async () => new Map(),
        countDeadLetters: async () => 0,
        log: () => undefined,
        warn: () => undefined,
        happened: () => undefined,
        dataDir: '/nowhere',
        unclean: new UncleanEnds('/dev/null'),
        mostUncleanEnds: Infinity,
        note: () => undefined,
        shutdownMs: 1000,
      },
    );
    supervised.reconcile();
    return supervised;
  });
  while (listeners.length < many) await new Promise((resolve) => setTimeout(resolve, 1));
  listeners.forEach(([run, listener], index) => {
    listener.onMessage({ kind: 'running', run });
    if (index < troubled)
      listener.onMessage({ kind: 'report', run, component: 'b', state: 'waiting', sentence: 'nobody is there' });
  });
  return {
    knowsAll: true,
    states: () => flows.map((flow) => flow.state()),
    status: (id: string) => flows[Number(id.slice(5))]!.status(),
    overview: () => flows.map((flow) => flow.overview()),
  } as unknown as Supervisor;
};
const reportOf = (supervisor: Supervisor): HealthReport => {
  const given: readonly unknown[] = [
    { hasBeenConnected: true, state: 'connected' },
    supervisor,
    { all: () => [] },
    {},
    { level: 'ok' },
  ];
  return new HealthReport(...(given as ConstructorParameters<typeof HealthReport>));
};
const quickest = (what: () => unknown): number =>
  Math.min(
    ...Array.from({ length: 20 }, () => {
      const began = performance.now();
      what();
      return performance.now() - began;
    }),
  );

const anybody = { who: 'anybody', role: 'viewer', scopes: [] } as const;

it('of a thousand flows is told at once, however many need attention', async () => {
  const supervisor = await supervisorOf(many / 2);
  const report = reportOf(supervisor);
  const { status, sentences, components } = report.health(anybody);
  expect([status, components['flows'], sentences.length]).toEqual(['degraded', 'degraded', 20]);
  expect(sentences[0]).toBe('flow-0: Running, no messages at present, but “b” waits: nobody is there');
  expect(quickest(() => report.health(anybody))).toBeLessThan(10);
  expect(quickest(() => supervisor.overview())).toBeLessThan(50);
});

it('is healthy where each flow does what it should', async () => {
  expect(reportOf(await supervisorOf(0)).health(anybody)).toMatchObject({ status: 'healthy', sentences: [] });
});

it('in sentences, it is told of the flows that somebody may look at, and to nobody who has not logged in', async () => {
  const report = reportOf(await supervisorOf(many / 2));
  const { sentences } = report.health({ ...anybody, scopes: [['flow-1']] });
  expect(sentences).toEqual([expect.stringMatching(/^flow-1: /)]);
  expect(report.health()).toMatchObject({ status: 'degraded', sentences: [] });
});
