import { expect, it } from 'vitest';
import { type BlockLog, LogFull } from './block-log.ts';

const block = (text: string) => Buffer.from(text);
const textOf = async (log: BlockLog, sequence: number) => {
  const bytes = await log.read(sequence);
  return bytes && Buffer.from(bytes).toString();
};

/** What every block log has to hold. `make` gives a new, empty one. */
export const blockLogContract = (
  make: (limits: { maxBytes: number; whenFull: 'drop_oldest' | 'block' }) => Promise<BlockLog>,
): void => {
  const roomy = { maxBytes: 1024 ** 2, whenFull: 'block' } as const;

  it('begins empty', async () => {
    const log = await make(roomy);
    expect(await log.open()).toMatchObject({ first: 1, last: 0 });
    expect(await log.read(1)).toBeUndefined();
  });

  it('numbers blocks in the order of their coming and gives each back', async () => {
    const log = await make(roomy);
    await log.open();
    expect([await log.append(block('one'), 'a'), await log.append(block('two'), 'b')]).toEqual([1, 2]);
    expect([await textOf(log, 1), await textOf(log, 2), await textOf(log, 3)]).toEqual(['one', 'two', undefined]);
  });

  it('keeps a block that is tried twice once', async () => {
    const log = await make(roomy);
    await log.open();
    await log.append(block('one'), 'a');
    expect(await log.append(block('one'), 'a')).toBe(1);
    expect(await log.append(block('two'), 'b')).toBe(2);
    expect(await log.state()).toMatchObject({ first: 1, last: 2 });
  });

  it('forgets what is trimmed, and goes on counting', async () => {
    const log = await make(roomy);
    await log.open();
    for (const id of ['a', 'b', 'c']) await log.append(block(id), id);
    await log.trim(2);
    expect(await log.state()).toMatchObject({ first: 3, last: 3 });
    await log.trim(3);
    expect(await log.state()).toMatchObject({ first: 4, last: 3 });
    expect(await log.append(block('d'), 'd')).toBe(4);
    expect([await textOf(log, 3), await textOf(log, 4)]).toEqual([undefined, 'd']);
  });

  it('forgets nothing where there is nothing before the first', async () => {
    const log = await make(roomy);
    await log.open();
    for (const id of ['a', 'b']) await log.append(block(id), id);
    await log.trim(0);
    expect(await log.state()).toMatchObject({ first: 1, last: 2 });
  });

  it('says what it holds when it is opened again', async () => {
    const log = await make(roomy);
    await log.open();
    for (const id of ['a', 'b', 'c']) await log.append(block(id), id);
    await log.trim(1);
    expect(await log.open()).toMatchObject({ first: 2, last: 3 });
  });

  it('forgets the oldest when it is full, where it was told to', async () => {
    const log = await make({ maxBytes: 64 * 1024, whenFull: 'drop_oldest' });
    await log.open();
    for (let n = 1; n <= 10; n += 1) await log.append(Buffer.alloc(16 * 1024, n), `${n}`);
    const { first, last, bytes } = await log.state();
    expect(last).toBe(10);
    expect(first).toBeGreaterThan(6);
    expect(bytes).toBeLessThanOrEqual(64 * 1024);
    expect(await log.read(1)).toBeUndefined();
  });

  it('has room for the largest block that it takes', async () => {
    const log = await make({ maxBytes: 64 * 1024, whenFull: 'block' });
    await log.open();
    expect(log.mostBytes).toBeGreaterThan(32 * 1024);
    expect(await log.append(Buffer.alloc(log.mostBytes), 'a')).toBe(1);
  });

  it('refuses more when it is full, where it was told to, until there is room', async () => {
    const log = await make({ maxBytes: 64 * 1024, whenFull: 'block' });
    await log.open();
    const fill = async () => {
      for (let n = 1; n <= 10; n += 1) await log.append(Buffer.alloc(16 * 1024, n), `${n}`);
    };
    await expect(fill()).rejects.toThrow(LogFull);
    const { last } = await log.state();
    await log.trim(1);
    expect(await log.append(Buffer.alloc(16 * 1024), 'next')).toBe(last + 1);
  });

  it('begins behind a number that it is given, where there is nothing yet', async () => {
    const log = await make(roomy);
    expect(await log.open(7)).toMatchObject({ first: 8, last: 7 });
    expect(await log.append(block('eight'), 'a')).toBe(8);
    expect(await log.open(20)).toMatchObject({ first: 8, last: 8 });
  });

  it('finds the next block that is there', async () => {
    const log = await make(roomy);
    await log.open();
    for (const id of ['a', 'b', 'c']) await log.append(block(id), id);
    await log.trim(1);
    expect([await log.next(1), await log.next(3), await log.next(4)]).toEqual([2, 3, undefined]);
  });

  it('says which blocks it has forgotten because it was full, and not those that were trimmed', async () => {
    const log = await make({ maxBytes: 64 * 1024, whenFull: 'drop_oldest' });
    await log.open();
    await log.append(Buffer.alloc(16 * 1024), 'first');
    await log.trim(1);
    expect((await log.state()).forgotten).toBe(0);
    for (let n = 2; n <= 10; n += 1) await log.append(Buffer.alloc(16 * 1024, n), `${n}`);
    const { first, forgotten } = await log.state();
    expect(forgotten).toBe(first - 1);
  });

  it('says so at any moment, also while they go', async () => {
    const log = await make({ maxBytes: 64 * 1024, whenFull: 'drop_oldest' });
    await log.open();
    let isFilling = true;
    const fill = async () => {
      for (let n = 1; n <= 40; n += 1) await log.append(Buffer.alloc(16 * 1024, n), `${n}`);
      isFilling = false;
    };
    const look = async () => {
      const removed: number[] = [];
      while (isFilling) {
        const { first, forgotten } = await log.state();
        if (forgotten < first - 1) removed.push(first);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return removed;
    };
    const [, ...looks] = await Promise.all([fill(), look(), look(), look()]);
    expect(looks).toEqual([[], [], []]);
  });

  it('remembers what was noted last', async () => {
    const log = await make(roomy);
    expect(await log.mark()).toBeUndefined();
    for (const last of [1, 2]) await log.note({ last, done: 1, stored: 5, passed: 3 });
    expect(await log.mark()).toEqual({ last: 2, done: 1, stored: 5, passed: 3 });
  });

  it('remembers with it what was kept of sources, and those who follow', async () => {
    const log = await make(roomy);
    const mark = {
      ...{ last: 2, done: 1, stored: 5, passed: 3 },
      positions: [{ source: 'far.0.abc', sequence: 17 }],
      followers: [{ name: 'location-b', done: 1, passed: 3, missed: 2, awayMs: 1500.5 }],
    };
    await log.note(mark);
    expect(await log.mark()).toEqual(mark);
    await log.note({ last: 3, done: 3, stored: 6, passed: 6 });
    expect(await log.mark()).toEqual({ last: 3, done: 3, stored: 6, passed: 6 });
  });
};
