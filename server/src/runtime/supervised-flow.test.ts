import { Flow, type Version } from '@semstreams/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Lanes, RunListener } from './lanes.ts';
import type { RunId } from './lane-protocol.ts';
import { SupervisedFlow } from './supervised-flow.ts';

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
    lanes: {
      start: ({ id }: { id: RunId }, listener: RunListener) => {
        asked.push('start');
        listeners.set(id, listener);
      },
      stop: (run: RunId) => {
        asked.push('stop');
        listeners.get(run)!.onMessage({ kind: 'stopped', run, problem: undefined });
      },
      release: async () => undefined,
    } as unknown as Lanes,
  };
};
const supervise = (first: ReturnType<typeof wish>) => {
  const given = lanes();
  const supervised = new SupervisedFlow(first, {
    lanes: given.lanes,
    types: () => new Map(),
    dropReasons: () => [],
    version: async (_, version) => ({ flow, version, deployed_at: '2026-01-01T00:00:00.000Z' }) as unknown as Version,
    tidyBuffers: async () => undefined,
    countWaiting: async () => undefined,
    countDeadLetters: async () => 0,
    shutdownMs: 1000,
    log: () => undefined,
    warn: () => undefined,
  });
  supervised.reconcile();
  return { ...given, supervised };
};
/** Lets everything that waits for nothing but its turn happen. */
const settle = async () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a supervised flow', () => {
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
});
