import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Deliver, nowhere } from './deliver.ts';
import { MemoryLog } from './memory-log.ts';
import { type Batch, Message } from './message.ts';
import { type Origin, originOf } from './origins.ts';
import type { Plan } from './plan.ts';
import { type Exits, type Keeping, runKeeping } from './run-keeping.ts';
import type { HandOnMade } from './run-ticks.ts';
import type { World } from './world.ts';

const component = { id: 'sum', type: 'sum', index: 1, category: 'processor', outgoing: [], isKept: false } as const;
const plan: Plan = { flow: 'test', components: [{ ...component, index: 0 }, component], connections: [], order: [1] };

/** A component that adds up what comes in, hands the sums on, and keeps them; with all that it told the world. */
const begin = (log: MemoryLog, { isKept = false, port = 'out' as 'out' | 'nowhere', started = 's1' } = {}) => {
  const told: unknown[] = [];
  const handedOn: unknown[] = [];
  const giveUp = new AbortController();
  const gate: { handOn?: Promise<void> } = {};
  const world = {
    random: () => 0.5,
    wait: async (milliseconds: number, signal: AbortSignal) => {
      told.push(`waited ${milliseconds}`);
      signal.throwIfAborted();
    },
    report: (...said: unknown[]) => told.push(said),
    invalid: ({ sentence }: { sentence: string }, wasKept: boolean) => void told.push([sentence, wasKept]),
    openState: () => log,
  } as Partial<World> as World;
  const keeping: Keeping = runKeeping({
    plan,
    component: { ...component, isKept },
    world,
    started,
    giveUp: giveUp.signal,
    fail: (thrown) => told.push(['failed', (thrown as Error).message]),
  });
  const sums = keeping.keeper.map<number>('sums', { most: 10 });
  const add = (n: number): number => {
    const sum = (sums.get('all') ?? 0) + n;
    if (n !== 0) sums.set('all', sum);
    return sum;
  };
  const deliver: Deliver = (batch, origin) => {
    handedOn.push([batch.map(({ payload }) => payload), origin && [origin.source, origin.start, origin.position]]);
    return gate.handOn;
  };
  const ports: Exits = [{ name: 'out', deliver: port === 'out' ? deliver : nowhere }];
  const run = (exits: Exits): Deliver => {
    const [exit] = exits;
    return (batch) => {
      const made = batch.map((message) => message.with(add(message.payload as number)));
      // one by one, as a processor does with large batches
      for (const each of made) void exit!.deliver([each]);
    };
  };
  const take = keeping.entry({ ports, run });
  const tick = keeping.beside({
    ports,
    run:
      ([exit]): HandOnMade =>
      (make) => {
        void make();
        return exit!.deliver([new Message(`tick ${add(100)}`, 0, 'tick', 1)]);
      },
  });
  return { keeping, take, tick: () => tick(() => undefined), told, handedOn, giveUp, gate };
};

const numbers = (...payloads: number[]): Batch => payloads.map((n, index) => new Message(n, 0, 'test', index));
const sent = (sequence: number, n: number): Batch => [
  new Message(n, 0, 'test', sequence).at({ source: 'far', sequence }),
];
const block = (position: number, batch: Batch): Origin => originOf('a.out → sum.in', 's0', position, batch);
const recordsIn = async (log: MemoryLog): Promise<number> => (await log.state()).last;

describe('a component that keeps something', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('hands on at once what cannot come again, and keeps within a second what has changed', async () => {
    const log = new MemoryLog();
    const { keeping, take, handedOn } = begin(log);
    await keeping.open();
    expect(take(numbers(1, 2))).toBeUndefined();
    expect(handedOn).toEqual([
      [[1], undefined],
      [[3], undefined],
    ]);
    await vi.advanceTimersByTimeAsync(999);
    expect(await recordsIn(log)).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(await recordsIn(log)).toBe(1);
    await take(numbers(0));
    await vi.advanceTimersByTimeAsync(2000);
    expect(await recordsIn(log)).toBe(1);
    await take(numbers(4));
    await vi.advanceTimersByTimeAsync(1000);
    expect(await recordsIn(log)).toBe(2);
    const again = begin(log);
    await again.keeping.open();
    await again.take(numbers(0));
    expect(again.handedOn).toEqual([[[7], undefined]]);
  });

  it('keeps what has changed when it closes, and nothing where nothing has', async () => {
    const log = new MemoryLog();
    const { keeping, take } = begin(log);
    await keeping.open();
    await keeping.close();
    expect(await recordsIn(log)).toBe(0);
    await take(numbers(5));
    await keeping.close();
    expect(await recordsIn(log)).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await recordsIn(log)).toBe(1);
  });

  it('keeps what may come again before it hands on what it made of it, under an origin of its own, and once', async () => {
    const log = new MemoryLog();
    const { keeping, take, handedOn, told } = begin(log);
    await keeping.open();
    const batch = numbers(1, 2);
    const taken = take(batch, block(7, batch));
    expect(handedOn).toEqual([]);
    await taken;
    await take(batch, block(7, batch));
    expect(handedOn).toEqual([
      [
        [1, 3],
        ['sum.out', 's1', 1],
      ],
    ]);
    expect([await recordsIn(log), told]).toEqual([1, []]);
    await take(sent(4, 10));
    await take(numbers(20));
    expect(handedOn.slice(1)).toEqual([
      [[13], ['sum.out', 's1', 2]],
      [[33], undefined],
    ]);
  });

  it.each([
    ['nothing changed and leads nowhere', 0, 0],
    ['something changed and leads nowhere', 5, 1],
  ])('writes of what may come again only where %s', async (_, n, expected) => {
    const log = new MemoryLog();
    const { keeping, take, handedOn } = begin(log, { port: 'nowhere' });
    await keeping.open();
    await take(sent(1, n));
    expect([await recordsIn(log), handedOn]).toEqual([expected, []]);
  });

  it('takes in turns what is on disk upstream, although it has no origin', async () => {
    const log = new MemoryLog();
    const { keeping, take, tick, handedOn } = begin(log, { isKept: true });
    await keeping.open();
    await take(numbers(1));
    await tick();
    expect([await recordsIn(log), handedOn]).toEqual([
      2,
      [
        [[1], ['sum.out', 's1', 1]],
        [['tick 101'], ['sum.out', 's1', 2]],
      ],
    ]);
  });

  it('keeps what it makes beside messages exactly as soon as these may come again, and soon before', async () => {
    const log = new MemoryLog();
    const { keeping, take, tick, handedOn } = begin(log);
    await keeping.open();
    await tick();
    expect([await recordsIn(log), handedOn]).toEqual([0, [[['tick 100'], undefined]]]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await recordsIn(log)).toBe(1);
    await take(sent(1, 1));
    await tick();
    expect([await recordsIn(log), handedOn.slice(1)]).toEqual([
      3,
      [
        [[101], ['sum.out', 's1', 2]],
        [['tick 201'], ['sum.out', 's1', 3]],
      ],
    ]);
  });

  it('lets wait what cannot come again while something that can is under way', async () => {
    const { keeping, take, handedOn, gate } = begin(new MemoryLog());
    await keeping.open();
    let open = () => undefined as void;
    gate.handOn = new Promise((resolve) => (open = resolve));
    const first = take(sent(1, 1));
    const second = take(numbers(2));
    await vi.advanceTimersByTimeAsync(0);
    expect(handedOn).toEqual([[[1], ['sum.out', 's1', 1]]]);
    open();
    await Promise.all([first, second]);
    expect(handedOn[1]).toEqual([[3], undefined]);
    // nothing is under way any more
    expect(take(numbers(3))).toBeUndefined();
    expect(handedOn[2]).toEqual([[6], undefined]);
  });

  it('hands on again after a start what may not have been handed on, under the same origin, unless it was closed', async () => {
    const log = new MemoryLog();
    const first = begin(log);
    await first.keeping.open();
    await first.take(sent(1, 5));
    const second = begin(log, { started: 's2' });
    await second.keeping.open();
    await second.keeping.close();
    expect(second.handedOn).toEqual(first.handedOn);
    const third = begin(log, { started: 's3' });
    await third.keeping.open();
    await third.take(sent(1, 5));
    await third.take(sent(2, 1));
    await third.keeping.close();
    expect(third.handedOn).toEqual([[[6], ['sum.out', 's1', 3]]]);
  });

  it('says why nothing can be kept, tries again, and says that it goes on', async () => {
    const log = new MemoryLog();
    const { keeping, take, handedOn, told } = begin(log);
    await keeping.open();
    vi.spyOn(log, 'append').mockRejectedValueOnce(new Error('the disk is full'));
    await take(sent(1, 5));
    expect(told).toEqual([
      [1, 'waiting', 'what it keeps cannot be written: the disk is full'],
      'waited 100',
      [1, 'running', ''],
    ]);
    expect(handedOn).toEqual([[[5], ['sum.out', 's1', 1]]]);
  });

  it('takes nothing more once something could not be kept', async () => {
    const log = new MemoryLog();
    const { keeping, take, handedOn, told, giveUp } = begin(log);
    await keeping.open();
    vi.spyOn(log, 'append').mockImplementation(async () => {
      giveUp.abort(new Error('the time is over'));
      throw new Error('away');
    });
    await expect(take(sent(1, 5))).rejects.toThrow('the time is over');
    vi.mocked(log.append).mockRestore();
    const refused = await Promise.resolve(take(sent(2, 5))).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ name: 'AbortError', message: 'the flow has ended' });
    await keeping.close();
    expect([await recordsIn(log), handedOn]).toEqual([0, []]);
    expect(told[0]).toEqual([1, 'waiting', 'what it keeps cannot be written: away']);
  });

  it('tells of what is lost, and of what cannot be kept soon', async () => {
    const log = new MemoryLog();
    const first = begin(log);
    await first.keeping.open();
    await first.take(sent(1, 5));
    log.remove(1);
    const { keeping, take, told, giveUp } = begin(log);
    await keeping.open();
    expect(told).toEqual([['block 1 of what it keeps cannot be read: it is gone', true]]);
    await take(numbers(1));
    giveUp.abort(new Error('the time is over'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(told[1]).toEqual(['failed', 'the time is over']);
  });
});
