import { describe, expect, it } from 'vitest';
import { decodeBlock, encodeBlock, headOf } from './block.ts';
import type { BlockLog } from './block-log.ts';
import { connectionTrial, numbered } from './connection-trial.ts';
import { MemoryLog } from './memory-log.ts';
import type { Batch } from './message.ts';
import { madeOfOne, Positions, reachedBy } from './positions.ts';

/** Messages that were taken from a source, numbered as they are. */
const taken = (from: number, to: number, source = 'far.0.1'): Batch =>
  numbered(from, to).map((message) => message.at({ source, sequence: message.sequence }));

/** What a log holds, with all that was ever trimmed put back. */
const payloadsIn = async (log: BlockLog): Promise<unknown[]> => {
  const { first, last } = await log.state();
  const payloads: unknown[] = [];
  for (let at = first; at <= last; at += 1)
    payloads.push(...decodeBlock((await log.read(at))!).messages.map(({ payload }) => payload));
  return payloads;
};

describe('what was taken from a source that sends again', () => {
  it('is kept once, whatever is sent again after a start', async () => {
    const log = new MemoryLog();
    const first = connectionTrial(log);
    await first.connection.append(taken(1, 6));
    await first.connection.append(taken(6, 11));
    first.kill();
    const second = connectionTrial(log);
    await second.connection.append(taken(3, 14));
    expect(await payloadsIn(log)).toEqual(numbered(1, 14).map(({ payload }) => payload));
  });

  it('is known also when all of it was handed on and forgotten', async () => {
    const log = new MemoryLog();
    const first = connectionTrial(log);
    await first.connection.append(taken(1, 6));
    void first.deliver(() => undefined);
    await expect.poll(async () => (await log.state()).first).toBe(2);
    first.kill();
    const second = connectionTrial(log);
    await second.connection.append(taken(1, 6));
    expect(await payloadsIn(log)).toEqual([]);
    await second.connection.append(taken(4, 8));
    expect(await payloadsIn(log)).toEqual([6, 7]);
  });

  it('is told by the blocks where nothing was noted', async () => {
    const log = new (class extends MemoryLog {
      override async mark(): Promise<undefined> {}
    })();
    await connectionTrial(log).connection.append(taken(1, 6));
    await connectionTrial(log).connection.append(taken(1, 8));
    expect(await payloadsIn(log)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('is kept each time where another source has sent it, and where nobody numbers it', async () => {
    const log = new MemoryLog();
    await connectionTrial(log).connection.append([...taken(1, 3), ...taken(1, 3, 'near.0.1'), ...numbered(1, 3)]);
    await connectionTrial(log).connection.append([...taken(1, 4), ...taken(2, 4, 'near.0.1'), ...numbered(1, 2)]);
    expect(await payloadsIn(log)).toEqual([1, 2, 1, 2, 1, 2, 3, 3, 1]);
  });

  it('comes again within a run as often as it is appended: whoever appends knows what it has appended', async () => {
    const log = new MemoryLog();
    const { connection } = connectionTrial(log);
    await connection.append(taken(1, 3));
    await connection.append(taken(1, 3));
    expect(await payloadsIn(log)).toEqual([1, 2, 1, 2]);
  });

  it('is not taken for kept where it came by several ways, of which one may be missing', async () => {
    const log = new MemoryLog();
    await connectionTrial(log, { hasSeveralWays: true }).connection.append(taken(1, 3));
    await connectionTrial(log, { hasSeveralWays: true }).connection.append(taken(1, 3));
    expect(await payloadsIn(log)).toEqual([1, 2, 1, 2]);
  });

  it('is reached when the last of what was made of it is there', () => {
    const [one] = taken(7, 8);
    const made = madeOfOne([one!.with('a'), one!.with('b'), one!.with('c')]);
    expect(reachedBy(made.slice(0, 2))).toEqual([]);
    expect(reachedBy(made)).toEqual([{ source: 'far.0.1', sequence: 7 }]);
    expect(reachedBy(madeOfOne(madeOfOne([made[0]!.with('d'), made[0]!.with('e')])))).toEqual([]);
  });
});

describe('positions', () => {
  it('stand in the first line of a block, and are not believed where it is damaged', () => {
    const positions = [{ source: 'a.b.c', sequence: 12 }];
    const bytes = encodeBlock(numbered(0, 2), { total: 0, done: 0, run: 'r.1', positions });
    expect(headOf(bytes)).toMatchObject({ run: 'r.1', positions });
    const damaged = Buffer.from(bytes);
    damaged.write('13', damaged.indexOf(':12') + 1);
    expect(headOf(damaged)).toMatchObject({ run: '', positions: [], count: 2 });
    expect(decodeBlock(damaged).messages).toHaveLength(2);
  });

  it('are of those sources that sent last', () => {
    const positions = new Positions();
    for (let n = 0; n < 300; n += 1) positions.reach({ source: `s${n}`, sequence: n });
    positions.reach({ source: 's299', sequence: 1 });
    expect(positions.list()).toHaveLength(256);
    expect([positions.of('s299'), positions.of('s0')]).toEqual([299, undefined]);
  });
});
