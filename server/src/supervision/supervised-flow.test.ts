import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Flow, type Version } from '@semstreams/contract';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Verdict } from '../lanes/judge-lane-end.ts';
import type { Lanes, RunListener } from '../lanes/lanes.ts';
import type { RunId } from '../lanes/agreed/lane-protocol.ts';
import { SupervisedFlow } from './supervised-flow.ts';
import { UncleanEnds } from '../lanes/unclean-ends.ts';

const flow = Flow.parse({ id: 'a', name: 'A', components: [] });
const wish = (revision: number, desired: 'running' | 'stopped', { version = 1, at = '12:00' } = {}) => ({
  deployment: { flow: 'a', version, desired, changed_at: `2026-01-01T${at}:00.000Z` },
  revision,
});

/** Lanes in which flows start and stop when the test says so. */
const lanes = () => {
  const listeners = new Map<RunId, RunListener>();
  const asked: string[] = [];
  const latest = () => [...listeners].at(-1)!;
  return {
    asked,
    starts: () => latest()[1].onMessage({ kind: 'running', run: latest()[0] }),
    fails: () => latest()[1].onMessage({ kind: 'failed', run: latest()[0], component: undefined, sentence: 'no' }),
    endsLane: (verdict: Verdict = 'culprit') =>
      latest()[1].onLaneEnd({ cause: 'crashed', sentence: 'it was ended by SIGSEGV', run: 1, component: 0 }, verdict),
    lanes: {
      start: ({ run }: { run: RunId }, name: string, listener: RunListener) => {
        asked.push(name === 'shared' ? 'start' : `start in ${name}`);
        listeners.set(run, listener);
      },
      stop: (run: RunId) => {
        asked.push('stop');
        listeners.get(run)!.onMessage({ kind: 'stopped', run, problem: undefined });
      },
      release: () => undefined,
      countedAt: () => undefined,
    } as unknown as Lanes,
  };
};
const folder = mkdtempSync(join(tmpdir(), 'semstreams-supervised-'));
afterAll(() => rmSync(folder, { recursive: true }));
let folders = 0;

const supervise = (first: ReturnType<typeof wish>, dataDir = join(folder, String((folders += 1)))) => {
  const given = lanes();
  const happened: string[] = [];
  const supervised = new SupervisedFlow(first, {
    lanes: given.lanes,
    types: () => new Map(),
    dropReasons: () => [],
    version: async (_, version) => ({ flow, version, deployed_at: '2026-01-01T00:00:00.000Z' }) as unknown as Version,
    schemaOf: () => undefined,
    inKnownWords: (_flow, _component, sentence) => sentence,
    tidyBuffers: async () => undefined,
    countWaiting: async () => new Map(),
    countDeadLetters: async () => 0,
    dataDir,
    unclean: new UncleanEnds(dataDir),
    mostUncleanEnds: 3,
    note: () => undefined,
    shutdownMs: 1000,
    log: () => undefined,
    warn: () => undefined,
    happened: ({ kind }) => happened.push(kind),
  });
  supervised.reconcile();
  return { ...given, supervised, happened };
};
/** Lets everything that waits for nothing but its turn happen. */
const settle = async () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a supervised flow', () => {
  it.each<Verdict>(['culprit', 'innocent', { company: 'half-1' }])(
    'is stopped where its lane ends while it stops, whoever ended it: %j',
    async (verdict) => {
      const { supervised, lanes, starts, endsLane, asked } = supervise(wish(1, 'running'));
      await settle();
      starts();
      Object.assign(lanes, { stop: () => asked.push('stop') });
      supervised.want(wish(2, 'stopped'));
      await settle();
      expect(supervised.status().observed).toBe('stopping');
      endsLane(verdict);
      await settle();
      expect(supervised.status()).toMatchObject({ observed: 'stopped', sentence: 'Stopped' });
      await vi.advanceTimersByTimeAsync(60_000);
      expect([supervised.status().observed, asked]).toEqual(['stopped', ['start', 'stop']]);
    },
  );

  it('has settled when it does what was wished, and not before', async () => {
    const { supervised, starts } = supervise(wish(1, 'running'));
    await settle();
    expect(supervised.hasSettled({ revision: 1 })).toBe(false);
    starts();
    expect(supervised.hasSettled({ revision: 1 })).toBe(true);
    expect(supervised.hasSettled({ revision: 2 })).toBe(false);
  });

  it('waits for a wish that was written after the clock was set back', async () => {
    const { supervised, starts, asked } = supervise(wish(7, 'running', { at: '12:00' }));
    await settle();
    starts();
    const later = wish(8, 'stopped', { at: '10:00' });
    expect(supervised.hasSettled(later)).toBe(false);
    supervised.want(later);
    expect(supervised.hasSettled(later)).toBe(false);
    await settle();
    expect(supervised.hasSettled(later)).toBe(true);
    expect(asked).toEqual(['start', 'stop']);
  });

  it('does not take an earlier failure for the answer to a new wish', async () => {
    const { supervised, starts, fails } = supervise(wish(1, 'running'));
    await settle();
    fails();
    await settle();
    expect(supervised.hasSettled({ revision: 1 })).toBe(true);
    supervised.want(wish(2, 'running'));
    expect(supervised.hasSettled({ revision: 2 })).toBe(false);
    await settle();
    expect(supervised.hasSettled({ revision: 2 })).toBe(false);
    starts();
    expect(supervised.hasSettled({ revision: 2 })).toBe(true);
  });

  it('comes back later each time that it fails, and at once when it is wished again', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { supervised, fails, asked } = supervise(wish(1, 'running'));
    await settle();
    const sentences: string[] = [];
    for (const waitMs of [800, 1600]) {
      fails();
      await settle();
      sentences.push(supervised.status().sentence);
      const before = asked.length;
      await vi.advanceTimersByTimeAsync(waitMs - 1);
      expect(asked.length).toBe(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(asked.slice(before)).toEqual(['start']);
    }
    expect(sentences.map((sentence) => /tried again in .*/.exec(sentence)?.[0])).toEqual([
      'tried again in 1 s',
      'tried again in 2 s',
    ]);
    fails();
    await settle();
    supervised.want(wish(2, 'running'));
    await settle();
    expect(asked.at(-1)).toBe('start');
    vi.restoreAllMocks();
  });

  it('fails since it failed first, until it has run for a minute; what ends a run that failed is no stop', async () => {
    const { supervised, starts, fails, happened } = supervise(wish(1, 'running'));
    const failsSince = async (): Promise<string | undefined> => {
      await settle();
      starts();
      fails();
      await settle();
      return supervised.status().since;
    };
    const first = await failsSince();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await failsSince()).toBe(first);
    expect(happened).toEqual(['runs', 'failed', 'runs', 'failed']);
    await vi.advanceTimersByTimeAsync(20_000);
    starts();
    await vi.advanceTimersByTimeAsync(60_000);
    fails();
    await settle();
    expect(Date.parse(supervised.status().since!) - Date.parse(first!)).toBeGreaterThan(60_000);
  });

  it('comes back alone when it brought its lane down, and stays stopped when it does so again and again', async () => {
    const { supervised, endsLane, asked } = supervise(wish(1, 'running'));
    await settle();
    for (const _ of [1, 2]) {
      endsLane();
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(asked).toEqual(['start', 'start in own-a', 'start in own-a']);
    endsLane();
    await vi.advanceTimersByTimeAsync(200_000);
    expect(asked).toHaveLength(3);
    const { observed, sentence } = supervised.status();
    expect(observed).toBe('failed');
    expect(sentence).toContain('broken down 3 times in a row, the last time because it was ended by SIGSEGV');
    expect(sentence).toContain('stays stopped until it is started or deployed again');
  });

  it('still stays stopped after the server has started again, and starts when a person wants it to', async () => {
    const dataDir = join(folder, 'again');
    const before = supervise(wish(1, 'running'), dataDir);
    for (const _ of [1, 2, 3]) {
      await vi.advanceTimersByTimeAsync(10_000);
      before.endsLane();
    }
    const { supervised, asked } = supervise(wish(1, 'running'), dataDir);
    await settle();
    expect([asked, supervised.status().observed]).toEqual([[], 'failed']);
    expect(supervised.hasSettled({ revision: 1 })).toBe(true);
    supervised.want(wish(2, 'running'));
    await settle();
    expect(asked).toEqual(['start']);
  });

  it('is alone after the server has started again, too, until a person wants something else', async () => {
    const dataDir = join(folder, 'alone');
    const before = supervise(wish(1, 'running'), dataDir);
    await settle();
    before.endsLane();
    const { supervised, starts, asked } = supervise(wish(1, 'running'), dataDir);
    await settle();
    starts();
    supervised.want(wish(2, 'running', { version: 2 }));
    await settle();
    expect(asked).toEqual(['start in own-a', 'stop', 'start']);
  });

  it('is forgiven when it has run for a minute', async () => {
    const { endsLane, starts, asked } = supervise(wish(1, 'running'));
    for (let round = 0; round < 5; round += 1) {
      await vi.advanceTimersByTimeAsync(10_000);
      starts();
      await vi.advanceTimersByTimeAsync(61_000);
      endsLane();
    }
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveLength(6);
  });

  it('comes back at once where another flow ended the lane, and in smaller company where nobody knows', async () => {
    const { endsLane, asked } = supervise(wish(1, 'running'));
    await settle();
    endsLane('innocent');
    await settle();
    endsLane({ company: 'company-7' });
    await settle();
    expect(asked).toEqual(['start', 'start', 'start in company-7']);
  });
});
