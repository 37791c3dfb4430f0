import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KV, Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadSettings } from '../../config/load-settings.ts';
import { settingsOf } from '../../config/settings.ts';
import { Bucket, StaleRevision } from './bucket.ts';
import type { BucketChange } from './bucket-changes.ts';
import { BucketStream } from './bucket-stream.ts';
import { findNatsServer } from '../own-server/find-server.ts';
import { ManagedServer } from '../own-server/managed-server.ts';
import { isRunning } from '../../machine/processes.ts';
import { Quarantine } from './quarantine.ts';

const watching = { lookMs: 50, onTrouble: () => undefined };
const Value = z.strictObject({ n: z.number() });
type Value = z.infer<typeof Value>;

const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-bucket-'));
let managed: ManagedServer;
let connection: NatsConnection;

beforeAll(async () => {
  managed = new ManagedServer({
    binary: await findNatsServer(''),
    dataDir,
    memoryLimitBytes: 64 * 1024 ** 2,
    maxFileStoreBytes: 64 * 1024 ** 2,
    sync: settingsOf(loadSettings({}, undefined, () => '').values).values.nats.sync,
    log: () => undefined,
  });
  const { servers, user, pass } = (await managed.start()) as { servers: string[]; user: string; pass: string };
  connection = await connect({ servers, user, pass, waitOnFirstConnect: true, reconnectTimeWait: 50 });
});
afterAll(async () => {
  await connection.close();
  await managed.stop();
});

const open = async (name: string) => {
  const kv = await new Kvm(connection).create(name, { history: 1 });
  return { kv, ...bucketOf(name) };
};
const bucketOf = (name: string, wasThere = true) => {
  const quarantine = new Quarantine();
  const stream = streamOf(name, quarantine, wasThere);
  return { quarantine, bucket: new Bucket<Value>(stream, { schema: Value }, quarantine) };
};
const streamOf = (name: string, quarantine: Quarantine, wasThere = true) =>
  new BucketStream(name, {
    connection: async () => connection,
    replicas: 1,
    sizeBytes: 1024 ** 2,
    wasThere: () => wasThere,
    tell: (sentence) => quarantine.note(name, sentence),
    tellOnce: (sentence) => quarantine.tellOnce(name, sentence),
  });

it('gives turns to others while it reads much', { timeout: 60_000 }, async () => {
  const { bucket: filling } = await open('turns');
  await Promise.all(Array.from({ length: 400 }, async (_, n) => filling.create(`key-${n}`, { n })));
  let [parsed, most] = [0, 0];
  const slow = Value.refine(() => {
    const until = performance.now() + 1;
    while (performance.now() < until);
    parsed += 1;
    return true;
  });
  const quarantine = new Quarantine();
  const bucket = new Bucket<Value>(streamOf('turns', quarantine), { schema: slow }, quarantine);
  const turn = (): void => {
    most = Math.max(most, parsed);
    parsed = 0;
    turns = setImmediate(turn);
  };
  let turns = setImmediate(turn);
  expect(await bucket.present()).toHaveLength(400);
  clearImmediate(turns);
  expect(Math.max(most, parsed)).toBeLessThan(64);
});

describe('a bucket', () => {
  it('hands out what it read last until something is written, by whomever', async () => {
    const [{ bucket }, other] = [await open('present'), await open('present')];
    const values = async () =>
      (await bucket.present()).map((found) => (found.kind === 'whole' ? found.value : found.sentence));
    expect(await values()).toEqual([]);
    await bucket.create('a', { n: 1 });
    expect(await values()).toEqual([{ n: 1 }]);
    expect(await bucket.present()).toBe(await bucket.present());
    await other.bucket.create('b', { n: 2 });
    expect(await values()).toEqual([{ n: 1 }, { n: 2 }]);
    await other.bucket.remove('a', (await other.bucket.look('a'))!.revision);
    expect(await values()).toEqual([{ n: 2 }]);
  });

  it('keeps values with revisions, and refuses who has not seen the last one', async () => {
    const { bucket } = await open('revisions');
    const first = await bucket.create('a', { n: 1 });
    expect(await bucket.get('a')).toEqual({
      kind: 'whole',
      key: 'a',
      value: { n: 1 },
      revision: first,
      updatedAt: expect.any(Date),
    });
    await expect(bucket.create('a', { n: 2 })).rejects.toThrow(StaleRevision);
    const second = await bucket.update('a', { n: 2 }, first);
    expect(second).toBeGreaterThan(first);
    await expect(bucket.update('a', { n: 3 }, first)).rejects.toThrow(StaleRevision);
    await expect(bucket.remove('a', first)).rejects.toThrow(StaleRevision);
    await bucket.remove('a', second);
    expect(await bucket.get('a')).toBeUndefined();
    await bucket.create('a', { n: 4 });
    expect((await bucket.entries()).map(({ value }) => value)).toEqual([{ n: 4 }]);
  });

  it('lets exactly one of many write at the same moment', async () => {
    const { bucket } = await open('race');
    const revision = await bucket.create('a', { n: 0 });
    const ends = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, n) => bucket.update('a', { n }, revision)),
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('has nothing under what cannot be a key', async () => {
    const { bucket } = await open('keys');
    for (const key of ['', ' ', '>', '*', 'a..b', '.a', 'a.', 'ä', '\0', 'x'.repeat(5000)])
      expect(await bucket.get(key), key).toBeUndefined();
  });

  it.each<[string, (kv: KV) => Promise<unknown>, RegExp]>([
    ['no JSON', async (kv) => kv.put('broken', 'no json'), /JSON/],
    ['another shape', async (kv) => kv.put('broken', '{"n":"one"}'), /^n: "one" is not a number$/],
    ['more than it should', async (kv) => kv.put('broken', '{"n":1,"m":2}'), /"m" is not known here/],
    ['nothing', async (kv) => kv.put('broken', ''), /./],
  ])('puts aside a value that is %s, says so, and hands out the others', async (what, put, sentence) => {
    const { bucket, kv, quarantine } = await open(`broken-${what.replaceAll(' ', '-')}`);
    await bucket.create('whole', { n: 1 });
    const revision = Number(await put(kv));
    expect(await bucket.get('broken')).toBeUndefined();
    expect((await bucket.entries()).map(({ key }) => key)).toEqual(['whole']);
    expect(quarantine.all()).toEqual([
      { source: expect.stringMatching(/\/broken$/), sentence: expect.stringMatching(sentence) },
    ]);
    await bucket.update('broken', { n: 2 }, revision);
    await bucket.get('broken');
    expect(quarantine.all()).toEqual([]);
  });

  it('is watched: what is there first, then every change', async () => {
    const { bucket, kv } = await open('watched');
    const revision = await bucket.create('a', { n: 1 });
    const ending = new AbortController();
    const seen: string[] = [];
    const done = (async () => {
      for await (const change of bucket.watch(ending.signal, watching)) seen.push(shown(change));
    })();
    await expect.poll(() => seen).toEqual(['a=1', 'complete']);
    await bucket.update('a', { n: 2 }, revision);
    await kv.put('b', 'broken');
    await bucket.create('c', { n: 3 });
    await bucket.remove('a', (await bucket.look('a'))!.revision);
    await expect.poll(() => seen).toEqual(['a=1', 'complete', 'a=2', 'b damaged', 'c=3', 'a removed']);
    ending.abort();
    await done;
  });

  it.each<[string, (kv: KV) => Promise<unknown>]>([
    ['is empty', async () => undefined],
    ['holds what was removed', async (kv) => (await kv.put('a', '{"n":1}'), kv.delete('a'))],
    ['holds a broken value last', async (kv) => kv.put('a', 'broken')],
  ])('is watched to its present end where it %s', async (what, prepare) => {
    const { bucket, kv } = await open(`complete-${what.replaceAll(' ', '-')}`);
    await prepare(kv);
    const ending = new AbortController();
    for await (const change of bucket.watch(ending.signal, watching)) if (change.kind === 'complete') ending.abort();
    expect(ending.signal.aborted).toBe(true);
  });
});

const shown = (change: BucketChange<Value>): string => {
  if (change.kind === 'complete') return 'complete';
  return change.kind === 'whole' ? `${change.key}=${change.value.n}` : `${change.key} ${change.kind}`;
};

describe('the own nats-server', () => {
  it('comes back after a kill, with all that it had, and the watch goes on', async () => {
    const { bucket } = await open('killed');
    await bucket.create('a', { n: 1 });
    const ending = new AbortController();
    const seen: string[] = [];
    const done = (async () => {
      for await (const change of bucket.watch(ending.signal, watching)) seen.push(shown(change));
    })();
    await expect.poll(() => seen).toEqual(['a=1', 'complete']);
    const { child } = managed as unknown as { child: { pid: number } };
    process.kill(child.pid, 'SIGKILL');
    await expect.poll(() => isRunning(child.pid, 'nats-server'), { timeout: 30_000 }).toBe(false);
    await expect
      .poll(async () => (await bucket.get('a').catch(() => undefined))?.value, { timeout: 30_000 })
      .toEqual({ n: 1 });
    await bucket.create('b', { n: 2 });
    await expect.poll(() => seen.includes('b=2'), { timeout: 30_000 }).toBe(true);
    ending.abort();
    await done;
  });

  it('takes over from one that was left behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'semstreams-orphan-'));
    const options = {
      binary: await findNatsServer(''),
      dataDir: folder,
      memoryLimitBytes: 64 * 1024 ** 2,
      maxFileStoreBytes: 64 * 1024 ** 2,
      sync: 'always',
      log: () => undefined,
    };
    const first = new ManagedServer(options);
    await first.start();
    const { child } = first as unknown as { child: { pid: number } };
    const second = new ManagedServer(options);
    // the first one believes that it is ending, as one whose process was killed does nothing any more
    (first as unknown as { isEnding: boolean }).isEnding = true;
    const { servers, user, pass } = (await second.start()) as { servers: string[]; user: string; pass: string };
    expect(isRunning(child.pid, 'nats-server')).toBe(false);
    const line = await connect({ servers, user, pass, waitOnFirstConnect: true, reconnectTimeWait: 50 });
    expect(line.info?.server_name).toBe('semstreams');
    await line.close();
    await second.stop();
  });

  it('does not end a program that only has the id of the one before', async () => {
    const innocent = spawn('sleep', ['60']);
    await new Promise((resolve) => innocent.once('spawn', resolve));
    const folder = mkdtempSync(join(tmpdir(), 'semstreams-innocent-'));
    mkdirSync(join(folder, 'nats'));
    writeFileSync(join(folder, 'nats', 'nats-server.pid'), `${innocent.pid}\n`);
    const server = new ManagedServer({
      binary: await findNatsServer(''),
      dataDir: folder,
      memoryLimitBytes: 64 * 1024 ** 2,
      maxFileStoreBytes: 64 * 1024 ** 2,
      sync: 'always',
      log: () => undefined,
    });
    await server.start();
    expect(isRunning(innocent.pid!, 'sleep')).toBe(true);
    innocent.kill();
    await server.stop();
  });
});
