import { describe, expect, it } from 'vitest';
import { connectionTrial, numbered } from './connection-trial.ts';
import { gather } from './gather.ts';
import { MemoryLog } from './memory-log.ts';
import { stillClock } from './still-clock.ts';

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Gathers at most ten messages, or a hundred milliseconds long, before an output that the test lets end. */
const gathering = (bytes = 1e9) => {
  const clock = stillClock();
  const stopping = new AbortController();
  const batches: number[][] = [];
  const ends: (() => void)[] = [];
  const { deliver, letGo } = gather(
    { messages: 10, bytes, waitMs: 100 },
    {
      deliver: async (batch) => {
        batches.push(batch.map(({ payload }) => payload as number));
        await new Promise<void>((resolve) => ends.push(resolve));
      },
      wait: clock.wait,
      signal: stopping.signal,
    },
  );
  const done: string[] = [];
  const send = (from: number, to: number): void =>
    void (deliver(numbered(from, to)) as Promise<void>).then(() => done.push(`${from} to ${to}`));
  const end = async (): Promise<void> => {
    for (const each of ends.splice(0)) each();
    await turns();
  };
  return { clock, batches, send, done, end, letGo, deliver, stop: () => stopping.abort() };
};

describe('what is gathered for an output', () => {
  it('goes when its time is over, and whoever handed it on waits until it is done', async () => {
    const { clock, batches, send, done, end } = gathering();
    send(0, 2);
    await clock.pass(60);
    send(2, 3);
    expect(batches).toEqual([]);
    await clock.pass(40);
    expect([batches, done]).toEqual([[[0, 1, 2]], []]);
    await end();
    expect(done).toEqual(['0 to 2', '2 to 3']);
  });

  it('goes when enough is there, in parts that are not too large, and the next one waits for a time of its own', async () => {
    const { clock, batches, send } = gathering();
    send(0, 4);
    await clock.pass(90);
    send(4, 27);
    expect(batches.map(({ length }) => length)).toEqual([10, 10, 7]);
    send(27, 28);
    await clock.pass(50);
    expect(batches).toHaveLength(3);
    await clock.pass(50);
    expect(batches[3]).toEqual([27]);
  });

  it('goes when enough bytes are there; one message may be larger', async () => {
    const { batches, send } = gathering(100);
    send(0, 1);
    send(1, 3);
    expect(batches).toEqual([[0], [1], [2]]);
  });

  it('waits for nothing more when the flow ends', async () => {
    const { batches, send, stop } = gathering();
    send(0, 2);
    stop();
    expect(batches).toEqual([[0, 1]]);
    send(2, 3);
    expect(batches).toEqual([[0, 1], [2]]);
  });

  it('is gathered of several blocks, which are forgotten when it is done', async () => {
    const log = new MemoryLog();
    const run = connectionTrial(log);
    const { batches, deliver, end, letGo, clock } = gathering();
    for (let n = 0; n < 12; n += 1) await run.connection.append(numbered(n, n + 1));
    const delivered = run.connection.deliver(deliver, new AbortController().signal, { atOnce: 64, full: letGo });
    await expect.poll(() => batches.length).toBe(1);
    expect((await log.state()).first).toBe(1);
    await end();
    await expect.poll(async () => (await log.state()).first).toBe(11);
    await clock.pass(100);
    expect(batches).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [10, 11],
    ]);
    run.kill();
    void delivered.catch(() => undefined);
  });
});
