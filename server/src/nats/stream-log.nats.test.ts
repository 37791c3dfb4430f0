import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockLogContract } from '../engine/block-log.contract.ts';
import { connectionOptions } from './access.ts';
import { findNatsServer } from './find-server.ts';
import { ManagedServer } from './managed-server.ts';
import { StreamLog } from './stream-log.ts';
import { bufferStream } from './stream-names.ts';

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

const place = () => ({ flow: 'test', from: `a${(places += 1)}`, fromPort: 'out', to: 'b', toPort: 'in' });

describe('a block log that is a stream', () => {
  blockLogContract(
    async ({ maxBytes, whenFull }) => new StreamLog(nats, place(), { maxBytes, whenFull, maxAgeMs: 1e9 }, 1),
  );

  it('takes over new limits when it is opened with them, and keeps what it holds', async () => {
    const where = place();
    const limits = { maxBytes: 1024 ** 2, maxAgeMs: 1e9, whenFull: 'block' } as const;
    const log = new StreamLog(nats, where, limits, 1);
    await log.open();
    await log.append(Buffer.from('one'), 'a');
    const changed = new StreamLog(nats, where, { ...limits, maxBytes: 2 * 1024 ** 2, whenFull: 'drop_oldest' }, 1);
    expect(await changed.open()).toMatchObject({ first: 1, last: 1 });
  });

  it('goes on after somebody has deleted the stream', async () => {
    const where = place();
    const log = new StreamLog(nats, where, { maxBytes: 1024 ** 2, maxAgeMs: 1e9, whenFull: 'block' }, 1);
    await log.open();
    await log.append(Buffer.from('one'), 'a');
    const { jetstreamManager } = await import('@nats-io/jetstream');
    await (await jetstreamManager(nats)).streams.delete(bufferStream(where));
    await expect(log.append(Buffer.from('two'), 'b')).rejects.toThrow('keeps nothing');
    expect(await log.append(Buffer.from('two'), 'b')).toBe(1);
  });
});
