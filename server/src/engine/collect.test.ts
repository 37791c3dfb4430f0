import { afterEach, describe, expect, it, vi } from 'vitest';
import { collect } from './collect.ts';
import { limits, messageOverhead } from './limits.ts';
import { type Batch, Message } from './message.ts';

const message = (sequence: number) => new Message(sequence, 0, 'test', sequence);
const large = (sequence: number, size: number) => new Message('', 0, 'test', sequence, {}, undefined, size);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A component's io that remembers. */
const remember = () => {
  const drops: Record<string, number> = {};
  const faults: string[] = [];
  const io = {
    drop: (reason: string, count = 1) => void (drops[reason] = (drops[reason] ?? 0) + count),
    fail: (fault: Error) => void faults.push(fault.message),
  };
  return { io, drops, faults };
};

const gate = () => {
  let open = () => undefined as void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
};

/** A clock that stands still until it is moved. */
const standingClock = () => {
  let now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  return { move: (milliseconds: number) => (now += milliseconds) };
};
afterEach(() => vi.restoreAllMocks());

describe('collecting', () => {
  it('makes one batch of what comes in one turn of the event loop', async () => {
    const batches: unknown[][] = [];
    const emit = async (batch: Batch) => void batches.push(batch.map(({ payload }) => payload));
    const collection = collect({ emit, limit: 10, io: remember().io });
    [1, 2, 3].forEach((sequence) => collection.push(message(sequence)));
    await collection.drained();
    collection.push(message(4));
    await collection.drained();
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('makes larger batches where much arrives', async () => {
    const batches: number[] = [];
    const emit = async (batch: Batch) => void batches.push(batch.length);
    const collection = collect({ emit, limit: 1000, io: remember().io });
    for (let sequence = 0; sequence < 1000; sequence += 1) {
      collection.push(message(sequence));
      await turn();
    }
    await collection.drained();
    expect(batches.reduce((sum, size) => sum + size)).toBe(1000);
    expect(batches.length).toBeLessThan(700);
  });

  it('gives up and counts what is beyond its bound while the flow is busy', async () => {
    const busy = gate();
    const batches: number[] = [];
    const { io, drops } = remember();
    const emit = async (batch: Batch) => {
      batches.push(batch.length);
      await busy.opened;
    };
    const collection = collect({ emit, limit: 3, io });
    collection.push(message(0));
    await turn();
    [1, 2, 3, 4, 5].forEach((sequence) => collection.push(message(sequence)));
    busy.open();
    await collection.drained();
    expect({ batches, drops }).toEqual({ batches: [1, 3], drops: { overflow: 2 } });
  });

  it('lets a source that can wait go on as soon as there is room', async () => {
    const busy = gate();
    const emit = async () => busy.opened;
    const collection = collect({ emit, limit: 1, io: remember().io });
    collection.push(message(0));
    await turn();
    collection.push(message(1));
    let hasRoom = false;
    const room = collection.room().then(() => (hasRoom = true));
    await turn();
    expect(hasRoom).toBe(false);
    busy.open();
    await room;
    expect(hasRoom).toBe(true);
  });

  it('is bounded in bytes, and hands on no more at once than a batch may have', async () => {
    const busy = gate();
    const batches: number[] = [];
    const { io, drops } = remember();
    const emit = async (batch: Batch) => {
      batches.push(batch.length);
      await busy.opened;
    };
    const collection = collect({ emit, io, limit: 1_000_000, limitBytes: 3_000_000 });
    collection.push(message(0));
    await turn();
    for (let sequence = 1; sequence <= 100; sequence += 1) collection.push(large(sequence, 60_000));
    busy.open();
    await collection.drained();
    expect({ batches, drops }).toEqual({ batches: [1, 17, 17, 15], drops: { overflow: 51 } });
  });

  it('takes one message that is larger than all that may wait', async () => {
    const { io, drops } = remember();
    const batches: number[] = [];
    const collection = collect({
      emit: async (batch) => void batches.push(batch.length),
      io,
      limit: 10,
      limitBytes: 1000,
    });
    collection.push(large(1, 5000));
    collection.push(large(2, 5000));
    await collection.drained();
    expect({ batches, drops }).toEqual({ batches: [1], drops: { overflow: 1 } });
  });

  it('lets a source that can wait do so when enough bytes are here, or it has held the event loop for long', async () => {
    const { io } = remember();
    const collection = collect({ emit: async () => undefined, io, limit: 1000 });
    expect(collection.isFull).toBe(false);
    collection.push(large(1, 2_000_000));
    expect(collection.isFull).toBe(true);
    await collection.room();
    expect(collection.isFull).toBe(false);
    const end = performance.now() + 25;
    while (performance.now() < end);
    expect(collection.isFull).toBe(true);
    await collection.room();
    expect(collection.isFull).toBe(false);
  });

  it('keeps much as text alone, which takes less memory than what was parsed', async () => {
    const { io } = remember();
    const emitted: Message[] = [];
    const collection = collect({ emit: async (batch) => void emitted.push(...batch), io, limit: 1000 });
    const text = `[${'[],'.repeat(99_999)}[]]`;
    const pushed = Array.from(
      { length: 20 },
      (_, sequence) => new Message(JSON.parse(text), 0, 'test', sequence, {}, text),
    );
    pushed.forEach((each) => collection.push(each));
    await collection.drained();
    const asText = emitted.filter((each, index) => each !== pushed[index]);
    expect(asText.length).toBe(20 - 7);
    expect(asText.map(({ json, id }) => [json, id])).toEqual(pushed.slice(7).map(({ id }) => [text, id]));
  });

  it('ends when the flow refuses: what waits and what comes later is counted, and nobody waits for it', async () => {
    const busy = gate();
    const { io, drops, faults } = remember();
    const emit = async () => {
      await busy.opened;
      throw new Error('stopped');
    };
    const collection = collect({ emit, io, limit: 10, enough: 2 });
    collection.push(message(0));
    await turn();
    [1, 2, 3].forEach((sequence) => collection.push(message(sequence)));
    const ends = Promise.all([collection.drained(), collection.room()]);
    busy.open();
    await ends;
    collection.push(message(4));
    await collection.drained();
    expect({ drops, faults }).toEqual({ drops: { stopped: 4 }, faults: ['stopped'] });
  });

  it('tells of each message when it is safe, and never of one that was given up', async () => {
    const { opened, open } = gate();
    const { io, drops } = remember();
    const told: number[] = [];
    const collection = collect({ emit: async () => opened, limit: 2, io });
    const taken = [1, 2, 3].map((sequence) => collection.push(message(sequence), () => told.push(sequence)));
    await turn();
    expect([taken, told, drops]).toEqual([[true, true, false], [], { overflow: 1 }]);
    open();
    await collection.drained();
    expect(told).toEqual([1, 2]);
  });

  it('tells when what was taken is safe, however much comes behind it, and never of what the flow did not take', async () => {
    const [first, second] = [gate(), gate()];
    const gates = [first, second];
    const emit = async () => gates.shift()?.opened ?? Promise.reject(new Error('ended'));
    const collection = collect({ emit, io: remember().io, limit: 10 });
    const told: number[] = [];
    const push = async (sequence: number) => {
      collection.push(message(sequence));
      collection.whenSafe(() => told.push(sequence));
      await turn();
    };
    collection.whenSafe(() => told.push(0));
    await push(1);
    await push(2);
    expect(told).toEqual([0]);
    first.open();
    await turn();
    await push(3);
    expect(told).toEqual([0, 1]);
    second.open();
    await collection.drained();
    expect(told).toEqual([0, 1, 2]);
  });

  /** Into how many batches go those that come in three turns of the event loop, after so many that came in some milliseconds. */
  const batchesAfter = async (before: number, milliseconds: number): Promise<number[]> => {
    const clock = standingClock();
    const batches: number[] = [];
    const collection = collect({
      emit: async (batch) => void batches.push(batch.length),
      limit: 1000,
      io: remember().io,
    });
    clock.move(milliseconds);
    for (let sequence = 1; sequence <= before; sequence += 1) collection.push(message(sequence));
    await collection.drained();
    for (let sequence = 0; sequence < 3; sequence += 1) {
      clock.move(1);
      collection.push(message(sequence));
      await turn();
    }
    await collection.drained();
    return batches.slice(1);
  };

  it.each([
    ['one that comes alone, a long time after the one before', 1, 1, [1, 1, 1]],
    ['four a millisecond', 8, 2, [1, 1, 1]],
    ['more than that', 9, 2, [2, 1]],
    ['batches that are large already', 16, 2, [1, 1, 1]],
    ['nearly as large', 15, 2, [2, 1]],
  ])('waits for more only where waiting makes batches larger: %s', async (_, before, milliseconds, expected) => {
    expect(await batchesAfter(before, milliseconds)).toEqual(expected);
  });

  it('rests where more may come, and not where enough is here', async () => {
    const rest = vi.spyOn(Atomics, 'wait');
    const clock = standingClock();
    const collection = collect({ emit: async () => undefined, limit: 1000, io: remember().io });
    const push = async (count: number) => {
      for (let sequence = 0; sequence < count; sequence += 1) collection.push(message(sequence));
      await collection.drained();
    };
    clock.move(1);
    await push(5);
    await push(15);
    expect(rest).toHaveBeenCalledTimes(1);
    await push(16);
    expect(rest).toHaveBeenCalledTimes(1);
  });

  it('gives others their turn between batches that were long at work', async () => {
    const clock = standingClock();
    const happened: string[] = [];
    const emit = async (batch: Batch) => {
      happened.push(`batch of ${batch.length}`);
      clock.move(15);
      if (happened.length === 1) setImmediate(() => happened.push('another'));
    };
    const collection = collect({ emit, limit: 1000, io: remember().io });
    for (let sequence = 0; sequence < 5; sequence += 1) collection.push(large(sequence, limits.batch));
    await collection.drained();
    const batch = 'batch of 1';
    expect(happened).toEqual([batch, batch, batch, 'another', batch, batch]);
  });

  it('hands on together what fits into a batch to the byte', async () => {
    const batches: number[] = [];
    const collection = collect({
      emit: async (batch) => void batches.push(batch.length),
      limit: 10,
      io: remember().io,
    });
    for (let sequence = 0; sequence < 3; sequence += 1)
      collection.push(large(sequence, limits.batch / 2 - messageOverhead));
    await collection.drained();
    expect(batches).toEqual([2, 1]);
  });

  it('takes what fits to the byte, and a source waits from the first byte that is enough', async () => {
    const { io, drops } = remember();
    const collection = collect({ emit: async () => undefined, limit: 10, limitBytes: 1024 ** 2, io });
    expect(collection.push(large(1, 1000 - messageOverhead))).toBe(true);
    expect(collection.isFull).toBe(false);
    expect(collection.push(large(2, 1024 ** 2 - 1000 - messageOverhead))).toBe(true);
    expect([collection.isFull, collection.push(large(3, 0)), drops]).toEqual([true, false, { overflow: 1 }]);
    await collection.drained();
  });

  it('has nothing to count where the flow ends and nothing waits, and takes nothing afterwards', async () => {
    const { io, drops, faults } = remember();
    const collection = collect({ emit: async () => Promise.reject(new Error('stopped')), io, limit: 10 });
    collection.push(message(0));
    await collection.drained();
    expect({ drops, faults }).toEqual({ drops: {}, faults: ['stopped'] });
    expect([collection.push(message(1)), collection.isFull, drops]).toEqual([false, false, { stopped: 1 }]);
  });
});
