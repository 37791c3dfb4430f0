import { describe, expect, it } from 'vitest';
import { collect } from './collect.ts';
import { type Batch, Message } from './message.ts';

const message = (sequence: number) => new Message(sequence, 0, 'test', sequence);
const turn = () => new Promise((resolve) => setImmediate(resolve));

const gate = () => {
  let open = () => undefined as void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
};

describe('collecting', () => {
  it('makes one batch of what comes in one turn of the event loop', async () => {
    const batches: unknown[][] = [];
    const emit = async (batch: Batch) => void batches.push(batch.map(({ payload }) => payload));
    const collection = collect({ emit, limit: 10, dropped: () => undefined, failed: () => undefined });
    [1, 2, 3].forEach((sequence) => collection.push(message(sequence)));
    await collection.drained();
    collection.push(message(4));
    await collection.drained();
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('makes larger batches where much arrives, and the largest at once', async () => {
    const batches: number[] = [];
    const emit = async (batch: Batch) => void batches.push(batch.length);
    const collection = collect({ emit, limit: 1000, enough: 5, dropped: () => undefined, failed: () => undefined });
    for (let sequence = 0; sequence < 1000; sequence += 1) {
      collection.push(message(sequence));
      await turn();
      if (collection.isFull) await collection.room();
    }
    await collection.drained();
    expect(batches.reduce((sum, size) => sum + size)).toBe(1000);
    expect(Math.max(...batches)).toBe(5);
  });

  it('gives up and counts what is beyond its bound while the flow is busy', async () => {
    const busy = gate();
    const batches: number[] = [];
    let dropped = 0;
    const emit = async (batch: Batch) => {
      batches.push(batch.length);
      await busy.opened;
    };
    const collection = collect({ emit, limit: 3, dropped: (count) => (dropped += count), failed: () => undefined });
    collection.push(message(0));
    await turn();
    [1, 2, 3, 4, 5].forEach((sequence) => collection.push(message(sequence)));
    busy.open();
    await collection.drained();
    expect({ batches, dropped }).toEqual({ batches: [1, 3], dropped: 2 });
  });

  it('lets a source that can wait go on as soon as there is room', async () => {
    const busy = gate();
    const emit = async () => busy.opened;
    const collection = collect({ emit, limit: 1, dropped: () => undefined, failed: () => undefined });
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

  it('tells when the flow refuses, and waits for nobody then', async () => {
    const faults: string[] = [];
    const collection = collect({
      emit: () => Promise.reject(new Error('stopped')),
      limit: 10,
      dropped: () => undefined,
      failed: (fault) => faults.push(fault.message),
    });
    collection.push(message(0));
    await turn();
    await collection.drained();
    expect(faults).toEqual(['stopped']);
  });
});
