import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AckPolicy, jetstream, RetentionPolicy, type StreamConfig, type StreamUpdateConfig } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { BufferLimits } from '@semstreams/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockLogContract } from '../../engine/block-log.contract.ts';
import { connectionOptions } from '../connection/access.ts';
import { findNatsServer } from '../own-server/find-server.ts';
import { ForeignServer } from '../own-server/foreign-server.ts';
import { ManagedServer } from '../own-server/managed-server.ts';
import { MarkFile } from './mark-file.ts';
import { endlessRoom, type Room } from './room-share.ts';
import { StoredData } from './stored-data.ts';
import { StreamLog } from './stream-log.ts';
import { type BufferPlace, bufferStream, bufferSubject } from './stream-names.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-log-'));
let server: ManagedServer;
let nats: NatsConnection;
let places = 0;

beforeAll(async () => {
  server = new ManagedServer({
    binary: await findNatsServer(''),
    dataDir,
    memoryLimitBytes: 64 * 1024 ** 2,
    maxFileStoreBytes: 256 * 1024 ** 2,
    sync: 'always',
    log: () => undefined,
  });
  nats = await connect(connectionOptions(await server.start(), 'test'));
});

afterAll(async () => {
  await nats.close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A log as lanes make it. */
const logAt = (
  where: BufferPlace,
  limits: BufferLimits,
  room: Room = endlessRoom,
  tell: (sentence: string) => void = () => undefined,
) => new StreamLog({ nats, place: where, limits, replicas: 1, mark: new MarkFile(dataDir, where), room, tell });

const textOf = async (log: StreamLog, sequence: number) => {
  const bytes = await log.read(sequence);
  return bytes && Buffer.from(bytes).toString();
};

const place = () => ({ flow: 'test', from: `a${(places += 1)}`, fromPort: 'out', to: 'b', toPort: 'in' });

describe('a block log that is a stream', () => {
  blockLogContract(async ({ maxBytes, whenFull }) => logAt(place(), { maxBytes, whenFull, maxAgeMs: 1e9 }));

  it('takes over new limits when it is opened with them, and keeps what it holds', async () => {
    const where = place();
    const limits = { maxBytes: 1024 ** 2, maxAgeMs: 1e9, whenFull: 'block' } as const;
    const log = logAt(where, limits);
    await log.open();
    await log.append(Buffer.from('one'), 'a');
    const changed = logAt(where, { ...limits, maxBytes: 2 * 1024 ** 2, whenFull: 'drop_oldest' });
    expect(await changed.open()).toMatchObject({ first: 1, last: 1 });
  });

  it('sets nothing aside: what is not used is free for others, and old streams give theirs back', async () => {
    const where = place();
    const { streams } = await jetstream(nats).jetstreamManager(false);
    await streams.add({ name: bufferStream(where), subjects: [bufferSubject(where)], max_bytes: 64 * 1024 ** 2 });
    const roomy = { maxBytes: 64 * 1024 ** 2, maxAgeMs: 1e9, whenFull: 'block' } as const;
    await logAt(where, roomy).open();
    for (let n = 0; n < 20; n += 1) await logAt(place(), roomy).open();
    expect(await logAt(where, roomy).append(Buffer.from('one'), 'a')).toBe(1);
  });

  it('drops its oldest or refuses, and says why, while all together fill the store', async () => {
    let left = Infinity;
    const room: Room = {
      take: async (bytes) => left >= bytes && ((left -= bytes), true),
      done: () => undefined,
      swap: async () => undefined,
    };
    const limits = { maxBytes: 1024 ** 2, maxAgeMs: 1e9 } as const;
    const dropping = logAt(place(), { ...limits, whenFull: 'drop_oldest' }, room);
    const blocking = logAt(place(), { ...limits, whenFull: 'block' }, room);
    for (const log of [dropping, blocking]) {
      await log.open();
      for (const id of ['a', 'b', 'c']) await log.append(Buffer.alloc(10_000), id);
    }
    left = 0;
    expect(await dropping.append(Buffer.alloc(10_000), 'd')).toBe(4);
    expect(await dropping.state()).toMatchObject({ first: 3, last: 4, forgotten: 2 });
    left = 0;
    await expect(blocking.append(Buffer.alloc(10_000), 'd')).rejects.toThrow('raise "nats.max_file_store"');
    left = Infinity;
    expect(await blocking.append(Buffer.alloc(10_000), 'd')).toBe(4);
  });

  it('is made again under new numbers when somebody has deleted its stream', async () => {
    const where = place();
    const log = logAt(where, { maxBytes: 1024 ** 2, maxAgeMs: 1e9, whenFull: 'block' });
    await log.open();
    await log.append(Buffer.from('one'), 'a');
    const { streams } = await jetstream(nats).jetstreamManager(false);
    await streams.delete(bufferStream(where));
    expect(await log.append(Buffer.from('two'), 'b')).toBe(2);
    await streams.delete(bufferStream(where));
    expect(await log.read(2)).toBeUndefined();
    expect(await log.state()).toMatchObject({ first: 3, last: 2 });
  });

  it('goes on behind what somebody else has written into its stream, and changes back what somebody has changed', async () => {
    const where = place();
    const log = logAt(where, { maxBytes: 1024 ** 2, maxAgeMs: 1e9, whenFull: 'block' });
    await log.open();
    await jetstream(nats).publish(bufferSubject(where), 'by hand');
    expect(await log.append(Buffer.from('one'), 'a')).toBe(2);
    const { streams } = await jetstream(nats).jetstreamManager(false);
    await streams.update(bufferStream(where), { subjects: ['elsewhere'] });
    expect(await log.append(Buffer.from('two'), 'b')).toBe(3);
    expect((await streams.info(bufferStream(where))).config.subjects).toEqual([bufferSubject(where)]);
  });
});

describe('a stream that somebody changes by hand', () => {
  const begin = async () => {
    const where = place();
    const told: string[] = [];
    const log = logAt(
      where,
      { maxBytes: 1024 ** 2, maxAgeMs: 1e9, whenFull: 'block' },
      endlessRoom,
      (sentence) => void told.push(sentence),
    );
    await log.open();
    for (const id of ['a', 'b', 'c']) await log.append(Buffer.from(id), id);
    const name = bufferStream(where);
    const { streams, consumers } = await jetstream(nats).jetstreamManager(false);
    const change = async (config: Partial<StreamConfig>) => streams.update(name, config as Partial<StreamUpdateConfig>);
    return { log, told, name, streams, consumers, change };
  };

  it.each<[string, Partial<StreamConfig>]>([
    ['few messages', { max_msgs: 3 }],
    ['small messages', { max_msg_size: 1 }],
    ['one message', { max_msgs_per_subject: 3 }],
    ['interest', { retention: RetentionPolicy.Interest }],
  ])('to take %s only, is put right, and that is said', async (_, config) => {
    const { log, told, name, streams, change } = await begin();
    await change(config);
    const { last } = await log.state();
    expect(await log.append(Buffer.from('four'), 'd')).toBe(last + 1);
    expect(await textOf(log, last + 1)).toBe('four');
    const { config: now } = await streams.info(name);
    expect(
      Object.keys(config).map((key) => now[key as keyof StreamConfig] === config[key as keyof StreamConfig]),
    ).toEqual([false]);
    expect(told).toEqual([`"${Object.keys(config)[0]}" of the stream "${name}" was changed by hand, and is put right`]);
  });

  it('is put right in writing, too, before anybody looks', async () => {
    const { log, change } = await begin();
    await change({ max_msgs: 3 });
    expect(await log.append(Buffer.from('four'), 'd')).toBe(4);
    await change({ max_msg_size: 1 });
    expect(await log.append(Buffer.from('five'), 'e')).toBe(5);
  });

  it('and seals, gives what it holds, and is made anew when that is delivered', async () => {
    const { log, told, change } = await begin();
    await change({ sealed: true });
    await expect(log.append(Buffer.from('four'), 'd')).rejects.toThrow('made anew when what waits is delivered');
    await log.trim(2);
    expect(await textOf(log, 3)).toBe('c');
    await expect(log.append(Buffer.from('four'), 'd')).rejects.toThrow('made anew');
    await log.trim(3);
    expect(await log.append(Buffer.from('four'), 'd')).toBe(4);
    expect(await log.state()).toMatchObject({ first: 4, last: 4 });
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/"sealed".* was changed by hand and cannot be put right: what waits in it is delivered/);
  });

  it('and seals while nothing waits in it, is made anew at once, at the next start too', async () => {
    const { log, change, name, streams } = await begin();
    await log.trim(3);
    await change({ sealed: true });
    expect(await log.append(Buffer.from('four'), 'd')).toBe(4);
    await log.trim(4);
    await change({ sealed: true });
    const [flow, from, fromPort, to, toPort] = name.split(':').slice(1) as [string, string, string, string, string];
    const limits = { maxBytes: 1024 ** 2, maxAgeMs: 1e9, whenFull: 'block' } as const;
    const next = logAt({ flow, from, fromPort, to, toPort }, limits);
    expect(await next.open()).toMatchObject({ first: 5, last: 4 });
    expect(await next.append(Buffer.from('five'), 'e')).toBe(5);
    expect((await streams.info(name)).config.sealed).toBeFalsy();
  });

  it('to forget nothing any more, goes on, and is made anew when all is delivered', async () => {
    const { log, told, change } = await begin();
    await change({ deny_purge: true });
    await log.trim(2);
    expect(await log.append(Buffer.from('four'), 'd')).toBe(4);
    expect(await textOf(log, 4)).toBe('four');
    await log.trim(4);
    expect(await log.state()).toMatchObject({ first: 5, last: 4 });
    expect(await log.append(Buffer.from('five'), 'e')).toBe(5);
    expect(told).toHaveLength(1);
  });

  it('and reads by a consumer, is read by its flow as before, and a backup has all of it', async () => {
    const { log, told, name, consumers } = await begin();
    await consumers.add(name, { durable_name: 'curious', ack_policy: AckPolicy.Explicit });
    const reader = await jetstream(nats).consumers.get(name, 'curious');
    for await (const message of await reader.fetch({ max_messages: 2 })) message.ack();
    await nats.flush();
    expect(await log.state()).toMatchObject({ first: 1, last: 3 });
    expect(told).toEqual([expect.stringContaining('by a consumer')]);
    const stored = (await new StoredData(nats).streams()).find((stream) => stream.name === name);
    expect(stored).toMatchObject({ from: 1, to: 3 });
  });
});

describe('an account that insists on a size of each stream', () => {
  it('is asked for little at first, and for more when it is needed', async () => {
    const strict = await (
      await ForeignServer.of()
    ).start(
      `accounts { A { jetstream: { max_file: 60MB, max_mem: 1MB, max_bytes_required: true }, users: [{user: a, password: a}] } }`,
    );
    const connection = await connect({ servers: strict.url, user: 'a', pass: 'a' });
    try {
      const limits = { maxBytes: 8 * 1024 ** 2, maxAgeMs: 1e9, whenFull: 'drop_oldest' } as const;
      const logs = Array.from({ length: 20 }, () => {
        const where = place();
        const mark = new MarkFile(dataDir, where);
        return new StreamLog({
          nats: connection,
          place: where,
          limits,
          replicas: 1,
          mark,
          room: endlessRoom,
          tell: () => undefined,
        });
      });
      for (const log of logs) await log.open();
      for (let n = 1; n <= 40; n += 1) expect(await logs[0]!.append(Buffer.alloc(250_000), `${n}`)).toBe(n);
      const { first, last, bytes } = await logs[0]!.state();
      expect(last).toBe(40);
      expect(first).toBeGreaterThan(5);
      expect(bytes).toBeGreaterThan(7 * 1024 ** 2);
    } finally {
      await connection.close();
      await strict.remove();
    }
  });
});
