import { describe, expect, it, vi } from 'vitest';
import { encodeBlock } from './block.ts';
import { BlockReader, type ReaderStart } from './block-reader.ts';
import { MemoryLog } from './memory-log.ts';
import { Message } from './message.ts';

const now = 1_700_000_000_000;
const maxAgeMs = 100_000;

/** A block of so many messages, the last of which is the number `total` of all; its number is that in a log without a loss. */
const block = (total: number, { count = 1, sequence = total, time = now, text = 'x' } = {}) => {
  const messages = Array.from({ length: count }, (_, at) => {
    const n = total - count + at + 1;
    return new Message({ n, text }, time, 'test.a.1', n);
  });
  const encoded = encodeBlock(messages, { total: total - count, done: 0, run: 'r1' });
  return { sequence, messages, count, total, run: 'r1', bytes: encoded.length, encoded, positions: [], progress: [] };
};
const keep = async (log: MemoryLog, each: ReturnType<typeof block>) => log.append(each.encoded, `${Math.random()}`);

/** A log of so many blocks of one message each, and a reader that begins with the first of them. */
const begin = async (
  blocks: number,
  {
    start = {},
    windowBytes,
    make = (total: number) => block(total),
  }: {
    start?: Partial<ReaderStart>;
    windowBytes?: number;
    make?: (total: number) => ReturnType<typeof block>;
  } = {},
) => {
  const log = new MemoryLog();
  for (let total = 1; total <= blocks; total += 1) await keep(log, make(total));
  const gone: [string, number][] = [];
  const damaged: string[] = [];
  const stop = new AbortController();
  const reader = new BlockReader(
    {
      log,
      maxAgeMs,
      now: () => now,
      ...(windowBytes !== undefined && { windowBytes }),
      gone: (reason, messages) => gone.push([reason, messages]),
      damaged: (sentence) => void damaged.push(sentence),
    },
    { position: 1, last: blocks, stored: blocks, passed: 0, goneAhead: 0, ...start },
  );
  const read = vi.spyOn(log, 'read');
  const numbers = async (count: number): Promise<number[]> => {
    const got: number[] = [];
    for (let n = 0; n < count; n += 1) {
      const next = await reader.next(stop.signal);
      got.push(...next!.messages.map(({ payload }) => (payload as { n: number }).n));
    }
    return got;
  };
  /** Keeps a block as the writer does, and offers it. */
  const write = async (each: ReturnType<typeof block>) => {
    const sequence = await keep(log, each);
    reader.offer({ ...each, sequence });
  };
  /** Reads on until nothing is there. */
  const rest = async (): Promise<number[]> => {
    const got: number[] = [];
    const end = new AbortController();
    setTimeout(() => {
      end.abort();
      reader.nudge();
    }, 50);
    for (let next = await reader.next(end.signal); next; next = await reader.next(end.signal))
      got.push(...next.messages.map(({ payload }) => (payload as { n: number }).n));
    return got;
  };
  const asked = () => read.mock.calls.map(([sequence]) => sequence);
  return { log, reader, gone, damaged, numbers, rest, write, asked };
};

describe('a reader of blocks', () => {
  it('hands on from memory what was written just now', async () => {
    const { numbers, write, asked, reader } = await begin(0);
    const waiting = numbers(1);
    await write(block(1));
    await write(block(2));
    expect([await waiting, await numbers(1)]).toEqual([[1], [2]]);
    expect([asked(), reader.passed]).toEqual([[], 2]);
  });

  it('keeps in memory no more than it may, but for what is next', async () => {
    const size = Math.max(...[1, 2, 3, 4, 5, 6].map((total) => block(total).bytes));
    const { numbers, write, asked } = await begin(0, { windowBytes: 2 * size });
    for (const n of [1, 2, 3, 4]) await write(block(n));
    expect([await numbers(4), asked()]).toEqual([
      [1, 2, 3, 4],
      [3, 4],
    ]);
    for (const n of [5, 6]) await write(block(n));
    expect([await numbers(2), asked()]).toEqual([
      [5, 6],
      [3, 4],
    ]);
    const tight = await begin(0, { windowBytes: 0 });
    for (const n of [1, 2]) await tight.write(block(n));
    expect([await tight.numbers(2), tight.asked()]).toEqual([[1, 2], [2]]);
  });

  it('asks for several blocks at once where they are small, and for what is in memory not at all', async () => {
    const { numbers, write, asked } = await begin(20);
    await write(block(21));
    expect([await numbers(1), asked()]).toEqual([[1], Array.from({ length: 16 }, (_, at) => at + 1)]);
    expect([await numbers(2), asked().slice(16)]).toEqual([
      [2, 3],
      [17, 18],
    ]);
    expect([await numbers(18), asked().slice(18)]).toEqual([Array.from({ length: 18 }, (_, at) => at + 4), [19, 20]]);
  });

  it('asks for one block at a time where they are large', async () => {
    const text = 'x'.repeat(600_000);
    const { numbers, asked } = await begin(20, { make: (total) => block(total, total < 18 ? { text } : {}) });
    await numbers(1);
    await numbers(15);
    expect(asked().length).toBe(16);
    await numbers(1);
    expect(asked().length).toBe(17);
    await numbers(1);
    expect(asked().length).toBe(18);
    await numbers(1);
    expect(asked().length).toBe(20);
  });

  it('ends when it is told to', async () => {
    const { reader } = await begin(0);
    const stop = new AbortController();
    const end = reader.next(stop.signal);
    stop.abort();
    reader.nudge();
    expect(await end).toBeUndefined();
  });

  it('rejects where the log cannot be read, and reads it again then', async () => {
    const { log, numbers, reader } = await begin(2);
    vi.mocked(log.read).mockRejectedValueOnce(new Error('away'));
    await expect(reader.next(new AbortController().signal)).rejects.toThrow('away');
    expect(await numbers(2)).toEqual([1, 2]);
  });
});

describe('a reader of blocks counts', () => {
  it('what somebody took out of the middle, as removed', async () => {
    const { log, numbers, gone, reader } = await begin(6, {
      make: (total) => block(total * 2, { count: 2 }),
      start: { stored: 12 },
    });
    log.remove(2);
    log.remove(3);
    expect(await numbers(2)).toEqual([1, 2, 7, 8]);
    expect([gone, reader.passed]).toEqual([[['removed', 4]], 8]);
  });

  it('what somebody took out at the end, as soon as nothing is left to come', async () => {
    const { log, rest, gone, reader } = await begin(3);
    log.remove(2);
    log.remove(3);
    expect([await rest(), gone, reader.passed]).toEqual([[1], [['removed', 2]], 3]);
  });

  it('what was changed on the disk, as damaged, and hands the block over', async () => {
    const { log, rest, gone, damaged } = await begin(4);
    for (const sequence of [2, 4]) (await log.read(sequence))!.fill(0x20);
    expect(await rest()).toEqual([1, 3]);
    expect(gone).toEqual([
      ['damaged', 1],
      ['damaged', 1],
    ]);
    expect(damaged).toEqual(Array(2).fill('a block of its buffer is damaged: it does not begin like a block'));
  });

  it('what the log holds and does not give, as damaged', async () => {
    const { log, rest, gone } = await begin(3);
    vi.mocked(log.read).mockImplementation(async (sequence) =>
      sequence === 2 ? undefined : MemoryLog.prototype.read.call(log, sequence),
    );
    expect([await rest(), gone]).toEqual([[1, 3], [['damaged', 1]]]);
  });

  it('nothing where the second attempt can read what the first could not', async () => {
    const { log, rest, gone } = await begin(3);
    let tries = 0;
    vi.mocked(log.read).mockImplementation(async (sequence) =>
      sequence === 2 && (tries += 1) === 1 ? undefined : MemoryLog.prototype.read.call(log, sequence),
    );
    expect([await rest(), gone]).toEqual([[1, 2, 3], []]);
  });

  it.each([
    ['removed', now, 0],
    ['buffer_full', now, 2],
    ['removed', now, 1],
    ['removed', now - 0.9 * maxAgeMs, 0],
    ['expired', now - 0.9 * maxAgeMs - 1, 0],
  ])('what the log no longer begins with, as %s', async (reason, time, forgotten) => {
    const { log, reader, rest, gone } = await begin(4, { make: (total) => block(total, { time }) });
    await log.trim(2);
    const state = await log.state();
    vi.spyOn(log, 'state').mockResolvedValue({ ...state, forgotten });
    await reader.notice();
    expect([gone, reader.passed, reader.oldestAt]).toEqual([[[reason, 2]], 2, time]);
    expect(await rest()).toEqual([3, 4]);
    expect(gone.length).toBe(1);
  });

  it('what was in hand and not finished when it had to go for want of room', async () => {
    const start = { position: 3, forgotten: 2, passed: 0 };
    const { rest, gone } = await begin(4, { start });
    expect([await rest(), gone]).toEqual([[3, 4], [['buffer_full', 2]]]);
    const other = await begin(4, { start: { ...start, forgotten: 1 } });
    expect([await other.rest(), other.gone]).toEqual([[3, 4], [['removed', 2]]]);
  });

  it('what is gone of a log of which all is in memory, and hands the rest on from there', async () => {
    const { log, reader, rest, write, gone } = await begin(0);
    for (const n of [1, 2, 3]) await write(block(n));
    await log.trim(1);
    await reader.notice();
    expect([gone, reader.oldestAt]).toEqual([[['removed', 1]], now]);
    expect(await rest()).toEqual([2, 3]);
    await write(block(4));
    await log.trim(4);
    await reader.notice();
    expect([gone.slice(1), await rest(), reader.passed]).toEqual([[['removed', 1]], [], 4]);
  });

  it('what was cut off at the end at once, and what is left is handed on', async () => {
    const { log, reader, numbers, rest, write, gone } = await begin(5);
    expect(await numbers(1)).toEqual([1]);
    log.cut(3);
    await reader.notice();
    expect([gone, reader.passed]).toEqual([[['damaged', 2]], 3]);
    await reader.notice();
    expect(gone.length).toBe(1);
    expect(await rest()).toEqual([2, 3]);
    await write(block(6));
    expect([await rest(), gone, reader.passed]).toEqual([[6], [['damaged', 2]], 6]);
  });

  it('what was cut off where it stands already behind the cut', async () => {
    const { log, reader, numbers, rest, write, gone } = await begin(5);
    await numbers(3);
    log.cut(2);
    await reader.notice();
    expect([gone, reader.passed]).toEqual([[['damaged', 2]], 5]);
    await write(block(6));
    expect([await rest(), gone.length]).toEqual([[6], 1]);
  });

  it('nothing of what was cut off and is in memory', async () => {
    const { log, reader, rest, write, gone } = await begin(0);
    for (const n of [1, 2, 3]) await write(block(n));
    log.cut(1);
    await reader.notice();
    expect([await rest(), gone, reader.passed]).toEqual([[1, 2, 3], [], 3]);
  });

  it('what a log has lost that was begun anew, for one who lags', async () => {
    const { log, reader, numbers, rest, gone } = await begin(3);
    await numbers(1);
    await log.trim(3);
    const fresh = block(4, { sequence: 1 });
    vi.mocked(log.read).mockImplementation(async (sequence) => (sequence === 1 ? fresh.encoded : undefined));
    reader.offer(fresh);
    expect([await rest(), gone, reader.passed]).toEqual([[4], [['damaged', 2]], 4]);
  });

  it('what a log has lost in part, and hands on what is kept under the old numbers', async () => {
    const { rest, write, log, gone, reader } = await begin(0);
    for (const n of [1, 2, 3]) await write(block(n));
    log.cut(1);
    await write(block(4, { sequence: 2 }));
    await write(block(5, { sequence: 3 }));
    expect([await rest(), gone, reader.passed]).toEqual([[1, 4, 5], [['damaged', 2]], 5]);
  });

  it('what is gone before something that is still in memory', async () => {
    const { numbers, rest, write, log, gone } = await begin(0, { windowBytes: block(1).bytes + 10 });
    await write(block(1));
    await write(block(2));
    await write(block(3));
    expect(await numbers(1)).toEqual([1]);
    await write(block(4));
    for (const sequence of [2, 3, 4]) log.remove(sequence);
    expect([await rest(), gone]).toEqual([[4], [['removed', 2]]]);
  });

  it('nothing where a log was begun anew behind one who had all', async () => {
    const { reader, numbers, rest, gone, asked } = await begin(3);
    await numbers(3);
    const before = asked().length;
    reader.offer(block(4, { sequence: 1 }));
    reader.offer(block(5, { sequence: 2 }));
    expect([await rest(), gone, asked().length]).toEqual([[4, 5], [], before]);
  });

  it('a block once that was kept twice, and one of an earlier time not at all', async () => {
    const { log, rest, gone, reader } = await begin(2, { start: { last: 5, stored: 4 } });
    await keep(log, block(2));
    await keep(log, block(3));
    await keep(log, block(4));
    expect([await rest(), gone, reader.passed]).toEqual([[1, 2, 3, 4], [], 4]);
  });

  it('waits for the writer to say what a block is that it does not know, for a while', async () => {
    const { log, rest, gone, asked } = await begin(1, { start: { last: 2, stored: 1 } });
    await keep(log, block(7, { sequence: 2 }));
    expect(await rest()).toEqual([1, 7]);
    expect(asked().filter((sequence) => sequence === 2).length).toBe(100);
    expect(gone).toEqual([['removed', 5]]);
  });
});
