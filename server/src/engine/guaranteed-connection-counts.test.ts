import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { headOf } from './block.ts';
import type { BlockLog } from './block-log.ts';
import { connectionTrial, numbered } from './connection-trial.ts';
import { MemoryLog } from './memory-log.ts';
import { Message } from './message.ts';
import { originOf } from './origins.ts';

const at = (time: number, payload: unknown = time) => [new Message(payload, time, 'trial.a.1', time)];
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const end = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${String(holds)}`);
    await sleep(1);
  }
};
const bytesOf = async (log: BlockLog): Promise<number> => (await log.state()).bytes;

/** A connection whose blocks end one by one, when the test says so. */
const held = (log: BlockLog, atOnce: number) => {
  const trial = connectionTrial(log);
  const ends: (() => void)[] = [];
  void trial.deliver(async () => new Promise<void>((end) => void ends.push(end)), atOnce);
  return { ...trial, ends };
};

describe('what waits in a guaranteed connection', () => {
  it('is told with its bytes and the time of the oldest, block by block', async () => {
    const log = new MemoryLog();
    const { connection, kept, ends, stop } = held(log, 2);
    for (const time of [1000, 2000, 3000]) await connection.append(at(time));
    await until(() => ends.length === 2);
    const [, second = 0, third = 0] = await Promise.all([1, 2, 3].map(async (n) => (await log.read(n))?.length));
    expect(kept()).toEqual({ messages: 3, bytes: await bytesOf(log), oldestAt: 1000 });
    ends[0]!();
    await until(() => ends.length === 3);
    expect(kept()).toEqual({ messages: 2, bytes: second + third, oldestAt: 2000 });
    ends[1]!();
    await until(() => kept().messages === 1);
    expect(kept()).toEqual({ messages: 1, bytes: third, oldestAt: 3000 });
    ends[2]!();
    await until(() => kept().messages === 0);
    expect(kept()).toEqual({ messages: 0, bytes: 0, oldestAt: 0 });
    await stop();
  });

  it('is told after a start', async () => {
    const log = new MemoryLog();
    const first = connectionTrial(log);
    await first.connection.append(at(1000));
    await first.connection.append(at(2000));
    await first.stop();
    const second = connectionTrial(log);
    await until(() => second.kept().messages === 2);
    expect(second.kept()).toEqual({ messages: 2, bytes: await bytesOf(log), oldestAt: 1000 });
    await second.stop();
  });

  it('is bounded in bytes while it is in hand, however many blocks may be', async () => {
    const { connection, ends, stop } = held(new MemoryLog(), 64);
    const large = 'x'.repeat(900_000);
    for (let n = 1; n <= 8; n += 1) await connection.append(at(n, large));
    await until(() => ends.length === 5);
    await sleep(5);
    expect(ends.length).toBe(5);
    ends.forEach((end) => end());
    await until(() => ends.length === 8);
    ends.forEach((end) => end());
    await stop();
  });

  it('comes at once again behind the block that is under suspicion', async () => {
    const log = new MemoryLog();
    const before = connectionTrial(log);
    for (let n = 1; n <= 4; n += 1) await before.connection.append(at(n));
    await before.stop();
    const hand = { read: () => ({ sequence: 2, index: -1, stops: 1 }), note: () => undefined };
    const trial = connectionTrial(log, { hand });
    const ends: (() => void)[] = [];
    void trial.deliver(async () => new Promise<void>((end) => void ends.push(end)), 8);
    for (const inHand of [1, 2]) {
      await until(() => ends.length === inHand);
      await sleep(5);
      expect(ends.length).toBe(inHand);
      ends[inHand - 1]!();
    }
    await until(() => ends.length === 4);
    ends.forEach((end) => end());
    await trial.stop();
  });
});

describe('what a guaranteed connection notes', () => {
  it('is what was kept and passed on, and nothing beside it', async () => {
    const log = new MemoryLog();
    const trial = connectionTrial(log);
    void trial.deliver(() => undefined);
    await trial.connection.append(numbered(0, 3));
    await trial.connection.append([]);
    await until(() => trial.kept().messages === 0);
    await trial.stop();
    expect(await log.mark()).toStrictEqual({ last: 1, done: 1, stored: 3, passed: 3 });
  });

  it('says how far each source has come, and each origin', async () => {
    const log = new MemoryLog();
    const { connection, stop } = connectionTrial(log);
    const position = { source: 'far', sequence: 7 };
    await connection.append(numbered(0, 1).map((message) => message.at(position)));
    await connection.append(numbered(0, 1).map((message) => message.at(position)));
    const batch = numbered(1, 2);
    await connection.append(batch, originOf('a', 's1', 4, batch));
    await connection.append(batch, originOf('a', 's1', 4, batch));
    await stop();
    expect(await log.mark()).toStrictEqual({
      last: 3,
      done: 0,
      stored: 3,
      passed: 0,
      positions: [position],
      progress: [['a', 's1', 4, 1]],
    });
    const again = connectionTrial(log);
    await again.connection.append(numbered(0, 1).map((message) => message.at(position)));
    expect(again.kept().messages).toBe(3);
    await again.stop();
  });

  it('says nothing of sources whose messages come on several ways, and keeps what comes on each', async () => {
    const log = new MemoryLog();
    for (const _ of [1, 2]) {
      const { connection, stop } = connectionTrial(log, { hasSeveralWays: true });
      await connection.append(numbered(0, 1).map((message) => message.at({ source: 'far', sequence: 7 })));
      await stop();
    }
    expect(await log.mark()).toStrictEqual({ last: 2, done: 0, stored: 2, passed: 0 });
  });

  it('is there soon, without an end', async () => {
    const log = new MemoryLog();
    const { connection, stop } = connectionTrial(log);
    await connection.append(numbered(0, 2));
    await until(async () => (await log.mark())?.stored === 2);
    expect(await log.mark()).toEqual({ last: 1, done: 0, stored: 2, passed: 0 });
    await stop();
  });

  it('is written once for what has not changed', async () => {
    const log = new MemoryLog();
    const note = vi.spyOn(log, 'note');
    const { connection, stop } = connectionTrial(log);
    await connection.append(numbered(0, 2));
    await until(async () => (await log.mark())?.stored === 2);
    const { length } = note.mock.calls;
    await stop();
    expect(note.mock.calls.length).toBe(length);
  });

  it('stands in each block, too: up to where all was passed on', async () => {
    const log = new MemoryLog();
    const trial = connectionTrial(log);
    void trial.deliver(() => undefined);
    await trial.connection.append(numbered(0, 1));
    await until(() => trial.kept().messages === 0);
    await trial.connection.append(numbered(1, 2));
    expect(headOf((await log.read(2))!)).toMatchObject({ done: 1, total: 2, count: 1 });
    await trial.stop();
  });
});

describe('those who follow a guaranteed connection', () => {
  it('are noted with how far they are, and with those who have no name', async () => {
    const log = new MemoryLog();
    const { connection, followers, stop } = connectionTrial(log);
    await connection.append(numbered(0, 2));
    followers.serveNameless(true);
    await until(async () => (await log.mark())?.stored === 2);
    expect((await log.mark())?.followers).toBeUndefined();
    await followers.follow('a', 'missed');
    const nobody = { passed: 0, missed: 0, awayMs: 0, done: 0 };
    expect((await log.mark())?.followers).toEqual([
      { ...nobody, name: 'a' },
      { ...nobody, name: '' },
    ]);
    await stop();
    const again = connectionTrial(log);
    await again.connection.append(numbered(2, 3));
    expect([again.followers.isNamelessServed(), again.followers.list().map(({ name }) => name)]).toEqual([true, ['a']]);
    again.followers.serveNameless(false);
    await until(async () => (await log.mark())?.followers?.length === 1);
    expect(again.followers.isNamelessServed()).toBe(false);
    await again.stop();
  });

  it('keep waiting what the port has already, with its bytes and as old as it is', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const log = new MemoryLog();
    const trial = connectionTrial(log);
    await trial.followers.follow('a', 'missed');
    trial.followers.serveNameless(true);
    let got = 0;
    void trial.deliver(() => void (got += 1));
    await trial.connection.append(at(1000));
    await trial.connection.append(at(2000));
    await until(() => got === 2);
    vi.advanceTimersByTime(2000);
    await until(() => trial.kept().oldestAt === 1000);
    expect(trial.kept()).toEqual({ messages: 2, bytes: await bytesOf(log), oldestAt: 1000 });
    expect(trial.followers.forget('a')).toBe(2);
    await until(() => trial.kept().messages === 0);
    expect(trial.kept()).toEqual({ messages: 0, bytes: 0, oldestAt: 0 });
    await trial.stop();
    vi.useRealTimers();
  });

  it('leave nothing to the port but what stood back for them and is wanted without a name', async () => {
    const trial = connectionTrial(new MemoryLog());
    const follower = await trial.followers.follow('a', 'missed');
    const got: unknown[] = [];
    void trial.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)), 4);
    for (const n of [0, 1, 2]) await trial.connection.append(numbered(n, n + 1));
    follower.finish((await follower.next(new AbortController().signal))!);
    await until(() => trial.gotElsewhere() === 1);
    expect(got).toEqual([]);
    trial.followers.serveNameless(true);
    await until(() => got.length === 2);
    await trial.connection.append(numbered(3, 4));
    await until(() => got.length === 3);
    expect([got, trial.gotElsewhere()]).toEqual([[1, 2, 3], 1]);
    await trial.stop();
  });
});

describe('what is lost while nobody looks', () => {
  const keptThree = async () => {
    const log = new MemoryLog();
    const { connection, stop } = connectionTrial(log);
    for (let n = 0; n < 3; n += 1) await connection.append(numbered(n, n + 1));
    await stop();
    return log;
  };

  it('is damaged where the newest blocks are cut off', async () => {
    const log = await keptThree();
    log.cut(1);
    const { gone, kept, stop } = connectionTrial(log);
    await until(() => kept().messages === 1);
    expect(gone).toEqual({ damaged: 2 });
    await stop();
  });

  it.each([
    ['removed', 0],
    ['removed', 2],
    ['buffer_full', 3],
  ])('is %s where the log is empty and has forgotten up to block %i for want of room', async (reason, forgotten) => {
    const log = await keptThree();
    await log.trim(3);
    const state = await log.state();
    vi.spyOn(log, 'open').mockResolvedValue({ ...state, forgotten });
    const { gone, stop } = connectionTrial(log);
    await until(() => Object.keys(gone).length === 1);
    expect(gone).toEqual({ [reason]: 3 });
    await stop();
  });

  it('is nothing where all is there', async () => {
    const { gone, kept, stop } = connectionTrial(await keptThree());
    await until(() => kept().messages === 3);
    expect(gone).toEqual({});
    await stop();
  });
});

describe('a log that does not answer', () => {
  it('is told of with its end, tried again, and told of when it does', async () => {
    const log = new MemoryLog();
    vi.spyOn(log, 'open').mockRejectedValueOnce(new Error('no route'));
    vi.spyOn(log, 'append').mockRejectedValueOnce(new Error('no disk'));
    const { connection, told, stop } = connectionTrial(log);
    await connection.append(numbered(0, 1));
    await stop();
    expect(told).toEqual([
      'from: its buffer cannot be read: no route',
      'from: goes on',
      'from: its buffer cannot be written: no disk',
      'from: goes on',
    ]);
    vi.spyOn(log, 'read').mockImplementation(async (sequence) => MemoryLog.prototype.read.call(log, sequence));
    const again = connectionTrial(log);
    await until(() => again.kept().messages === 1);
    vi.mocked(log.read).mockRejectedValueOnce(new Error('away'));
    const got: unknown[] = [];
    void again.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)));
    await until(() => got.length === 1);
    await again.stop();
    expect(again.told).toEqual(['to: its buffer cannot be read: away', 'to: goes on']);
  });

  it('gives up what was to be kept when the flow ends meanwhile, and counts it', async () => {
    const log = new MemoryLog();
    vi.spyOn(log, 'open').mockRejectedValue(new Error('no route'));
    const { connection, told, kill } = connectionTrial(log);
    const refused = [connection.append(numbered(0, 2)), connection.append(numbered(2, 5))];
    await until(() => told.length > 0);
    kill();
    const ends = await Promise.allSettled(refused);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(told.filter((each) => each.endsWith('lost'))).toEqual(['2 lost', '3 lost']);
  });
});

describe('what a guaranteed connection has delivered', () => {
  it('is forgotten together, also what was delivered while the log was forgetting', async () => {
    const log = new MemoryLog();
    const trim = vi.spyOn(log, 'trim');
    let goOn = () => undefined as void;
    trim.mockImplementationOnce(async (sequence) => {
      await new Promise<void>((resolve) => (goOn = resolve));
      await MemoryLog.prototype.trim.call(log, sequence);
    });
    const { connection, kept, ends, stop } = held(log, 3);
    for (let n = 0; n < 3; n += 1) await connection.append(numbered(n, n + 1));
    await until(() => ends.length === 3);
    ends[0]!();
    await until(() => trim.mock.calls.length === 1);
    ends[1]!();
    ends[2]!();
    await until(() => kept().messages === 0);
    goOn();
    await until(async () => (await log.state()).first === 4);
    expect(trim.mock.calls).toEqual([[1], [3]]);
    await stop();
    expect(trim.mock.calls).toEqual([[1], [3]]);
  });

  it('does not come again after a kill, though the log has not come to forget it', async () => {
    const log = new MemoryLog();
    const trim = vi.spyOn(log, 'trim').mockImplementation(async () => new Promise(() => undefined));
    const { connection, ends, kill } = held(log, 3);
    for (let n = 0; n < 3; n += 1) await connection.append(numbered(n, n + 1));
    await until(() => ends.length === 3);
    ends[0]!();
    await until(() => trim.mock.calls.length === 1);
    ends[1]!();
    await until(async () => (await log.mark())?.done === 2);
    kill();
    const again: unknown[] = [];
    const next = connectionTrial(log);
    void next.deliver((batch) => void again.push(...batch.map(({ payload }) => payload)));
    await until(() => next.kept().messages === 0 && again.length > 0);
    expect([again, next.gone]).toEqual([[2], {}]);
    next.kill();
  });

  it('is forgotten with the next block where the log could not', async () => {
    const log = new MemoryLog();
    const trim = vi.spyOn(log, 'trim').mockRejectedValueOnce(new Error('away'));
    const { connection, ends, stop } = held(log, 1);
    await connection.append(numbered(0, 1));
    await until(() => ends.length === 1);
    ends[0]!();
    await until(() => trim.mock.calls.length >= 1);
    await connection.append(numbered(1, 2));
    await until(() => ends.length === 2);
    ends[1]!();
    await until(async () => (await log.state()).first === 3);
    await stop();
  });

  it('is forgotten, too, in a log that was lost as a whole and counts anew', async () => {
    let log = new MemoryLog();
    const disk: BlockLog = {
      mostBytes: log.mostBytes,
      open: async (after) => log.open(after),
      state: async () => log.state(),
      append: async (bytes, id) => log.append(bytes, id),
      read: async (sequence) => log.read(sequence),
      next: async (sequence) => log.next(sequence),
      trim: async (sequence) => log.trim(sequence),
      mark: async () => log.mark(),
      note: async (mark) => log.note(mark),
    };
    const got: unknown[] = [];
    const trial = connectionTrial(disk);
    void trial.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)));
    await trial.connection.append(numbered(0, 1));
    await trial.connection.append(numbered(1, 2));
    await until(async () => (await log.state()).first === 3);
    log = new MemoryLog();
    await trial.connection.append(numbered(2, 3));
    await until(async () => (await log.state()).first === 2);
    expect(got).toEqual([0, 1, 2]);
    await trial.stop();
  });
});

describe('a connection that waits', () => {
  afterEach(() => void vi.useRealTimers());
  const begin = async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const log = new MemoryLog();
    const trial = connectionTrial(log);
    return { log, trial, state: vi.spyOn(log, 'state') };
  };

  it('notices every two seconds what its log has lost, and how old and large the rest is', async () => {
    const { log, trial } = await begin();
    for (const time of [1000, 2000, 3000]) await trial.connection.append(at(time));
    await log.trim(1);
    vi.advanceTimersByTime(2000);
    await until(() => trial.kept().messages === 2);
    expect(trial.kept()).toEqual({ messages: 2, bytes: await bytesOf(log), oldestAt: 2000 });
    expect(trial.gone).toEqual({ removed: 1 });
    await trial.stop();
  });

  it('asks its log one thing at a time, again after it did not answer, and not where nothing waits', async () => {
    const { log, trial, state } = await begin();
    await trial.connection.append(at(1000));
    state.mockClear();
    state.mockRejectedValueOnce(new Error('away'));
    vi.advanceTimersByTime(2000);
    await until(() => state.mock.calls.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    let answer = () => undefined as void;
    state.mockImplementationOnce(async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return MemoryLog.prototype.state.call(log);
    });
    vi.advanceTimersByTime(2000);
    vi.advanceTimersByTime(2000);
    expect(state.mock.calls.length).toBe(2);
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(2000);
    expect(state.mock.calls.length).toBe(3);
    void trial.deliver(() => undefined);
    await until(() => trial.kept().messages === 0);
    state.mockClear();
    vi.advanceTimersByTime(4000);
    expect(state.mock.calls.length).toBe(0);
    await trial.stop();
  });
});
