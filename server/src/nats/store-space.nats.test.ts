import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Settings } from '../config/settings.ts';
import { ForeignServer } from './own-server/foreign-server.ts';
import { managerOf } from './connection/jet-stream.ts';
import type { Nats } from './nats.ts';
import { Quarantine } from './storage/quarantine.ts';
import { StoreSpace } from './store-space.ts';

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
const fill = async (name: string, subject: string, megabytes: number) => {
  const { streams } = await managerOf(nats);
  await streams.add({ name, subjects: [subject] }).catch(() => undefined);
  for (let n = 0; n < megabytes * 2; n += 1) await jetstream(nats).publish(subject, Buffer.alloc(megabyte / 2));
};

it('says when all buffers together fill what they may, and takes it back; what others keep does not count', async () => {
  const quarantine = new Quarantine();
  const space = new StoreSpace(
    { values: { nats: { max_file_store: 10 * megabyte } } } as Settings,
    { ready: async () => nats } as unknown as Nats,
    quarantine,
  );
  const seen = async () => {
    await space.look();
    return { isFull: space.isFull, sentence: quarantine.all()[0]?.sentence };
  };
  const changes: boolean[] = [];
  space.onChange(() => changes.push(space.isFull));
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
  expect(changes).toEqual([true, false]);
});
