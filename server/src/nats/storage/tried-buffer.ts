import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { GuaranteedConnection, type Kept } from '../../engine/guaranteed-connection.ts';
import { emptyHand } from '../../engine/hand-on.ts';
import { Message } from '../../engine/message.ts';
import { MarkFile } from './mark-file.ts';
import { endlessRoom } from './room-share.ts';
import { StreamLog } from './stream-log.ts';
import type { BufferPlace } from './stream-names.ts';

const limits = { maxBytes: 64 * 1024 ** 2, maxAgeMs: 1e9, whenFull: 'drop_oldest' } as const;

/** One start of a guaranteed connection whose buffer is a stream, and what came of it: for tests. */
export const tryBuffer = (
  nats: NatsConnection,
  { dataDir, place, text = '' }: { readonly dataDir: string; readonly place: BufferPlace; readonly text?: string },
) => {
  const stop = new AbortController();
  const giveUp = new AbortController();
  const got: number[] = [];
  const gone: Record<string, number> = {};
  const told: string[] = [];
  let kept: Kept = { messages: 0, bytes: 0, oldestAt: 0 };
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const connection = new GuaranteedConnection({
    log: new StreamLog({
      nats,
      place,
      limits,
      replicas: 1,
      mark: new MarkFile(dataDir, place),
      room: endlessRoom,
      tell: (sentence) => void told.push(sentence),
    }),
    limits,
    name: 'test',
    idPrefix: `test.${Math.random()}`,
    now: Date.now,
    monotonic: () => performance.now(),
    random: () => 0,
    wait: async (_, signal) => sleep(5, undefined, { signal }),
    giveUp: giveUp.signal,
    changed: (now) => (kept = now),
    hasSeveralWays: false,
    isFollowed: true,
    from: 'a',
    gotElsewhere: () => undefined,
    gone: (reason, messages) => (gone[reason] = (gone[reason] ?? 0) + messages),
    damaged: (sentence) => void told.push(sentence),
    hand: { read: () => emptyHand, note: () => undefined },
    putAside: () => void told.push('put aside'),
    tooLarge: () => void told.push('too large'),
    lost: (messages) => void told.push(`${messages} lost`),
    unkeepable: (_, sentence) => void told.push(sentence),
    stuck: (end, sentence) => void told.push(`${end}: ${sentence ?? 'goes on'}`),
  });
  let delivered: Promise<void> = Promise.resolve();
  return {
    /** The numbers that were handed on, each time. */
    got,
    gone,
    told,
    kept: () => kept,
    /** Keeps these numbers, each in a block of its own. */
    append: async (from: number, to: number) => {
      for (let n = from; n <= to; n += 1)
        await connection.append([new Message({ n, text }, Date.now(), 'test.a.1', n)]);
    },
    /** Takes one block and holds it until `letGo`. */
    take: () => {
      delivered = connection.deliver(async (batch) => {
        got.push(...batch.map(({ payload }) => (payload as { n: number }).n));
        await held;
      }, stop.signal);
    },
    letGo: () => letGo(),
    stop: async () => {
      stop.abort();
      await delivered;
      await connection.close();
    },
  };
};
