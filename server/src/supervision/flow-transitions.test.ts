import { Flow, type FlowStatus, type TypesById, type Version } from '@semstreams/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { input, output } from '../engine/component.ts';
import { Counters } from '../engine/counters.ts';
import { FatalFault } from '../engine/fault.ts';
import { neverDeployed } from './observed/flow-status.ts';
import { planFlow } from '../engine/plan.ts';
import type { FromLane, RunId, RunOrder } from '../lanes/agreed/lane-protocol.ts';
import type { Verdict } from '../lanes/judge-lane-end.ts';
import type { Lanes, RunListener } from '../lanes/lanes.ts';
import { SupervisedFlow } from './supervised-flow.ts';
import { UncleanEnds } from '../lanes/unclean-ends.ts';

const flow = Flow.parse({
  id: 'flight',
  name: 'Flight',
  components: [
    { id: 'vehicle', type: 'in' },
    { id: 'log', type: 'out', name: 'Log' },
  ],
});
const types: TypesById = new Map([
  ['in', { title: 'In', category: 'input', ports: { out: output('json') } }],
  ['out', { title: 'Out', category: 'output', ports: { in: input('json') } }],
]);

interface Started {
  readonly id: RunId;
  /** As the lane has them. */
  readonly counters: Counters;
  readonly listener: RunListener;
}

const startedBy = ({ run, totals }: RunOrder, listener: RunListener): Started => {
  const counters = new Counters(planFlow(flow, types), () => ['invalid']);
  counters.continueFrom(totals);
  return { id: run, counters, listener };
};

/** A flow in lanes that do what the test says, and nothing by themselves. */
const supervised = (desired: 'running' | 'stopped' = 'running', isReadable = true) => {
  let revision = 1;
  const runs: Started[] = [];
  const latest = () => runs.at(-1)!;
  const wishFor = (wanted: 'running' | 'stopped', version = 1) => ({
    deployment: { flow: 'flight', version, desired: wanted, changed_at: new Date().toISOString() },
    revision: revision++,
  });
  const supervisedFlow = new SupervisedFlow(wishFor(desired), {
    lanes: {
      start: (order: RunOrder, _: string, listener: RunListener) => void runs.push(startedBy(order, listener)),
      stop: () => undefined,
      release: () => undefined,
      endLaneOf: async () => undefined,
      countedAt: () => undefined,
    } as unknown as Lanes,
    types: () => types,
    dropReasons: () => ['invalid'],
    version: async (_, version) => {
      if (!isReadable) throw new FatalFault('version 1 of flow "flight" cannot be read');
      return { flow, version, deployed_at: '2026-01-01T00:00:00.000Z' } satisfies Version;
    },
    schemaOf: () => undefined,
    inKnownWords: (_flow, _component, sentence) => sentence,
    tidyBuffers: async () => undefined,
    countWaiting: async () => new Map(),
    countDeadLetters: async () => 0,
    dataDir: '/nowhere',
    unclean: new UncleanEnds('/dev/null'),
    mostUncleanEnds: Infinity,
    note: () => undefined,
    shutdownMs: 1000,
    log: () => undefined,
    warn: () => undefined,
    happened: () => undefined,
  });
  supervisedFlow.reconcile();
  const says = (message: FromLane) => latest().listener.onMessage(message as never);
  const run = () => latest().id;
  const ends = (verdict: Verdict) =>
    latest().listener.onLaneEnd({ cause: 'crashed', sentence: 'it crashed: oh', run: run(), component: 1 }, verdict);
  const steps = {
    runs: () => says({ kind: 'running', run: run() }),
    waits: () => says({ kind: 'report', run: run(), component: 'log', state: 'waiting', sentence: 'nobody is there' }),
    'goes on': () => says({ kind: 'report', run: run(), component: 'log', state: 'running', sentence: '' }),
    fails: () => says({ kind: 'failed', run: run(), component: 'log', sentence: 'the file is gone' }),
    'has stopped': () => says({ kind: 'stopped', run: run(), problem: undefined }),
    'its lane ends by it': () => ends('culprit'),
    'its lane ends by another': () => ends('innocent'),
    'its lane ends by nobody knows whom': () => ends({ company: 'company-1' }),
    stop: () => supervisedFlow.want(wishFor('stopped')),
    start: () => supervisedFlow.want(wishFor('running')),
    deploy: () => supervisedFlow.want(wishFor('running', 2)),
    'a minute passes': () => vi.advanceTimersByTime(61_000),
    'its version is gone': () => (isReadable = false),
    'its version is back': () => (isReadable = true),
  } as const;
  return {
    status: () => supervisedFlow.status(),
    counts() {
      const { id, counters, listener } = latest();
      counters.addIn(0, 1);
      listener.onMessage({ kind: 'counted', run: id, values: counters.snapshot() });
    },
    runs,
    async take(step: Step) {
      if (runs.length === 0 && saidByLanes.has(step)) return;
      steps[step]();
      await vi.advanceTimersByTimeAsync(0);
    },
  };
};
const every = [
  'runs',
  'waits',
  'goes on',
  'fails',
  'has stopped',
  'its lane ends by it',
  'its lane ends by another',
  'its lane ends by nobody knows whom',
  'stop',
  'start',
  'deploy',
  'a minute passes',
  'its version is gone',
  'its version is back',
] as const;
type Step = (typeof every)[number];
const saidByLanes: ReadonlySet<Step> = new Set(every.slice(0, 8));

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-01T12:00:00Z') }));
afterEach(() => void vi.useRealTimers());

const shown = ({ observed, sentence }: FlowStatus): string =>
  `${observed}: ${sentence.replace(/tried again in \d+ s/, 'tried again')}`;
const runs = 'running: Running; “vehicle”: nothing has come yet';
const failed = 'failed: Not running: “Log”: the file is gone; tried again';

describe('what a flow is said to do', () => {
  it.each<[string, readonly Step[], string]>([
    ['it is started', [], 'starting: Starting'],
    ['it runs', ['runs'], runs],
    [
      'a component waits',
      ['runs', 'waits'],
      'degraded: Running, no messages at present, but “Log” waits: nobody is there',
    ],
    ['a component waits from the start', ['waits'], 'starting: Starting'],
    ['it goes on', ['runs', 'waits', 'goes on'], runs],
    ['it fails', ['runs', 'fails'], failed],
    ['it fails in the start', ['fails'], failed],
    ['it fails, and only then has been opened', ['fails', 'runs'], failed],
    ['it fails, and a component speaks on', ['runs', 'fails', 'waits', 'goes on'], failed],
    ['it fails, and its rest has stopped', ['runs', 'fails', 'has stopped'], failed],
    [
      'it is tried again',
      ['runs', 'fails', 'has stopped', 'a minute passes'],
      'starting: Starting again after: “Log”: the file is gone; tried again',
    ],
    ['it runs again', ['runs', 'fails', 'has stopped', 'a minute passes', 'runs'], runs],
    ['it fails and is stopped', ['runs', 'fails', 'has stopped', 'stop'], 'stopped: Stopped'],
    ['it is to stop', ['runs', 'stop'], 'stopping: Stopping: what came in is handed on'],
    ['it fails while it stops', ['runs', 'stop', 'fails'], 'stopping: Stopping: what came in is handed on'],
    ['a component speaks while it stops', ['runs', 'stop', 'waits'], 'stopping: Stopping: what came in is handed on'],
    ['it has stopped', ['runs', 'stop', 'has stopped'], 'stopped: Stopped'],
    ['it is stopped in the start', ['stop'], 'stopping: Stopping: what came in is handed on'],
    ['it is opened while it stops', ['stop', 'runs'], 'stopping: Stopping: what came in is handed on'],
    ['it is opened while it stops, and has stopped', ['stop', 'runs', 'has stopped'], 'stopped: Stopped'],
    ['it does not end', ['runs', 'stop', 'a minute passes'], 'stopped: Stopped, but it did not end within 1 s'],
    ['it is started while it stops', ['runs', 'stop', 'start'], 'stopping: Stopping: what came in is handed on'],
    ['it is started while it stops, and has stopped', ['runs', 'stop', 'start', 'has stopped'], 'starting: Starting'],
    ['it is deployed anew', ['runs', 'deploy'], 'stopping: Stopping: what came in is handed on'],
    ['it is deployed anew, and has stopped', ['runs', 'deploy', 'has stopped'], 'starting: Starting'],
    ['it is deployed anew, and runs', ['runs', 'deploy', 'has stopped', 'runs'], runs],
    ['its lane ends by another one', ['runs', 'waits', 'its lane ends by another'], 'starting: Starting'],
    ['its lane ends by it', ['runs', 'its lane ends by it'], 'failed: Not running: “Log”: it crashed: oh; tried again'],
    [
      'its lane ends by nobody knows whom',
      ['runs', 'its lane ends by nobody knows whom'],
      'starting: Starting again after: it crashed: oh',
    ],
    ['its lane ends while it stops', ['runs', 'stop', 'its lane ends by it'], 'stopped: Stopped'],
    [
      'its version cannot be read any more',
      ['runs', 'stop', 'has stopped', 'its version is gone', 'start'],
      'failed: Not running: version 1 of flow "flight" cannot be read; tried again',
    ],
    [
      'its version can be read again',
      ['runs', 'stop', 'has stopped', 'its version is gone', 'start', 'its version is back', 'a minute passes', 'runs'],
      runs,
    ],
  ])('when %s', async (_, steps, expected) => {
    const { take, status } = supervised();
    await vi.advanceTimersByTimeAsync(0);
    for (const step of steps) await take(step);
    expect(shown(status())).toBe(expected);
  });

  it('when its version could never be read, until it can', async () => {
    const { take, status } = supervised('running', false);
    await vi.advanceTimersByTimeAsync(0);
    expect(shown(status())).toBe('failed: Not running: version 1 of flow "flight" cannot be read; tried again');
    await take('its version is back');
    await take('a minute passes');
    await take('runs');
    expect(shown(status())).toBe(runs);
  });

  it('when it was never deployed: nothing, since no time', () =>
    expect(neverDeployed('flight')).toEqual({
      flow: 'flight',
      desired: 'stopped',
      observed: 'stopped',
      version: 0,
      sentence: 'Not deployed yet',
      notices: [],
      dead_letters: 0,
      components: [],
      connections: [],
    }));
});

describe('whatever happens to a flow', () => {
  /** A small generator with a seed, so that a walk that fails can be taken again. */
  const chance = (seed: number) => () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed / 2 ** 32;
  };

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'its state fits the wish, and totals only grow (walk %i)',
    async (seed) => {
      const random = chance(seed);
      const { take, status, runs: started, counts } = supervised();
      await vi.advanceTimersByTimeAsync(0);
      let total = 0;
      const walk: Step[] = [];
      for (let n = 0; n < 60; n += 1) {
        if (started.length > 0) counts();
        total += started.length > 0 ? 1 : 0;
        const step = every[Math.floor(random() * every.length)]!;
        walk.push(step);
        await take(step);
        const now = status();
        const what = `${walk.join(', ')} → ${shown(now)}`;
        if (now.desired === 'running') expect(now.observed, what).not.toBe('stopped');
        expect(Date.parse(now.since!), what).toBeLessThanOrEqual(Date.now());
        expect(now.components[0]?.in_total ?? 0, what).toBe(total);
        const states = new Set(now.components.map(({ state }) => state));
        if (now.observed === 'stopped') expect([...states], what).toEqual(['stopped']);
        if (now.observed === 'running') expect([...states], what).toEqual(['running']);
        if (now.observed === 'failed') expect(states.has('running') || states.has('waiting'), what).toBe(false);
      }
    },
  );
});
