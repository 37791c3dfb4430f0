import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Settings } from '../config/settings.ts';
import { LogFull } from '../engine/block-log.ts';
import { ForeignServer } from './own-server/foreign-server.ts';
import { managerOf } from './connection/jet-stream.ts';
import { MarkFile } from './storage/mark-file.ts';
import type { Nats } from './nats.ts';
import { Quarantine } from './storage/quarantine.ts';
import { RoomShare } from './storage/room-share.ts';
import { StoreSpace } from './store-space.ts';
import { StreamLog } from './storage/stream-log.ts';

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

const megabyte = 1024 ** 2;
const spaceOf = (limit: number, quarantine = new Quarantine()) =>
  new StoreSpace(
    { values: { nats: { max_file_store: limit } } } as Settings,
    { ready: async () => nats } as unknown as Nats,
    quarantine,
  );
const fill = async (name: string, subject: string, megabytes: number) => {
  const { streams } = await managerOf(nats);
  await streams.add({ name, subjects: [subject] }).catch(() => undefined);
  for (let n = 0; n < megabytes * 2; n += 1) await jetstream(nats).publish(subject, Buffer.alloc(megabyte / 2));
};

it('says when all buffers together fill what they may, and takes it back; what others keep does not count', async () => {
  const quarantine = new Quarantine();
  const space = spaceOf(10 * megabyte, quarantine);
  const seen = async () => {
    await space.look();
    return { isFull: space.isFull, sentence: quarantine.all()[0]?.sentence };
  };
  await fill('somebody-else', 'else', 12);
  await fill('semstreams_buffer:a', 'semstreams.buffer.a', 5);
  expect(await seen()).toEqual({ isFull: false, sentence: undefined });
  await fill('semstreams_buffer:b', 'semstreams.buffer.b', 5);
  expect(await seen()).toEqual({
    isFull: true,
    sentence: expect.stringMatching(
      /^buffers and dead letters fill 100 % of the 10 MB that NATS may store: raise/,
    ) as string,
  });
  await (await managerOf(nats)).streams.delete('semstreams_buffer:b');
  expect(await seen()).toEqual({ isFull: false, sentence: undefined });
});

/** One that has nothing of its own yet waits while the others have all the room, as a flow does. */
const untilThereIsRoom = async <Result>(append: () => Promise<Result>): Promise<Result> => {
  for (;;)
    try {
      return await append();
    } catch (thrown) {
      if (!(thrown instanceof LogFull)) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
};

it('fast flows fill it up to its mark and not beyond, so that there is room for dead letters beside', async () => {
  const { streams } = await managerOf(nats);
  for (const name of ['somebody-else', 'semstreams_buffer:a']) await streams.delete(name);
  const limit = 16 * megabyte;
  const space = spaceOf(limit);
  let most = 0;
  let isOver = false;
  const watch = async () => {
    const manager = await managerOf(nats);
    while (!isOver) most = Math.max(most, (await manager.getAccountInfo()).storage);
  };
  const watching = watch();
  const dataDir = server.folder;
  const writer = async (from: string) => {
    const share: RoomShare = new RoomShare((asked) => {
      void space.room.ask(from, asked).then((upTo) => asked.wants > 0 && share.answer({ upTo }));
    });
    const place = { flow: 'fast', from, fromPort: 'out', to: 'far', toPort: 'in' };
    const limits = { maxBytes: 64 * megabyte, maxAgeMs: 1e9, whenFull: 'drop_oldest' } as const;
    const mark = new MarkFile(dataDir, place);
    const log = new StreamLog({ nats, place, limits, replicas: 1, mark, room: share, tell: () => undefined });
    await log.open();
    for (let n = 1; n <= 80; n += 1)
      expect(await untilThereIsRoom(async () => log.append(Buffer.alloc(megabyte / 4), `${from}.${n}`))).toBe(n);
  };
  try {
    await Promise.all(['one', 'two', 'three'].map(writer));
  } finally {
    isOver = true;
    await watching;
  }
  expect(most).toBeLessThanOrEqual(0.9 * limit);
  expect(most).toBeGreaterThan(0.8 * limit);
  await space.look();
  expect(space.isFull).toBe(true);
});
