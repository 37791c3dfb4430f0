import { setTimeout as sleep } from 'node:timers/promises';
import { DiscardPolicy, jetstream, type StreamConfig, type StreamUpdateConfig } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DeadLetterWriter } from './dead-letter-writer.ts';
import { DeadLetters } from './dead-letters.ts';
import { ForeignServer } from '../own-server/foreign-server.ts';
import type { KeptLetter, LetterBlock } from './kept-letter.ts';
import { StoredData } from '../storage/stored-data.ts';
import { deadLetterStream } from '../storage/stream-names.ts';

let server: ForeignServer;
let nats: NatsConnection;
beforeAll(async () => {
  server = await (await ForeignServer.of()).start();
  nats = await connect({ servers: server.url });
});
afterAll(async () => {
  await nats.close();
  await server.remove();
});
afterEach(async () => {
  const { streams } = await jetstream(nats).jetstreamManager(false);
  for await (const { config } of streams.list()) await streams.delete(config.name);
});

const kept = (n: number): KeptLetter => ({
  component: 'tidy',
  port: 'in',
  reason: 'it is no number',
  failed_at: '2026-01-01T00:00:00.000Z',
  message_id: `a-${n}`,
  kind: 'json',
  payload: String(n),
});
const block = (...numbers: number[]) => numbers.map(kept) as unknown as LetterBlock;

let flows = 0;
/** A flow of its own; each look at its letters is a new one, as each call of people is. */
const flow = () => {
  const name = `flow-${(flows += 1)}`;
  const all = async (limit = 200, before = Infinity) => {
    const { total, items } = await new DeadLetters(nats, name).page({ limit, before });
    return { total, items: items.map(({ sequence, payload }) => [sequence, payload]) };
  };
  return { name, all, writer: () => new DeadLetterWriter(nats, name, 1), letters: () => new DeadLetters(nats, name) };
};

describe('dead letters', () => {
  it('are none where there never was one', async () => {
    const { all, letters } = flow();
    expect(await all()).toEqual({ total: 0, items: [] });
    expect(await letters().sequences(10)).toEqual([]);
    expect(await letters().get(1)).toBeUndefined();
    expect(await letters().remove(1)).toBe(false);
    expect(await letters().removeAll()).toBe(0);
  });

  it('are numbered through all blocks and paged from the newest', async () => {
    const { all, letters, writer } = flow();
    const adding = writer();
    await Promise.all([adding.add(block(1, 2, 3)), adding.add(block(4)), adding.add(block(5, 6))]);
    const { items: newest } = await all(4);
    expect(newest).toEqual([
      [6, 6],
      [5, 5],
      [4, 4],
      [3, 3],
    ]);
    expect(await all(4, 3)).toEqual({
      total: 6,
      items: [
        [2, 2],
        [1, 1],
      ],
    });
    expect(await letters().sequences(4)).toEqual([1, 2, 3, 4]);
    expect(await letters().get(5)).toEqual({
      sequence: 5,
      component: 'tidy',
      port: 'in',
      reason: 'it is no number',
      failed_at: '2026-01-01T00:00:00.000Z',
      message_id: 'a-5',
      can_resend: true,
      payload: 5,
    });
    expect(await letters().get(7)).toBeUndefined();
  });

  it('are paged from either end, and searched, without telling one twice or leaving one out', async () => {
    const { letters, writer } = flow();
    const adding = writer();
    await Promise.all([adding.add(block(1, 2, 3)), adding.add(block(4)), adding.add(block(5, 6, 7))]);
    await letters().remove(2);
    const walked = async (choice: { isOldestFirst?: boolean; search?: string; component?: string }) => {
      const numbers: number[][] = [];
      for (let after: number | undefined; ;) {
        const page = await letters().page({ limit: 2, after, ...choice });
        expect(page.total).toBe(6);
        numbers.push(page.items.map(({ sequence }) => sequence));
        if (page.stoppedAt === undefined) return numbers;
        after = page.stoppedAt;
      }
    };
    expect(await walked({})).toEqual([
      [7, 6],
      [5, 4],
      [3, 1],
    ]);
    expect(await walked({ isOldestFirst: true })).toEqual([
      [1, 3],
      [4, 5],
      [6, 7],
    ]);
    expect(await walked({ search: 'A-5' })).toEqual([[5]]);
    expect((await walked({ component: 'tidy', search: 'NUMBER', isOldestFirst: true })).flat()).toEqual([
      1, 3, 4, 5, 6, 7,
    ]);
    expect(await walked({ component: 'another' })).toEqual([[]]);
  });

  it('are taken out one by one; the others keep their numbers, and a block goes with its last', async () => {
    const { name, all, letters, writer } = flow();
    await writer().add(block(1, 2, 3));
    await writer().add(block(4, 5));
    expect(await letters().remove(2)).toBe(true);
    expect(await letters().remove(2)).toBe(false);
    expect(await letters().remove(4)).toBe(true);
    expect(await all()).toEqual({
      total: 3,
      items: [
        [5, 5],
        [3, 3],
        [1, 1],
      ],
    });
    const many = letters();
    for (const number of await many.sequences(2)) expect(await many.remove(number)).toBe(true);
    expect(await all()).toEqual({ total: 1, items: [[5, 5]] });
    const manager = await jetstream(nats).jetstreamManager(false);
    expect((await manager.streams.info(deadLetterStream(name))).state.messages).toBe(2);
    await writer().add(block(6));
    expect(await all()).toMatchObject({ total: 2 });
    expect(await letters().removeAll()).toBe(2);
    expect(await all()).toEqual({ total: 0, items: [] });
  });

  it('from before there were blocks are found under their numbers, beside those in blocks', async () => {
    const { name, all, letters, writer } = flow();
    const manager = await jetstream(nats).jetstreamManager(false);
    await manager.streams.add({ name: deadLetterStream(name), subjects: [`semstreams.dead_letters.${name}.*`] });
    for (const n of [1, 2, 3])
      await jetstream(nats).publish(`semstreams.dead_letters.${name}.tidy`, JSON.stringify(kept(n)));
    await letters().remove(2);
    await writer().add(block(4, 5));
    expect(await all()).toEqual({
      total: 4,
      items: [
        [5, 5],
        [4, 4],
        [3, 3],
        [1, 1],
      ],
    });
    expect(await letters().sequences(10)).toEqual([1, 3, 4, 5]);
    expect(await letters().read(3)).toEqual(kept(3));
    expect(await letters().read(2)).toBeUndefined();
    expect(await letters().remove(1)).toBe(true);
    expect(await letters().remove(5)).toBe(true);
    expect((await all()).items).toEqual([
      [4, 4],
      [3, 3],
    ]);
  });

  it('that come again after a crash are kept once', async () => {
    const { all, writer } = flow();
    await writer().add(block(1, 2));
    await writer().add(block(1, 2));
    await writer().add(block(3));
    const { total, items } = await all();
    expect(total).toBe(3);
    expect(items.map(([, payload]) => payload)).toEqual([3, 2, 1]);
  });

  it('are kept again when somebody has deleted their stream', async () => {
    const { name, all, writer } = flow();
    const adding = writer();
    await adding.add(block(1));
    await (await jetstream(nats).jetstreamManager(false)).streams.delete(deadLetterStream(name));
    // the desk tries until it works, since NATS takes a moment to clear away what was deleted
    const again = async (tries: number): Promise<void> => {
      try {
        await adding.add(block(2));
      } catch (thrown) {
        if (tries === 0) throw thrown;
        await sleep(20);
        await again(tries - 1);
      }
    };
    await again(50);
    expect((await all()).items.map(([, payload]) => payload)).toEqual([2]);
  });

  describe.each<[string, Partial<StreamConfig>]>([
    ['sealed', { sealed: true }],
    ['kept from forgetting', { deny_purge: true, deny_delete: true }],
    ['told to hold one message', { max_msgs: 1, discard: DiscardPolicy.New }],
    ['told to take none', { max_msg_size: 1 }],
  ])('whose stream somebody has %s', (_, change) => {
    const changed = async () => {
      const { name, ...rest } = flow();
      const adding = rest.writer();
      await adding.add(block(1, 2));
      const { streams } = await jetstream(nats).jetstreamManager(false);
      const { config } = await streams.info(deadLetterStream(name));
      await streams.update(deadLetterStream(name), { ...config, ...change } as Partial<StreamUpdateConfig>);
      return { ...rest, adding };
    };

    it('are kept all the same, beside those that were there, by a run that goes on and by a new one', async () => {
      const { adding, all, writer } = await changed();
      // the desk tries again until it works
      await adding.add(block(3)).catch(async () => adding.add(block(3)));
      await writer().add(block(4));
      expect((await all()).items.map(([number, payload]) => [number, payload])).toEqual([
        [4, 4],
        [3, 3],
        [2, 2],
        [1, 1],
      ]);
    });

    it('are taken out all the same, one and all', async () => {
      const { letters, all } = await changed();
      expect(await letters().remove(1)).toBe(true);
      expect(await letters().remove(2)).toBe(true);
      expect(await all()).toEqual({ total: 0, items: [] });
      const other = await changed();
      expect(await other.letters().removeAll()).toBe(2);
      expect(await other.all()).toEqual({ total: 0, items: [] });
    });
  });

  it('that were taken out stay out when the stream is restored from a backup', async () => {
    const { name, all, letters, writer } = flow();
    await writer().add(block(1));
    await writer().add(block(2, 3, 4));
    await letters().remove(1);
    await letters().remove(3);
    const stored = new StoredData(nats, 1);
    const stream = (await stored.streams()).find((each) => each.name === deadLetterStream(name))!;
    const messages = [];
    for await (const message of stored.messages(stream)) messages.push(message);
    await stored.renewStream(stream);
    for (const message of messages) await stored.store(message);
    expect(await all()).toEqual({
      total: 2,
      items: [
        [4, 4],
        [2, 2],
      ],
    });
    await writer().add(block(5));
    expect((await all()).items[0]).toEqual([5, 5]);
  });

  it('that are nested deep are shown as text, and what is none does not spoil the list', async () => {
    const { name, all, writer } = flow();
    const deep = '['.repeat(4200) + ']'.repeat(4200);
    await writer().add([{ ...kept(1), payload: deep }]);
    await jetstream(nats).publish(`semstreams.dead_letters.${name}.tidy.1`, 'put there by hand');
    const { total, items } = await all();
    expect(total).toBe(2);
    expect(items.map(([, payload]) => payload)).toEqual(['put there by hand', deep]);
    await writer().add(block(3));
    expect((await all()).items[0]).toEqual([3, 3]);
  });

  it('are bounded: the oldest go when they take more than their share', async () => {
    const { all, writer } = flow();
    const adding = writer();
    const payload = `"${'x'.repeat(250_000)}"`;
    for (let n = 1; n <= 80; n += 1) await adding.add([{ ...kept(n), payload }]);
    const { total, items } = await all(1);
    expect(items[0]![0]).toBe(80);
    expect(total).toBeGreaterThan(50);
    expect(total).toBeLessThan(70);
  });
});
