import { describe, expect, it } from 'vitest';
import { encodeBlock } from './block.ts';
import { headOrNothing, lookInto, timeOf } from './look-into.ts';
import { MemoryLog } from './memory-log.ts';
import { Message } from './message.ts';

/** A log of blocks of two messages each, of which each says that so many were done; the time of the first is its number. */
const logOf = async (blocks: number, done = 0) => {
  const log = new MemoryLog();
  for (let n = 1; n <= blocks; n += 1) {
    const messages = [0, 1].map((at) => new Message(at, n, 'test.a.1', 2 * n + at));
    await log.append(encodeBlock(messages, { total: 2 * n - 2, done: Math.min(done, n) }), String(n));
  }
  return log;
};
const look = async (log: MemoryLog, mark?: Parameters<typeof lookInto>[2]) => {
  const { first, stored, passed, goneAhead, lost, oldestAt } = await lookInto(log, await log.state(), mark);
  return { first, stored, passed, goneAhead, lost, oldestAt };
};

describe('what is left to be delivered in a log', () => {
  it('is nothing in one that is new', async () =>
    expect(await look(new MemoryLog())).toEqual({
      first: 1,
      stored: 0,
      passed: 0,
      goneAhead: 0,
      lost: 0,
      oldestAt: 0,
    }));

  it('is all of it where nobody knows what was delivered', async () =>
    expect(await look(await logOf(3))).toEqual({ first: 1, stored: 6, passed: 0, goneAhead: 0, lost: 0, oldestAt: 1 }));

  it('is what the mark says, or the newest block where that knows more', async () => {
    const mark = { last: 5, done: 2, stored: 10, passed: 4 };
    const left = { first: 3, stored: 10, passed: 4, goneAhead: 0, lost: 0, oldestAt: 3 };
    expect(await look(await logOf(5), mark)).toEqual(left);
    expect(await look(await logOf(5, 3), mark)).toEqual({ ...left, first: 4, oldestAt: 4 });
    expect(await look(await logOf(5, 3))).toEqual({ ...left, first: 4, passed: 6, oldestAt: 4 });
    expect(await look(await logOf(5), { ...mark, passed: 3 })).toEqual({ ...left, passed: 3 });
  });

  it('is all that is there where the mark is of a longer log: its numbers say nothing of this one', async () =>
    expect(await look(await logOf(3), { last: 5, done: 2, stored: 10, passed: 4 })).toEqual({
      first: 1,
      stored: 10,
      passed: 0,
      goneAhead: 4,
      lost: 4,
      oldestAt: 1,
    }));

  it('is all where everything was delivered and the log does not know', async () => {
    const mark = { last: 3, done: 3, stored: 6, passed: 6 };
    expect(await look(await logOf(3), mark)).toMatchObject({ first: 1, stored: 6, lost: 0 });
  });

  it('is nothing where all is gone, and what was not passed on is lost', async () => {
    const log = await logOf(3);
    for (const sequence of [1, 2, 3]) log.remove(sequence);
    const left = { first: 4, stored: 6, passed: 6, goneAhead: 0, lost: 4, oldestAt: 0 };
    expect(await look(log, { last: 3, done: 1, stored: 6, passed: 2 })).toEqual(left);
    expect(await look(log)).toEqual({ ...left, stored: 0, passed: 0, lost: 0 });
  });

  it('is found however many of the newest and oldest blocks are gone or damaged', async () => {
    const log = await logOf(9);
    for (const sequence of [1, 7, 8, 9]) log.remove(sequence);
    for (const sequence of [2, 6]) (await log.read(sequence))!.fill(0x20);
    expect(await look(log)).toEqual({ first: 1, stored: 10, passed: 4, goneAhead: 0, lost: 0, oldestAt: 3 });
    expect(await look(log, { last: 9, done: 0, stored: 18, passed: 1 })).toEqual({
      first: 1,
      stored: 18,
      passed: 1,
      goneAhead: 8,
      lost: 8,
      oldestAt: 3,
    });
  });
});

describe('a search in a log of which much is damaged', () => {
  const state = { first: 1, last: 5000, bytes: 0, forgotten: 0, hasHoles: false };
  /** Reads that were asked for, of a log in which this one block alone can be read. */
  const search = async (good: number) => {
    const asked: number[] = [];
    const block = (await (await logOf(1)).read(1))!;
    const read = async (sequence: number) => {
      asked.push(sequence);
      return sequence === good ? block : Buffer.from('damaged');
    };
    const { stored } = await lookInto({ read, next: async (sequence) => sequence }, state, undefined);
    return { looks: asked.length, stored };
  };

  it('for the newest block ends after a thousand', async () => {
    expect(await search(0)).toEqual({ looks: 1000, stored: 0 });
    expect(await search(4000)).toEqual({ looks: 1000, stored: 0 });
  });

  it('for the oldest block ends after a thousand, too', async () => {
    expect(await search(4001)).toEqual({ looks: 2000, stored: 2 });
    expect(await search(5000)).toEqual({ looks: 1001, stored: 2 });
  });
});

it('what is no block has neither a head nor a time', async () => {
  const block = (await (await logOf(1)).read(1))!;
  expect([headOrNothing(block)?.count, timeOf(block)]).toEqual([2, 1]);
  expect([headOrNothing(Buffer.from('x')), timeOf(Buffer.from('x'))]).toEqual([undefined, undefined]);
});
