import { describe, expect, it } from 'vitest';
import { decodeBlock, headOf } from './block.ts';
import { LogFull } from './block-log.ts';
import { BlockWriter, type WrittenBlock } from './block-writer.ts';
import { type Batch, Message } from './message.ts';
import { lastOf, originOf, type Fresh } from './origins.ts';

/** A writer over a log that keeps as the test says, in a world whose time stands still until it is moved. */
const begin = ({ mostBytes = 1024 ** 2, total = 0 } = {}) => {
  const giveUp = new AbortController();
  const written: WrittenBlock[] = [];
  const told: unknown[] = [];
  const waits: number[] = [];
  const ids: string[] = [];
  const clock = { now: 1000 };
  /** What happens to the next attempts to keep something; nothing is that they work. */
  const troubles: (() => void)[] = [];
  const log = {
    mostBytes,
    append: async (_: Uint8Array, id: string) => {
      ids.push(id);
      troubles.shift()?.();
      return written.length + 1;
    },
  };
  const writer = new BlockWriter(
    {
      log: log as never,
      idPrefix: 'test.1',
      now: () => clock.now,
      random: () => 0.5,
      wait: async (milliseconds, signal) => {
        waits.push(milliseconds);
        signal.throwIfAborted();
      },
      signal: giveUp.signal,
      done: () => 7,
      written: (block) => written.push(block),
      tooLarge: (message, most) => void told.push(['too large', message.sequence, most]),
      lost: (messages) => told.push(['lost', messages]),
      unkeepable: (message, sentence) => void told.push(['unkeepable', message.sequence, sentence]),
      stuck: (sentence) => told.push(['stuck', sentence]),
    },
    total,
  );
  const sizes = () => written.map(({ count }) => count);
  return { writer, written, sizes, told, waits, ids, clock, troubles, giveUp };
};

const source = 'test.a.1';
const numbers = (count: number, from = 0): Batch =>
  Array.from({ length: count }, (_, n) => new Message(from + n, 1, source, from + n));
/** A message that counts for so many bytes as it is about to be packed. */
const sized = (bytes: number, sequence = 0): Message => {
  const text = `"${'x'.repeat(bytes - source.length - 2)}"`;
  return Message.fromJson(text, { time: 1, source, sequence, headers: {} });
};
const freshOf = (batch: Batch, position = 1): Fresh => ({
  messages: batch,
  places: batch.map((_, at) => at + 1),
  origin: originOf(`far ${position}`, 's1', position, batch),
});

describe('a writer of blocks', () => {
  it('keeps together what comes together, and says what it has kept', async () => {
    const { writer, written, ids } = begin({ total: 40 });
    const moved = numbers(1, 5).map((message) => message.at({ source: 'far', sequence: 9 }));
    await Promise.all([writer.append(numbers(2)), writer.append([]), writer.append(moved)]);
    await writer.append(numbers(1, 6));
    const [first, second] = written;
    expect(first).toMatchObject({
      sequence: 1,
      count: 3,
      total: 43,
      run: 'test.1',
      bytes: first!.encoded.length,
      positions: [{ source: 'far', sequence: 9 }],
      progress: [],
    });
    expect(second).toMatchObject({ sequence: 2, count: 1, total: 44, positions: [] });
    expect(decodeBlock(first!.encoded).messages.map(({ payload }) => payload)).toEqual([0, 1, 5]);
    expect(headOf(second!.encoded)).toMatchObject({ count: 1, total: 44, done: 7, run: 'test.1' });
    expect(ids).toEqual(['test.1.1', 'test.1.2']);
  });

  it('goes on at once where it was quiet, and rests where it is busy for about as long as keeping takes', async () => {
    const { writer, waits, clock, troubles } = begin();
    const append = async (tookMs: number, restMs = 0): Promise<void> => {
      clock.now += restMs;
      troubles.push(() => (clock.now += tookMs));
      await writer.append(numbers(1));
    };
    await append(0);
    await append(0);
    await append(0, 1);
    await append(100, 3);
    await append(100);
    await append(1000);
    await append(0);
    await append(0);
    await append(0, 1000);
    expect(waits.map((each) => Number(each.toFixed(2)))).toEqual([3, 2, 22.4, 37.92, 50, 40]);
  });

  it('makes blocks of two thousand messages, or of a size that is quickly repeated', async () => {
    const { writer, sizes } = begin();
    await writer.append(numbers(4500));
    expect(sizes()).toEqual([2000, 2000, 500]);
    await writer.append([
      sized(128 * 1024),
      sized(128 * 1024),
      sized(128 * 1024),
      sized(20),
      sized(400 * 1024),
      sized(20),
    ]);
    expect(sizes().slice(3)).toEqual([2, 2, 1, 1]);
  });

  it('makes smaller blocks for a log that takes little, headers and bytes counted', async () => {
    const { writer, sizes } = begin({ mostBytes: 40_000 });
    const withHeaders = new Message(1, 1, source, 1, { name: 'v'.repeat(6000) });
    const bytes = new Message(new Uint8Array(6000), 1, source, 2);
    await writer.append([withHeaders, withHeaders, bytes, bytes]);
    expect(sizes()).toEqual([1, 1, 1, 1]);
    await writer.append([sized(5000), sized(5000), sized(5001), sized(5000)]);
    expect(sizes().slice(4)).toEqual([2, 1, 1]);
  });

  it('says with each block how far the origins have come that it holds results of', async () => {
    const { writer, written } = begin();
    const [one, two] = [freshOf(numbers(2000), 1), freshOf(numbers(2500), 2)];
    await Promise.all([
      writer.append(one.messages, one),
      writer.append(two.messages, two),
      writer.append([], freshOf([], 3)),
    ]);
    expect(written.map(({ progress }) => progress)).toEqual([
      [lastOf(one, 2000)],
      [lastOf(two, 2000)],
      [lastOf(two, 2500)],
    ]);
  });

  it('refuses alone what is larger than the log takes, and keeps the rest', async () => {
    const { writer, sizes, told } = begin({ mostBytes: 10_512 });
    const fits = new Message('x'.repeat(9996), 1, source, 1);
    const tooLong = new Message('x'.repeat(9997), 1, source, 2);
    const inBytes = new Message('ü'.repeat(4999), 1, source, 3);
    const binary = new Message(new Uint8Array(7500), 1, source, 4);
    const tooBinary = new Message(new Uint8Array(7501), 1, source, 5);
    const headed = new Message('x'.repeat(9000), 1, source, 6, { name: 'v'.repeat(1000) });
    await writer.append([fits, tooLong, inBytes, binary, tooBinary, headed]);
    expect(told).toEqual([2, 3, 5, 6].map((sequence) => ['too large', sequence, 10_512]));
    expect(sizes()).toEqual([1, 1]);
  });

  it('refuses alone what cannot be written, and keeps the rest with how far its origin has come', async () => {
    const { writer, written, told } = begin();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const batch = [
      ...numbers(2),
      new Message(circle, 1, source, 2),
      new Message(1, 1, source, 3, { size: 1n as unknown as string }),
      ...numbers(1, 4),
    ];
    const fresh = freshOf(batch);
    await writer.append(batch, fresh);
    expect(told).toEqual([
      [
        'unkeepable',
        2,
        expect.stringMatching(/^it cannot be written to disk: it cannot be written as JSON: Converting/),
      ],
      ['unkeepable', 3, 'it cannot be written to disk: Do not know how to serialize a BigInt'],
    ]);
    expect(written.map(({ messages, progress }) => [messages.map(({ sequence }) => sequence), progress])).toEqual([
      [[0], []],
      [[1], []],
      [[4], [lastOf(fresh, 5)]],
    ]);
  });

  it('tries until it works, under the same id, and says what it waits for', async () => {
    const { writer, sizes, told, waits, ids, troubles } = begin();
    const failing = (thrown: Error) => () => {
      throw thrown;
    };
    troubles.push(
      failing(new Error('no disk')),
      failing(new Error('no disk')),
      failing(new LogFull('its buffer is full')),
    );
    await writer.append(numbers(3));
    await writer.append(numbers(1));
    expect(ids).toEqual(['test.1.1', 'test.1.1', 'test.1.1', 'test.1.1', 'test.1.2']);
    expect([sizes(), waits]).toEqual([
      [3, 1],
      [100, 200, 50, 3],
    ]);
    expect(told).toEqual([
      ['stuck', 'its buffer cannot be written: no disk'],
      ['stuck', 'its buffer cannot be written: no disk'],
      ['stuck', 'its buffer is full, so nothing more is taken in'],
      ['stuck', undefined],
    ]);
  });

  it('counts what it could not keep when the flow ends, without what is kept or was refused', async () => {
    const { writer, sizes, told, troubles, giveUp } = begin({ mostBytes: 10_512 });
    troubles.push(
      () => undefined,
      () => {
        giveUp.abort(new Error('the time is over'));
        throw new Error('away');
      },
    );
    const circle: unknown[] = [];
    circle.push(circle);
    const refused = [new Message('x'.repeat(20_000), 1, source, 1), new Message(circle, 1, source, 2)];
    const odd = new Message(1, 1, source, 3, { size: 1n as unknown as string });
    const appends = [writer.append([odd, ...numbers(2), ...refused, ...numbers(1)]), writer.append(numbers(4))];
    const ends = await Promise.allSettled(appends);
    expect(ends.map((end) => end.status === 'rejected' && (end.reason as Error).message)).toEqual([
      'the time is over',
      'the time is over',
    ]);
    expect(sizes()).toEqual([1]);
    expect(told.at(-1)).toEqual(['lost', 10 - 3 - 1]);
    await expect(writer.append(numbers(1))).rejects.toThrow('the time is over');
    expect(told.at(-1)).toEqual(['lost', 1]);
  });

  it('has nothing to count where nothing was to be kept when the flow ended', async () => {
    const { writer, told, giveUp } = begin();
    await writer.append(numbers(1));
    giveUp.abort(new Error('the time is over'));
    await expect(writer.append([])).rejects.toThrow('the time is over');
    expect(told).toEqual([]);
  });
});
