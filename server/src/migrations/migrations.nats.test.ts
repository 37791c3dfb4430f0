import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { peek } from '../nats/peek.ts';
import { systemBucket } from '../nats/storage/stored-data.ts';
import { type RunningServer, startServer } from '../running-server.ts';
import { dataVersion } from './steps.ts';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const written = async (server: RunningServer) =>
  peek(server.dataDir, async (data) => Buffer.from((await data.get(systemBucket, 'data_version'))!).toString());
const start = async (dataDir?: string) => {
  const server = await startServer({}, dataDir);
  folders.push(server.dataDir);
  return server;
};
const until = async (what: string, holds: () => boolean) => {
  const deadline = performance.now() + 15_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const flow = { id: 'old', name: 'Old', components: [{ id: 'in', type: 'simulator_input' }] };

describe('stored data', () => {
  it('that is new is of the present version', async () => {
    const server = await start();
    await server.call('POST', '/api/v1/flows', flow);
    expect(await written(server)).toBe(String(dataVersion));
    await server.end();
  }, 60_000);

  it('of before there were versions is brought up to date once, after a backup', async () => {
    const first = await start();
    await first.call('POST', '/api/v1/flows', flow);
    await peek(first.dataDir, async (data) => data.remove(systemBucket, 'data_version'));
    await first.end();
    const backups = () =>
      readdirSync(join(first.dataDir, 'backups')).filter((name) => name.startsWith('before-migration'));
    for (const _ of ['migrated', 'left alone']) {
      const again = await start(first.dataDir);
      expect((await again.call('GET', '/api/v1/flows/old')).status).toBe(200);
      expect(await written(again)).toBe(String(dataVersion));
      expect(backups()).toHaveLength(1);
      await again.end();
    }
  }, 60_000);

  it('of a newer version stops the start with a sentence', async () => {
    const first = await start();
    await first.call('POST', '/api/v1/flows', flow);
    await peek(first.dataDir, async (data) => data.put(systemBucket, 'data_version', Buffer.from('99')));
    await first.end();
    const again = await start(first.dataDir);
    await until('it has ended', () => again.process.exitCode !== null);
    expect(again.process.exitCode).toBe(1);
    expect(again.output()).toContain('the stored data is of version 99, and this SemStreams');
  }, 60_000);
});
