import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BlockLog } from './block-log.ts';
import type { Deliver } from './deliver.ts';
import { GuaranteedConnection } from './guaranteed-connection.ts';
import { emptyHand, type Hand } from './hand-on.ts';
import { MemoryLog } from './memory-log.ts';
import { Message } from './message.ts';
import { type Life, mortal } from './mortal-log.ts';

let starts = 0;

/** Two guaranteed connections with a step between them, whose logs outlive it. */
const twoInARow = () => {
  const [first, second] = [new MemoryLog(), new MemoryLog()];
  let hand: Hand = emptyHand;
  const connect = (name: string, log: BlockLog, dead: AbortSignal, notes: { read(): Hand; note(hand: Hand): void }) =>
    new GuaranteedConnection({
      log,
      limits: { maxBytes: Infinity, maxAgeMs: 1e9, whenFull: 'block' },
      name,
      idPrefix: `test.${(starts += 1)}`,
      now: Date.now,
      monotonic: () => performance.now(),
      random: () => 0,
      wait: async (_, signal) => sleep(0, undefined, { signal }),
      giveUp: dead,
      changed: () => undefined,
      gone: () => undefined,
      gotElsewhere: () => undefined,
      hasSeveralWays: false,
      isFollowed: true,
      from: 'a',
      damaged: () => undefined,
      tooLarge: () => undefined,
      lost: () => undefined,
      unkeepable: () => undefined,
      hand: notes,
      putAside: () => undefined,
      stuck: () => undefined,
    });
  const begin = (calls: number) => {
    const life: Life = { calls, dead: new AbortController() };
    const { signal } = life.dead;
    const notes = { read: () => hand, note: (next: Hand) => void (life.calls > 0 && (hand = next)) };
    return {
      life,
      before: connect('before', mortal(first, life), signal, notes),
      behind: connect('behind', mortal(second, life), signal, { read: () => emptyHand, note: () => undefined }),
    };
  };
  return { begin };
};

const messages = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => new Message(from + n, 1, 'test.a.1', from + n));

/** Leaves every third number out, and makes two of every fifth. */
const resultsOf = (n: number): number[] => (n % 3 === 0 ? [] : n % 5 === 0 ? [n, -n] : [n]);

it('what is killed at any moment between two guaranteed connections comes out once, and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
      async (deaths, sizes) => {
        const { begin } = twoInARow();
        const filled = begin(Infinity);
        let count = 0;
        for (const size of sizes) {
          await filled.before.append(messages(count, size));
          count += size;
        }
        for (const calls of deaths) {
          const { life, before, behind } = begin(calls);
          before.deliver(through(behind), life.dead.signal).catch(() => undefined);
          await Promise.race([
            new Promise((resolve) => life.dead.signal.addEventListener('abort', resolve)),
            sleep(20),
          ]);
          life.calls = 0;
          life.dead.abort();
        }
        const { life, before, behind } = begin(Infinity);
        const got: unknown[] = [];
        const expected = messages(0, count).flatMap(({ payload }) => resultsOf(payload as number));
        const take: Deliver = (batch) => void got.push(...batch.map(({ payload }) => payload));
        behind.deliver(take, life.dead.signal).catch(() => undefined);
        before.deliver(through(behind), life.dead.signal).catch(() => undefined);
        for (let turn = 0; turn < 200 && got.length < expected.length; turn += 1) await sleep(1);
        await sleep(3);
        life.dead.abort();
        expect(got).toEqual(expected);
      },
    ),
    { numRuns: 40 },
  );
});

const through =
  (behind: GuaranteedConnection): Deliver =>
  async (batch, origin) =>
    behind.append(
      batch.flatMap((message) => resultsOf(message.payload as number).map((n) => message.with(n))),
      origin,
    );
