import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { decodeBlock } from './block.ts';
import type { BlockLog } from './block-log.ts';
import { connectionTrial, numbered } from './connection-trial.ts';
import type { Follower } from './follower.ts';
import { MemoryLog } from './memory-log.ts';

const never = new AbortController().signal;

/** Reads until so many messages are there, and says of each block that it has it unless told otherwise. */
const read = async (follower: Follower, count: number, finishes = true): Promise<unknown[]> => {
  const got: unknown[] = [];
  while (got.length < count) {
    const block = (await follower.next(never))!;
    got.push(...decodeBlock(block.encoded).messages.map(({ payload }) => payload));
    if (finishes) follower.finish(block);
  }
  return got;
};
const numbers = (from: number, to: number): number[] => numbered(from, to).map(({ payload }) => payload as number);
const appendEach = async (trial: ReturnType<typeof connectionTrial>, from: number, to: number): Promise<void> => {
  for (let n = from; n < to; n += 1) await trial.connection.append(numbered(n, n + 1));
};
/** A run whose downstream end takes whatever it is handed. */
const begun = (log: BlockLog): ReturnType<typeof connectionTrial> => {
  const trial = connectionTrial(log);
  void trial.deliver(() => undefined, 16);
  return trial;
};
const firstIn = async (log: BlockLog): Promise<number> => (await log.state()).first;

describe('those who follow a connection', () => {
  it('get everything in order, each at its own pace, and the log holds what the last of them has not', async () => {
    const log = new MemoryLog();
    const trial = begun(log);
    const [quick, slow] = [await trial.followers.follow('b', 'missed'), await trial.followers.follow('c', 'missed')];
    await appendEach(trial, 0, 10);
    expect(await read(quick, 10)).toEqual(numbers(0, 10));
    expect(await read(slow, 4)).toEqual(numbers(0, 4));
    await expect.poll(() => firstIn(log)).toBe(5);
    await sleep(150);
    expect([await firstIn(log), trial.kept().messages]).toEqual([5, 6]);
    expect(await read(slow, 6)).toEqual(numbers(4, 10));
    await expect.poll(() => firstIn(log)).toBe(11);
    expect(trial.kept().messages).toBe(0);
    await trial.stop();
  });

  it('go on where they stopped, after a start too', async () => {
    const log = new MemoryLog();
    const first = connectionTrial(log);
    const follower = await first.followers.follow('b', 'missed');
    await appendEach(first, 0, 5);
    expect(await read(follower, 3)).toEqual(numbers(0, 3));
    await read(follower, 2, false);
    await first.stop();
    expect(await follower.next(never)).toBeUndefined();

    const second = connectionTrial(log);
    await appendEach(second, 5, 7);
    expect(second.followers.list()).toMatchObject([{ name: 'b', isThere: false, waiting: 4 }]);
    expect(await read(await second.followers.follow('b', 'missed'), 4)).toEqual(numbers(3, 7));
    await second.stop();
  });

  it('have a place that a kill leaves, from the moment on at which they know of it', async () => {
    const log = new MemoryLog();
    const first = connectionTrial(log);
    await first.followers.follow('b', 'missed');
    first.kill();
    const second = begun(log);
    const other = await second.followers.follow('c', 'missed');
    await appendEach(second, 0, 3);
    await read(other, 3);
    await sleep(150);
    expect(await read(await second.followers.follow('b', 'missed'), 3)).toEqual(numbers(0, 3));
    await second.stop();
  });

  it('do not wait for one another: who is away is waited for by the log alone', async () => {
    const log = new MemoryLog();
    const trial = connectionTrial(log);
    (await trial.followers.follow('away', 'missed')).leave();
    const present = await trial.followers.follow('b', 'missed');
    await appendEach(trial, 0, 50);
    expect(await read(present, 50)).toEqual(numbers(0, 50));
    expect(trial.followers.list()).toMatchObject([
      { name: 'away', isThere: false, waiting: 50 },
      { name: 'b', isThere: true, waiting: 0 },
    ]);
    expect(await read(await trial.followers.follow('away', 'missed'), 50)).toEqual(numbers(0, 50));
    await trial.stop();
  });

  it('begin with the oldest that is kept, with the newest so many, or with what comes', async () => {
    const trial = connectionTrial(new MemoryLog());
    await trial.connection.append(numbered(0, 4));
    for (let n = 1; n < 10; n += 1) await trial.connection.append(numbered(n * 4, n * 4 + 4));
    const since = async (name: string, last: number) => {
      const follower = await trial.followers.follow(name, { last });
      const block = await Promise.race([follower.next(never), sleep(50)]);
      return [follower.since, block && block.total - block.count];
    };
    expect(await since('all', 100)).toEqual([0, 0]);
    expect(await since('some', 10)).toEqual([30, 28]);
    expect(await since('none', 0)).toEqual([40, undefined]);
    const all = await trial.followers.follow('oldest', 'missed');
    expect(await read(all, 40)).toEqual(numbers(0, 40));
    await trial.stop();
  });

  it('have one place under one name: who comes later goes on for the one before', async () => {
    const trial = connectionTrial(new MemoryLog());
    const before = await trial.followers.follow('b', 'missed');
    await appendEach(trial, 0, 2);
    const block = (await before.next(never))!;
    const waiting = before.next(never).then(async () => before.next(never));
    const after = await trial.followers.follow('b', 'missed');
    expect(await waiting).toBeUndefined();
    before.finish(block);
    before.leave();
    expect(await read(after, 2)).toEqual([0, 1]);
    expect(trial.followers.list()).toMatchObject([{ name: 'b', isThere: true, waiting: 0 }]);
    await trial.stop();
  });

  it('get what comes first and what lies behind beside it, where they ask for that, after a start and another absence too', async () => {
    const log = new MemoryLog();
    const first = begun(log);
    (await first.followers.follow('b', 'missed')).leave();
    await appendEach(first, 0, 5);
    const newest = await first.followers.follow('b', 'missed', 'newest_first');
    expect([newest.part, newest.gaps.map(({ part, behind }) => [part, behind])]).toEqual([5, [[0, 5]]]);
    await appendEach(first, 5, 8);
    expect(await read(newest, 3)).toEqual(numbers(5, 8));
    expect(await read(newest.gaps[0]!, 2)).toEqual(numbers(0, 2));
    expect(first.followers.list()[0]).toMatchObject({ isThere: true, waiting: 3 });
    expect(await firstIn(log)).toBeLessThanOrEqual(3);
    await first.stop();

    const second = begun(log);
    await appendEach(second, 8, 10);
    expect([second.followers.list()[0]!.waiting, second.kept().messages]).toEqual([5, 8]);
    const again = await second.followers.follow('b', 'missed', 'newest_first');
    expect([again.part, again.gaps.map(({ part }) => part)]).toEqual([10, [0, 5]]);
    expect(await read(again.gaps[1]!, 2)).toEqual(numbers(8, 10));
    expect(await again.gaps[1]!.next(never)).toBeUndefined();
    await appendEach(second, 10, 11);
    expect(await read(again, 1)).toEqual([10]);
    expect(await read(again.gaps[0]!, 3)).toEqual(numbers(2, 5));
    expect(await again.gaps[0]!.next(never)).toBeUndefined();
    await expect.poll(() => firstIn(log)).toBe(12);
    const { gaps } = await second.followers.follow('b', 'missed', 'newest_first');
    expect([gaps, second.followers.list()[0]!.waiting, second.gone]).toEqual([[], 0, {}]);
    await second.stop();
  });

  it('miss in a part that lies behind what its log has lost, and no more', async () => {
    const log = new MemoryLog();
    const trial = begun(log);
    (await trial.followers.follow('b', 'missed')).leave();
    await appendEach(trial, 0, 5);
    const newest = await trial.followers.follow('b', 'missed', 'newest_first');
    await appendEach(trial, 5, 7);
    await log.trim(3);
    const [gap] = newest.gaps;
    expect(await read(gap!, 2)).toEqual(numbers(3, 5));
    expect(await gap!.next(never)).toBeUndefined();
    expect(await read(newest, 2)).toEqual(numbers(5, 7));
    expect([trial.gone, trial.followers.list()[0]]).toMatchObject([{ expired: 3 }, { missed: 3, waiting: 0 }]);
    await trial.stop();
  });

  it('hold nothing any more behind a component that hands nothing on by names, and what waited for them is counted', async () => {
    const log = new MemoryLog();
    const first = begun(log);
    await read(await first.followers.follow('b', 'missed'), 0);
    first.followers.serveNameless(true);
    await appendEach(first, 0, 5);
    await first.stop();

    const second = connectionTrial(log, { isFollowed: false });
    void second.deliver(() => undefined, 16);
    await appendEach(second, 5, 8);
    await expect.poll(() => firstIn(log)).toBe(9);
    expect([second.followers.list(), second.gone, second.kept().messages]).toEqual([[], { forgotten: 5 }, 0]);
    await second.stop();
  });

  it('are forgotten by name, and what waited for them is counted', async () => {
    const log = new MemoryLog();
    const trial = begun(log);
    (await trial.followers.follow('gone', 'missed')).leave();
    const present = await trial.followers.follow('b', 'missed');
    await appendEach(trial, 0, 5);
    await read(present, 5);
    expect(trial.followers.forget('gone')).toBe(5);
    expect(trial.gone).toEqual({ forgotten: 5 });
    await expect.poll(() => firstIn(log)).toBe(6);
    expect(trial.followers.list().map(({ name }) => name)).toEqual(['b']);
    await trial.stop();
  });

  it('miss what a full log forgets, which is counted for each of them', async () => {
    const log = new MemoryLog({ maxBytes: 4096, whenFull: 'drop_oldest' });
    const trial = connectionTrial(log);
    (await trial.followers.follow('away', 'missed')).leave();
    (await trial.followers.follow('slow', 'missed')).leave();
    await appendEach(trial, 0, 200);
    const [first] = await read(await trial.followers.follow('slow', 'missed'), 1);
    expect(first).toBeGreaterThan(0);
    const missed = () => Object.fromEntries(trial.followers.list().map((each) => [each.name, each.missed]));
    await expect.poll(missed, { timeout: 5000 }).toMatchObject({ slow: first });
    await expect.poll(() => missed()['away'], { timeout: 5000 }).toBeGreaterThanOrEqual(first as number);
    await trial.stop();
  });

  it('leave to the input port what somebody without a name wants, and nothing else', async () => {
    const log = new MemoryLog();
    const trial = connectionTrial(log);
    const handed: unknown[] = [];
    void trial.deliver((batch) => void handed.push(...batch.map(({ payload }) => payload)), 16);
    await appendEach(trial, 0, 2);
    await expect.poll(() => handed).toEqual([0, 1]);
    await expect.poll(() => firstIn(log)).toBe(3);
    const follower = await trial.followers.follow('b', 'missed');
    await appendEach(trial, 2, 4);
    expect(await read(follower, 2)).toEqual([2, 3]);
    await expect.poll(() => trial.kept().messages).toBe(0);
    await appendEach(trial, 4, 6);
    expect([handed, trial.gotElsewhere()]).toEqual([[0, 1], 2]);
    trial.followers.serveNameless(true);
    await expect.poll(() => handed).toEqual([0, 1, 4, 5]);
    await appendEach(trial, 6, 7);
    await expect.poll(() => handed).toEqual([0, 1, 4, 5, 6]);
    await trial.stop();
  });

  it('remember after a start that somebody without a name is served', async () => {
    const log = new MemoryLog();
    const first = connectionTrial(log);
    await first.followers.follow('b', 'missed');
    first.followers.serveNameless(true);
    await first.stop();
    const second = connectionTrial(log);
    await expect.poll(() => second.followers.isNamelessServed()).toBe(true);
  });

  it('get what is left where the log has lost its newest blocks, whatever they have had', async () => {
    const log = new MemoryLog();
    const first = connectionTrial(log);
    const follower = await first.followers.follow('b', 'missed');
    (await first.followers.follow('holds', 'missed')).leave();
    await appendEach(first, 0, 10);
    await read(follower, 10);
    await first.stop();
    log.cut(6);
    const second = connectionTrial(log);
    await appendEach(second, 20, 23);
    const got = await read(await second.followers.follow('b', 'missed'), 9);
    expect(got).toEqual([...numbers(0, 6), 20, 21, 22]);
    await second.stop();
  });
});
