import { describe, expect, it } from 'vitest';
import { connectionTrial, numbered } from './connection-trial.ts';
import { MemoryLog } from './memory-log.ts';
import type { Batch, Message } from './message.ts';
import { runAtOnce } from './run-at-once.ts';
import type { Handler } from './run-processor.ts';

/** Handles one message after the other, as a processor does, and hands on what comes out. */
const inOrder =
  (arrived: unknown[]) =>
  (handler: Handler) =>
  async (batch: Batch): Promise<void> => {
    for (const message of batch) {
      const made = (await handler(message)) as { out?: Message } | undefined;
      if (made?.out) arrived.push(made.out.payload);
    }
  };

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A component whose messages end when the test says so. */
const slow = (atOnce: number, size = 10) => {
  const arrived: unknown[] = [];
  const underWay = new Map<number, () => void>();
  let fulls = 0;
  const deliver = runAtOnce({
    handler: async (message) =>
      new Promise((resolve) => underWay.set(message.payload as number, () => resolve({ out: message }))),
    atOnce,
    full: () => (fulls += 1),
    run: inOrder(arrived),
  });
  const send = (from: number, to: number) =>
    deliver(numbered(from, to).map((message) => Object.assign(message, { size }))) as Promise<void>;
  const end = async (...numbers: number[]) => {
    for (const n of numbers) underWay.get(n)!();
    await turns();
  };
  return { send, end, arrived, begun: () => [...underWay.keys()], fulls: () => fulls };
};

describe('a processor with several messages under way', () => {
  it('begins as many as it may, and hands on in order whichever ends first', async () => {
    const { send, end, arrived, begun } = slow(3);
    const sent = send(0, 5);
    expect(begun()).toEqual([0, 1, 2]);
    await end(2, 1);
    expect([arrived, begun()]).toEqual([[], [0, 1, 2]]);
    await end(0);
    expect([arrived, begun()]).toEqual([
      [0, 1, 2],
      [0, 1, 2, 3, 4],
    ]);
    await end(4, 3);
    await sent;
    expect(arrived).toEqual([0, 1, 2, 3, 4]);
  });

  it('begins what comes in later batches, and finishes the batches in order', async () => {
    const { send, end, arrived, begun } = slow(10);
    const ends: string[] = [];
    void send(0, 2).then(() => ends.push('first'));
    void send(2, 4).then(() => ends.push('second'));
    expect(begun()).toEqual([0, 1, 2, 3]);
    await end(2, 3, 1);
    expect([ends, arrived]).toEqual([[], []]);
    await end(0);
    expect([ends, arrived]).toEqual([
      ['first', 'second'],
      [0, 1, 2, 3],
    ]);
  });

  it('says when no more can be begun, for their number and for their bytes', async () => {
    const byNumber = slow(2);
    void byNumber.send(0, 2);
    expect(byNumber.fulls()).toBe(0);
    void byNumber.send(2, 3);
    expect(byNumber.fulls()).toBe(1);
    const byBytes = slow(1000, 600_000);
    void byBytes.send(0, 3);
    expect([byBytes.begun(), byBytes.fulls()]).toEqual([[0, 1], 1]);
  });

  it('gives back what one throws as if it had been handled in its turn', async () => {
    const told: unknown[] = [];
    const deliver = runAtOnce({
      handler: (message) => {
        if (message.payload === 1) throw new Error('one');
        return Promise.reject(new Error('other'));
      },
      atOnce: 5,
      full: () => undefined,
      run: (handler) => async (batch) => {
        for (const message of batch)
          try {
            await handler(message);
          } catch (thrown) {
            told.push((thrown as Error).message);
          }
      },
    });
    await deliver(numbered(0, 3));
    expect(told).toEqual(['other', 'one', 'other']);
  });
});

it('holds messages of several blocks that stay on disk, down to the lowest that is not let go of', async () => {
  const log = new MemoryLog();
  const run = connectionTrial(log);
  for (let n = 0; n < 4; n += 1) await run.connection.append(numbered(n, n + 1));
  const { send, end, arrived, begun } = slow(10);
  const numberOf = (batch: Batch): number => batch[0]!.payload as number;
  const delivered = run.deliver(async (batch) => send(numberOf(batch), numberOf(batch) + 1), 10);
  await expect.poll(begun).toEqual([0, 1, 2, 3]);
  await end(1, 2);
  expect((await log.state()).first).toBe(1);
  await end(0);
  await expect.poll(async () => (await log.state()).first).toBe(4);
  expect(arrived).toEqual([0, 1, 2]);
  await end(3);
  await run.stop();
  await delivered;
});
