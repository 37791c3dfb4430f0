import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createUser } from '@nats-io/nkeys';
import type { BufferLimits } from '@semstreams/contract';
import { afterAll, expect, it } from 'vitest';
import { GuaranteedConnection } from '../engine/guaranteed-connection.ts';
import { emptyHand } from '../engine/hand-on.ts';
import { type Batch, Message } from '../engine/message.ts';
import { ForeignServer } from './own-server/foreign-server.ts';
import { roomyLane } from './roomy-lane.ts';

const server = await (await ForeignServer.of()).start();
afterAll(async () => server.remove());

const limits: BufferLimits = { maxBytes: 1024 ** 2, maxAgeMs: 1e9, whenFull: 'drop_oldest' };
const message = (payload: unknown, sequence: number): Batch => [
  new Message(payload, 1_700_000_000_000, 'test.a.1', sequence),
];
const until = async (what: string, holds: () => boolean) => {
  for (let turn = 0; !holds(); turn += 1) {
    if (turn > 3000) throw new Error(`waited in vain until ${what}`);
    await sleep(5);
  }
};

/** A lane's connection to NATS, and the disk that it is told of. */
const lane = () => {
  let isFull = false;
  const settings = {
    access: { servers: [`127.0.0.1:${server.port}`] },
    replicas: 1,
    name: 'test',
    dataDir: server.folder,
  };
  return {
    nats: roomyLane(settings, () => isFull),
    disk: (level: 'full' | 'ok') => void (isFull = level === 'full'),
  };
};

it('adds nothing to a buffer while the disk is full, and goes on when there is room', async () => {
  const { nats, disk } = lane();
  const log = nats.log({ flow: 'a', from: 'in', fromPort: 'out', to: 'end', toPort: 'in' }, limits, () => undefined);
  await log.open();
  expect(await log.append(Buffer.from('first'), '1')).toBe(1);
  disk('full');
  await expect(log.append(Buffer.from('second'), '2')).rejects.toThrow('the disk is almost full');
  expect(Buffer.from((await log.read(1))!).toString()).toBe('first');
  disk('ok');
  expect(await log.append(Buffer.from('second'), '2')).toBe(2);
});

it('hands on what waits while the disk is full, says why nothing comes in, and takes it by itself when there is room', async () => {
  const { nats, disk } = lane();
  const giveUp = new AbortController();
  const stop = new AbortController();
  const told: string[] = [];
  const got: unknown[] = [];
  const log = nats.log({ flow: 'b', from: 'in', fromPort: 'out', to: 'end', toPort: 'in' }, limits, () => undefined);
  const connection = new GuaranteedConnection({
    log,
    limits,
    name: 'test',
    idPrefix: 'test',
    now: Date.now,
    monotonic: () => performance.now(),
    random: () => 0,
    wait: async (_, signal) => sleep(1, undefined, { signal }),
    giveUp: giveUp.signal,
    changed: () => undefined,
    hasSeveralWays: false,
    isFollowed: true,
    from: 'a',
    gotElsewhere: () => undefined,
    gone: (reason, messages) => void told.push(`${messages} gone: ${reason}`),
    damaged: (sentence) => void told.push(sentence),
    hand: { read: () => emptyHand, note: () => undefined },
    putAside: () => void told.push('put aside'),
    tooLarge: () => void told.push('too large'),
    lost: () => undefined,
    unkeepable: (_, sentence) => void told.push(sentence),
    stuck: (end, sentence) => {
      const line = `${end}: ${sentence ?? 'goes on'}`;
      if (told.at(-1) !== line) told.push(line);
    },
  });
  await connection.append(message('before', 1));
  disk('full');
  let isTaken = false;
  const taken = connection.append(message('meanwhile', 2)).then(() => (isTaken = true));
  await until('it says what it waits for', () => told.length > 0);

  const delivered = connection.deliver((batch) => void got.push(...batch.map(({ payload }) => payload)), stop.signal);
  await until('what waited is through', () => got.length === 1);
  expect({ got, isTaken }).toEqual({ got: ['before'], isTaken: false });

  disk('ok');
  await taken;
  await until('the rest is through', () => got.length === 2);
  stop.abort();
  await delivered;
  await connection.close();
  expect(got).toEqual(['before', 'meanwhile']);
  expect(await log.state()).toMatchObject({ first: 3, last: 2 });
  expect(told).toEqual([
    'from: its buffer cannot be written: the disk is almost full; it goes on when there is room',
    'from: goes on',
  ]);
});

it('has a new connection after its client has given up, as without the file of its key in a reconnect', async () => {
  const user = createUser();
  const config = `authorization { users: [ { nkey: ${user.getPublicKey()} } ] }`;
  const guarded = await (await ForeignServer.of()).start(config);
  const nkeyFile = join(guarded.folder, 'user.nk');
  const keepKey = () => writeFileSync(nkeyFile, new TextDecoder().decode(user.getSeed()));
  keepKey();
  const settings = { replicas: 1, name: 'test', dataDir: guarded.folder };
  const nats = roomyLane({ ...settings, access: { servers: [`127.0.0.1:${guarded.port}`], nkeyFile } });
  const log = nats.log({ flow: 'a', from: 'in', fromPort: 'out', to: 'end', toPort: 'in' }, limits, () => undefined);
  await log.open();
  expect(await log.append(Buffer.from('first'), '1')).toBe(1);
  rmSync(nkeyFile);
  await guarded.end();
  await guarded.start(config);
  const gaveUp = async () => log.append(Buffer.from('second'), '2').catch((thrown: unknown) => String(thrown));
  let said: unknown;
  for (let turn = 0; turn < 200 && !/user\.nk/.test(String(said)); turn += 1) {
    said = await gaveUp();
    await sleep(50);
  }
  expect(said).toMatch(/user\.nk/);
  keepKey();
  let added: number | undefined;
  for (let turn = 0; turn < 200 && added === undefined; turn += 1) {
    added = await log.append(Buffer.from('second'), '2').catch(() => undefined);
    await sleep(50);
  }
  expect(added).toBe(2);
  await guarded.remove();
});
