import type { TypesById, Version } from '@semstreams/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { input, output } from '../../engine/component.ts';
import { FlowRun } from './flow-run.ts';
import { linksOf } from './links.ts';
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
  const run = new FlowRun(version, types, () => ['invalid', 'buffer_full'], undefined);
  run.hear({ kind: 'running', run: run.id });
  return run;
};

it('has a link in each component that tells of far sides, and shows them while it is at work', () => {
  const run = start();
  const far = { name: 'b', speaks: 'link', is_there: true, sentence: 'up to date' };
  run.hear({ kind: 'report', run: run.id, component: 'log', state: 'running', sentence: '1 receiver' });
  run.hear({ kind: 'facts', run: run.id, facts: { log: { far_sides: [far] }, vehicle: { far_sides: 'two' } } });
  const link = { flow: 'flight', component: 'log', type: 'out', direction: 'to' };
  expect(linksOf(run)).toEqual([{ ...link, state: 'running', sentence: '1 receiver', far_sides: [far] }]);
  run.hear({ kind: 'stopped', run: run.id, problem: undefined });
  expect(linksOf(run)).toMatchObject([{ ...link, state: 'stopped', far_sides: [] }]);
});

it('needs attention while a component waits', () => {
  const run = start();
  run.hear({ kind: 'report', run: run.id, component: 'log', state: 'waiting', sentence: 'nobody is connected' });
  expect([run.observed, run.sentence]).toEqual(['degraded', '“Log” waits: nobody is connected']);
  run.hear({ kind: 'report', run: run.id, component: 'log', state: 'running', sentence: '1 receiver' });
  expect([run.observed, run.sentence]).toEqual(['running', '']);
});

it('needs attention while a component does not answer, and says for how long', () => {
  vi.useFakeTimers();
  const run = start();
  run.hear({ kind: 'silent', run: run.id, component: 'log', forMs: 32_000 });
  run.sample(performance.now());
  expect([run.observed, run.sentence]).toEqual(['degraded', '“Log” has not answered for 30 s']);
  vi.advanceTimersByTime(8000);
  run.sample(performance.now());
  expect(statusOf(run).components[1]).toMatchObject({ state: 'running', trouble: 'has not answered for 40 s' });
  vi.advanceTimersByTime(10 * 60_000);
  run.sample(performance.now());
  expect(run.sentence).toBe('“Log” has not answered for 10m0s');
  run.hear({ kind: 'silent', run: run.id, component: 'log', forMs: undefined });
  run.sample(performance.now());
  expect([run.observed, run.sentence]).toEqual(['running', '']);
  vi.useRealTimers();
});

it('takes what a component says of itself for better than its silence', () => {
  const run = start();
  run.hear({ kind: 'silent', run: run.id, component: 'log', forMs: 32_000 });
  run.hear({ kind: 'report', run: run.id, component: 'log', state: 'waiting', sentence: 'nobody is connected' });
  expect(run.sentence).toBe('“Log” waits: nobody is connected');
});

it('says which component does not open', () => {
  const run = new FlowRun(version, types, () => ['invalid'], undefined);
  run.hear({ kind: 'silent', run: run.id, component: 'log', forMs: 32_000 });
  expect(statusOf(run).sentence).toBe('Starting; “Log” has not opened for 30 s');
  run.hear({ kind: 'silent', run: run.id, component: 'log', forMs: undefined });
  run.hear({ kind: 'running', run: run.id });
  expect(run.observed).toBe('running');
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

it('looks at nothing while nothing happens, and at all that happened afterwards', () => {
  const run = start();
  run.sample(1000);
  const looks = (['component', 'connection', 'copy'] as const).map((name) => vi.spyOn(run.counters, name));
  for (let now = 1500; now < 60_000; now += 500) run.sample(now);
  expect(looks.map((look) => look.mock.calls.length)).toEqual([0, 0, 0]);
  run.counters.addIn(1, 50);
  run.counters.addDropped(1, 'invalid', 50);
  expect(run.sample(60_000)).toEqual([{ component: 1, reason: 'invalid', count: 50 }]);
  expect(run.observed).toBe('degraded');
});

it('keeps why the last message was given up, whatever else the component tells', () => {
  const run = start();
  run.hear({ kind: 'invalid', run: run.id, component: 'log', sentence: 'no JSON', count: 1 });
  run.hear({ kind: 'facts', run: run.id, facts: { log: { written: 5 } } });
  expect(statusOf(run).components[1]!.facts).toEqual({ written: 5, last_invalid: 'no JSON' });
});

describe('a flow whose messages are lost', () => {
  /** One second after the other, in each of which `given` of so many are lost at the output. */
  const pass = (run: FlowRun, seconds: number, given: { lost?: number; of?: number; reason?: string } = {}) => {
    const { lost = 0, of = 0, reason = 'invalid' } = given;
    for (let n = 0; n < seconds; n += 1) {
      run.counters.addIn(1, of);
      run.counters.addDropped(1, reason, lost);
      vi.advanceTimersByTime(1000);
      run.sample(performance.now());
    }
    return run.observed;
  };
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each<[string, Parameters<typeof pass>[2], string]>([
    ['all of many', { lost: 5000, of: 5000 }, 'all messages of the last minute failed: no JSON'],
    ['all but a few', { lost: 98, of: 100 }, 'nearly all messages of the last minute failed: no JSON'],
    ['most', { lost: 97, of: 100 }, '95 % of the messages of the last minute failed: no JSON'],
    ['half', { lost: 50, of: 100 }, 'half of the messages of the last minute failed: no JSON'],
    ['a fifth', { lost: 20, of: 100 }, '20 % of the messages of the last minute failed: no JSON'],
    [
      'what its buffer gave up',
      { lost: 900, of: 100, reason: 'buffer_full' },
      '90 % of the messages of the last minute were dropped: the buffer before it was full, and the oldest messages went',
    ],
  ])('needs attention: %s', (_, given, sentence) => {
    const run = start();
    run.hear({ kind: 'invalid', run: run.id, component: 'log', sentence: 'no JSON', count: 1 });
    pass(run, 20, given);
    expect([run.observed, run.sentence]).toEqual(['degraded', `“Log”: ${sentence}`]);
    expect(statusOf(run).components[1]).toMatchObject({ state: 'running', trouble: sentence });
  });

  it.each([
    ['one among many', { lost: 1, of: 1000 }],
    ['a few in a hundred', { lost: 4, of: 100 }],
  ])('does not for %s', (_, given) => expect(pass(start(), 90, given)).toBe('running'));

  it('does not for a single one among some', () => {
    const run = start();
    pass(run, 5, { of: 1 });
    expect(pass(run, 1, { lost: 1, of: 1 })).toBe('running');
  });

  it('needs it for few messages, each of which fails, and for as long as they do', () => {
    const run = start();
    const observed = new Set<string>();
    for (let n = 0; n < 10; n += 1) {
      observed.add(pass(run, 1, { lost: 1, of: 1 }));
      observed.add(pass(run, 119));
    }
    expect([...observed]).toEqual(['degraded']);
    expect(run.sentence).toMatch(/all messages of the last five minutes failed/);
    expect(pass(run, 310)).toBe('running');
  });

  it('is well again by itself a minute after it was over, or as soon as enough goes well', () => {
    const run = start();
    expect(pass(run, 30, { lost: 50, of: 100 })).toBe('degraded');
    expect(pass(run, 50)).toBe('degraded');
    expect(pass(run, 20)).toBe('running');
    expect(pass(run, 1, { lost: 50, of: 100 })).toBe('degraded');
    expect(pass(run, 1, { of: 2000 })).toBe('running');
  });

  it('does not go to and fro at the border', () => {
    const run = start();
    const changes: string[] = [];
    for (let n = 0; n < 300; n += 1) {
      const observed = pass(run, 1, { lost: n % 20 < 10 ? 11 : 8, of: 100 });
      if (observed !== changes.at(-1)) changes.push(observed);
    }
    expect(changes).toEqual(['degraded']);
  });

  it('tells what is wrong with each component, the loss first', () => {
    const run = start();
    run.hear({ kind: 'report', run: run.id, component: 'log', state: 'waiting', sentence: 'nobody is connected' });
    pass(run, 10, { lost: 90, of: 10, reason: 'buffer_full' });
    expect(run.sentence).toMatch(/^“Log”: 90 % of the messages .* went; “Log” waits: nobody is connected$/);
  });

  it('has its errors of the last minute counted by the server, over a restart of the flow', () => {
    const run = start();
    run.counters.addError(1, 5);
    pass(run, 1, { lost: 5, of: 5 });
    const next = new FlowRun(version, types, () => ['invalid', 'buffer_full'], run);
    expect(statusOf(next).components[1]).toMatchObject({ errors_per_minute: 5, dropped_per_minute: 5 });
    pass(next, 70);
    expect(statusOf(next).components[1]).toMatchObject({ errors_per_minute: 0, errors_total: 5 });
  });
});

describe('messages that nobody takes', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-01T12:00:00Z') }));
  afterEach(() => void vi.useRealTimers());
  const pass = (run: FlowRun, seconds: number) => {
    for (let n = 0; n < seconds; n += 1) {
      vi.advanceTimersByTime(1000);
      run.sample(performance.now());
    }
    return run.observed;
  };

  it('need attention when the oldest is five minutes old', () => {
    const run = start();
    run.counters.addMoved(0, 7);
    run.counters.setWaiting(0, 7, 100, Date.now());
    expect(pass(run, 290)).toBe('running');
    expect(pass(run, 20)).toBe('degraded');
    expect(run.sentence).toBe('“Log”: 7 messages wait, the oldest for 5m0s, and nobody takes them');
    run.counters.setWaiting(0, 3, 50, Date.now() - 600_000);
    expect(pass(run, 1)).toBe('running');
  });

  it('need it also where others come all the time, told a moment before they are seen to wait', () => {
    const run = start();
    const since = Date.now();
    for (let n = 1; n <= 320; n += 1) {
      run.counters.addMoved(0, 5);
      run.counters.setWaiting(0, 5 * n - (n % 3), 100, since);
      pass(run, 1);
    }
    expect(run.observed).toBe('degraded');
    expect(run.sentence).toMatch(/messages wait, the oldest for 5m0s, and nobody takes them$/);
  });

  it('need it within a minute after a restart of the server, which does not make them younger', () => {
    const run = start();
    run.counters.setWaiting(0, 7, 100, Date.now() - 3_600_000);
    expect(pass(run, 30)).toBe('running');
    expect(pass(run, 40)).toBe('degraded');
  });

  it('are as old as they are, however long nothing waited before', () => {
    const run = start();
    pass(run, 600);
    run.counters.setWaiting(0, 1, 100, 0);
    expect(pass(run, 50)).toBe('running');
  });

  it('need none while they are taken one by one', () => {
    const run = start();
    for (let waiting = 600; waiting > 0; waiting -= 1) {
      run.counters.setWaiting(0, waiting, 100, Date.now() - 3_600_000);
      expect(pass(run, 1)).toBe('running');
    }
  });
});
