import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { BufferLimits } from '@semstreams/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockLogContract } from '../engine/block-log.contract.ts';
import { connectionOptions } from './access.ts';
import { findNatsServer } from './find-server.ts';
import { ForeignServer } from './foreign-server.ts';
import { ManagedServer } from './managed-server.ts';
import { MarkFile } from './mark-file.ts';
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
const logAt = (where: BufferPlace, limits: BufferLimits, isStoreFull = () => false) =>
  new StreamLog({ nats, place: where, limits, replicas: 1, mark: new MarkFile(dataDir, where), isStoreFull });

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
    let isFull = false;
    const limits = { maxBytes: 1024 ** 2, maxAgeMs: 1e9 } as const;
    const dropping = logAt(place(), { ...limits, whenFull: 'drop_oldest' }, () => isFull);
    const blocking = logAt(place(), { ...limits, whenFull: 'block' }, () => isFull);
    for (const log of [dropping, blocking]) {
      await log.open();
      for (const id of ['a', 'b', 'c']) await log.append(Buffer.alloc(10_000), id);
    }
    isFull = true;
    expect(await dropping.append(Buffer.alloc(10_000), 'd')).toBe(4);
    expect(await dropping.state()).toMatchObject({ first: 3, last: 4, forgotten: 2 });
    await expect(blocking.append(Buffer.alloc(10_000), 'd')).rejects.toThrow('raise "nats.max_file_store"');
    isFull = false;
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
        return new StreamLog({ nats: connection, place: where, limits, replicas: 1, mark, isStoreFull: () => false });
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
