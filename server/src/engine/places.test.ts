import { describe, expect, it, vi } from 'vitest';
import { encodeBlock } from './block.ts';
import type { FollowerMark } from './block-log.ts';
import type { WrittenBlock } from './block-writer.ts';
import { Places } from './places.ts';
import { MemoryLog } from './memory-log.ts';
import { Message } from './message.ts';

const encoded = (total: number, count = 1): Buffer => {
  const messages = Array.from({ length: count }, (_, at) => new Message(at, total * 1000, 'test.a.1', total - at));
  return encodeBlock(messages, { total: total - count, done: 0, run: 'r1' });
};
const written = (sequence: number, total: number, bytes: number): WrittenBlock =>
  ({ sequence, total, bytes, count: 1, run: 'r1', messages: [], encoded: encoded(total) }) as never;
const mark = (name: string, passed: number, more: Partial<FollowerMark> = {}): FollowerMark => ({
  name,
  done: passed,
  passed,
  missed: 0,
  awayMs: 0,
  ...more,
});
/** When the message of a block of one came in. */
const encodedAt = (total: number): number => total * 1000;
const never = new AbortController().signal;

/** A log of blocks of one message each, with those who follow it, as after a start. */
const begin = async (blocks: number, marks: readonly FollowerMark[] = [], isCut = false) => {
  const log = new MemoryLog();
  for (let n = 1; n <= blocks; n += 1) await log.append(encoded(n), String(n));
  const gone: [string, number][] = [];
  const clock = { now: 5000 };
  let changes = 0;
  const places = new Places(
    {
      log,
      maxAgeMs: 1e9,
      now: () => 1_700_000_000_000,
      monotonic: () => clock.now,
      gone: (reason, messages) => gone.push([reason, messages]),
      read: async (attempt) => attempt(),
      changed: () => (changes += 1),
    },
    marks,
    { last: blocks, stored: blocks, bytes: 1000, isCut },
  );
  const state = (name: string) => places.list().find((each) => each.name === name);
  return { log, places, gone, clock, state, changes: () => changes };
};

describe('the places of those who follow', () => {
  it('are those that were noted, with a share of the bytes for what each has not got', async () => {
    const { places } = await begin(10, [mark('a', 2), mark('b', 6, { missed: 3, awayMs: 70 }), mark('c', 10)]);
    const away = { isThere: false, awayMs: 0, missed: 0, oldestAt: 0 };
    expect(places.list()).toEqual([
      { ...away, name: 'a', waiting: 8, waitingBytes: 1000 },
      { ...away, name: 'b', waiting: 4, waitingBytes: 500, missed: 3, awayMs: 70 },
      { ...away, name: 'c', waiting: 0, waitingBytes: 0 },
    ]);
    expect(places.marks).toEqual([mark('a', 2), mark('b', 6, { missed: 3, awayMs: 70 }), mark('c', 10)]);
    const { lowest, leastPassed, mostBytes, furthest, isEmpty } = places;
    expect({ lowest, leastPassed, mostBytes, furthest, isEmpty }).toEqual({
      lowest: 2,
      leastPassed: 2,
      mostBytes: 1000,
      furthest: 10,
      isEmpty: false,
    });
  });

  it('are none at first, and nothing waits for those who have everything', async () => {
    const { places } = await begin(3);
    expect([places.isEmpty, places.lowest, places.mostBytes, places.furthest]).toEqual([true, Infinity, 0, 0]);
    const all = await begin(3, [mark('a', 3)]);
    expect(all.state('a')).toMatchObject({ waiting: 0, waitingBytes: 0 });
    expect(all.places.mostBytes).toBe(0);
  });

  it('begin anew in a log that was cut, without what they have', async () => {
    const { places } = await begin(10, [mark('a', 7)], true);
    expect(places.marks).toEqual([mark('a', 7, { done: 0 })]);
  });

  it('go on with what is written, and are behind it by its bytes', async () => {
    const { places, state, changes } = await begin(2, [mark('a', 2)]);
    const follower = await places.follow('a', { since: 'missed', trimmed: 0 });
    expect([state('a'), follower.since]).toMatchObject([{ isThere: true }, 0]);
    places.offer(written(3, 3, 70));
    places.offer(written(4, 4, 30));
    expect(state('a')).toMatchObject({ waiting: 2, waitingBytes: 100 });
    const block = (await follower.next(never))!;
    const before = changes();
    follower.finish({ ...block, bytes: 70 });
    expect([state('a'), places.lowest, changes()]).toMatchObject([{ waiting: 1, waitingBytes: 30 }, 3, before + 1]);
    follower.finish({ sequence: 4, total: 4, bytes: 70 });
    places.offer(written(5, 5, 10));
    expect(state('a')).toMatchObject({ waiting: 1, waitingBytes: 10 });
  });

  it('come back to the number of a block that was used before', async () => {
    const { places } = await begin(5, [mark('a', 5)]);
    places.offer(written(5, 6, 10));
    expect(places.lowest).toBe(4);
    places.offer(written(2, 7, 10));
    expect(places.lowest).toBe(1);
  });

  it('are given to the last who comes under a name, and left to nobody by one who is gone', async () => {
    const { places, state, changes } = await begin(2, [mark('a', 0, { awayMs: 50 })]);
    const first = await places.follow('a', { since: 'missed', trimmed: 0 });
    expect(state('a')).toMatchObject({ isThere: true, awayMs: 0 });
    const waits = first.next(never);
    await waits;
    const second = await places.follow('a', { since: 'missed', trimmed: 0 });
    expect(await first.next(never)).toBeUndefined();
    first.finish({ sequence: 2, total: 2, bytes: 0 });
    first.leave();
    expect([state('a'), places.lowest]).toMatchObject([{ isThere: true }, 0]);
    const before = changes();
    second.leave();
    expect([state('a')?.isThere, changes()]).toEqual([false, before + 1]);
    places.end();
  });

  it('end one who waits', async () => {
    const { places } = await begin(1, [mark('a', 1)]);
    const follower = await places.follow('a', { since: 'missed', trimmed: 0 });
    const stop = new AbortController();
    const waits = follower.next(stop.signal);
    stop.abort();
    expect(await waits).toBeUndefined();
    expect(await follower.next(AbortSignal.abort())).toBeUndefined();
    const waitsOn = follower.next(never);
    places.end();
    expect(await waitsOn).toBeUndefined();
  });

  it.each([
    [100, 0, 0],
    [10, 0, 0],
    [9, 1, 1],
    [5, 5, 5],
    [1, 9, 9],
    [0, 10, 10],
  ])('begin with the newest %i messages behind what was before them', async (last, passed, done) => {
    const { places, state } = await begin(10);
    const follower = await places.follow('new', { since: { last }, trimmed: 0 });
    expect(follower.since).toBe(Math.max(0, 10 - last));
    expect(state('new')?.waiting).toBe(10 - passed);
    expect(places.lowest).toBe(done);
    expect((await places.follow('all', { since: 'missed', trimmed: 3 })).since).toBe(0);
    expect(state('all')).toMatchObject({ waiting: 7, missed: 0 });
  });

  it('begin at a block with several messages where the newest so many begin in its middle', async () => {
    const { log, places, state } = await begin(0);
    for (const total of [3, 6, 9]) {
      const sequence = await log.append(encoded(total, 3), String(total));
      places.offer({ ...written(sequence, total, 10), encoded: encoded(total, 3), count: 3 });
    }
    const bytes = (await log.state()).bytes;
    await places.follow('new', { since: { last: 5 }, trimmed: 0 });
    expect(state('new')).toMatchObject({ waiting: 6, waitingBytes: Math.round((bytes * 6) / 9) });
    log.remove(2);
    await places.follow('next', { since: { last: 5 }, trimmed: 0 });
    expect(state('next')?.waiting).toBe(3);
  });

  it('are so many at most', async () => {
    const { places, gone } = await begin(1);
    for (let n = 0; n < 256; n += 1) await places.follow(`name ${n}`, { since: 'missed', trimmed: 0 });
    const refused = places.follow('one more', { since: 'missed', trimmed: 0 });
    await expect(refused).rejects.toThrow(new RangeError('256 receivers have a place here, the most that may'));
    expect(places.forget('name 7')).toBe(1);
    await places.follow('one more', { since: 'missed', trimmed: 1 });
    expect([places.list().length, gone]).toEqual([256, [['forgotten', 1]]]);
  });

  it('are not there where the log does not say what waits', async () => {
    const { log, places } = await begin(1);
    log.state = async () => Promise.reject(new Error('away'));
    await expect(places.follow('a', { since: 'missed', trimmed: 0 })).rejects.toThrow('away');
    expect(places.isEmpty).toBe(true);
  });

  it('are forgotten by name, which is counted where something waited', async () => {
    const { places, gone, changes } = await begin(5, [mark('a', 2), mark('b', 5)]);
    expect([places.forget('a'), places.forget('b'), places.forget('c')]).toEqual([3, 0, 0]);
    expect([gone, places.isEmpty, changes() > 0]).toEqual([[['forgotten', 3]], true, true]);
  });
});

describe('what those who follow and are away', () => {
  it('are away is measured by a clock that never jumps', async () => {
    const { log, places, clock, state } = await begin(2, [mark('a', 0, { awayMs: 50 }), mark('b', 0)]);
    await places.follow('b', { since: 'missed', trimmed: 0 });
    clock.now += 2000;
    await places.notice(await log.state());
    clock.now += 1000;
    await places.notice(await log.state());
    expect([state('a')?.awayMs, state('b')?.awayMs]).toEqual([3050, 0]);
  });

  it.each([
    ['buffer_full', 4],
    ['removed', 3],
  ])(
    'miss of what the log has lost is counted once as %s, where it has forgotten up to %i',
    async (reason, forgotten) => {
      const { log, places, gone, state } = await begin(10, [mark('a', 2), mark('b', 4), mark('c', 3), mark('d', 0)]);
      await places.follow('d', { since: 'missed', trimmed: 0 });
      await log.trim(4);
      const lost = { ...(await log.state()), forgotten };
      await places.notice(lost);
      await places.notice(lost);
      expect(gone).toEqual([
        [reason, 2],
        [reason, 1],
      ]);
      expect(['a', 'b', 'c', 'd'].map((name) => state(name)?.missed)).toEqual([2, 0, 1, 0]);
      expect(places.marks.map(({ done, passed }) => [done, passed])).toEqual([
        [4, 4],
        [4, 4],
        [4, 4],
        [0, 0],
      ]);
      expect(state('a')?.waitingBytes).toBe(600);
    },
  );

  it('have not got is as old as the oldest of it, for each of them', async () => {
    const { log, places, state } = await begin(3, [mark('a', 1), mark('b', 2), mark('c', 3)]);
    const ages = () => ['a', 'b', 'c'].map((name) => state(name)?.oldestAt);
    expect(ages()).toEqual([0, 0, 0]);
    const first = vi.spyOn(log, 'read');
    await places.notice(await log.state());
    expect(ages()).toEqual([encodedAt(2), encodedAt(3), 0]);
    const read = first.mock.calls.length;
    await places.notice(await log.state());
    expect([ages(), first.mock.calls.length]).toEqual([[encodedAt(2), encodedAt(3), 0], read]);
    const follower = await places.follow('a', { since: 'missed', trimmed: 0 });
    for (let n = 2; n <= 3; n += 1) follower.finish((await follower.next(never))!);
    expect(ages()).toEqual([0, encodedAt(3), 0]);
  });

  it('have not got is as old as the oldest of it', async () => {
    const { log, places } = await begin(3, [mark('a', 1), mark('b', 2)]);
    const at: number[] = [];
    const look = async () => {
      await places.notice(await log.state());
      at.push(places.oldestAt);
    };
    await look();
    log.remove(2);
    await look();
    log.remove(3);
    await look();
    places.forget('a');
    await places.follow('b', { since: { last: 0 }, trimmed: 0 });
    await look();
    expect(at).toEqual([2000, 3000, 0, 0]);
  });

  it('are one part again in a log that was cut: what came first comes once more, and nothing is left out', async () => {
    const parts = [mark('a', 2, { until: { block: 5, total: 5 } }), mark('a', 7, { part: 5 })];
    const { places } = await begin(6, parts, true);
    const follower = await places.follow('a', { since: 'missed', order: 'oldest_first', trimmed: 0 });
    const blocks = [];
    for (let n = 1; n <= 6; n += 1) blocks.push((await follower.next(never))!.sequence);
    expect([follower.part, follower.gaps, blocks]).toEqual([0, [], [1, 2, 3, 4, 5, 6]]);
  });
});
