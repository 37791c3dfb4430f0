import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockLog } from './block-log.ts';
import { GuaranteedConnection, type GuaranteedConnectionOptions, type Kept } from './guaranteed-connection.ts';
import { handInMemory } from './hand-on.ts';
import { type Batch, Message } from './message.ts';

let starts = 0;

/** One run of a guaranteed connection over a log that outlives it, in a world that only remembers: for tests. */
export const connectionTrial = (log: BlockLog, more: Partial<GuaranteedConnectionOptions> = {}) => {
  const giveUp = new AbortController();
  const stop = new AbortController();
  const told: string[] = [];
  const gone: Record<string, number> = {};
  let kept: Kept = { messages: 0, bytes: 0, oldestAt: 0 };
  let gotElsewhere = 0;
  const idPrefix = `trial.0.${(starts += 1)}`;
  const connection = new GuaranteedConnection({
    log,
    limits: { maxBytes: Infinity, maxAgeMs: 1e9, whenFull: 'block' },
    name: 'trial',
    idPrefix,
    now: Date.now,
    monotonic: () => performance.now(),
    random: () => 0,
    wait: async (_, signal) => sleep(0, undefined, { signal }),
    giveUp: giveUp.signal,
    changed: (now) => (kept = now),
    gone: (reason, messages) => (gone[reason] = (gone[reason] ?? 0) + messages),
    gotElsewhere: (messages) => (gotElsewhere += messages),
    hasSeveralWays: false,
    isFollowed: true,
    from: 'a',
    damaged: (sentence) => void told.push(sentence),
    tooLarge: () => void told.push('too large'),
    lost: (messages) => void told.push(`${messages} lost`),
    unkeepable: (_, sentence) => void told.push(sentence),
    hand: handInMemory(),
    putAside: (_, stops) => void told.push(`put aside after ${stops} stops`),
    stuck: (end, sentence) => void told.push(`${end}: ${sentence ?? 'goes on'}`),
    ...more,
  });
  let delivered: Promise<void> = Promise.resolve();
  return {
    run: idPrefix,
    connection,
    followers: connection.followers,
    told,
    gone,
    kept: () => kept,
    gotElsewhere: () => gotElsewhere,
    deliver: (deliver: (batch: Batch) => void | Promise<void>, atOnce?: number) =>
      (delivered = connection.deliver(deliver, stop.signal, { atOnce })),
    /** Ends in order. */
    stop: async () => {
      stop.abort();
      await delivered.catch(() => undefined);
      await connection.close();
    },
    /** Ends as a kill would, but for what runs on. */
    kill: () => {
      stop.abort();
      giveUp.abort();
    },
  };
};

export const numbered = (from: number, to: number): Batch =>
  Array.from({ length: to - from }, (_, n) => new Message(from + n, 1_700_000_000_000, 'trial.a.1', from + n));
