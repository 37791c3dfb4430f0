import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FlowStatus, Restored, RestorePreview } from '@semstreams/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byHand } from '../nats/peek.ts';
import { type RunningServer, startServer } from '../running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-backup-'));
let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
}, 60_000);
afterAll(async () => {
  await server.end();
  rmSync(server.dataDir, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

const flow = (id: string, rate: number) => ({
  id,
  name: id,
  components: [
    { id: 'in', type: 'simulator_input', config: { rate } },
    { id: 'out', type: 'websocket_output', config: { port: 0, host: '127.0.0.1' } },
  ],
});
const call = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
  const answer = await server.call(method, path, body);
  expect([path, answer.status < 300]).toEqual([path, true]);
  return answer.body as Body;
};
const drafts = async () =>
  (await call<{ items: { id: string }[] }>('GET', '/api/v1/flows')).items.map(({ id }) => id).sort();
const status = (id: string) => call<FlowStatus>('GET', `/api/v1/flows/${id}/status`);
const until = async (what: string, holds: () => Promise<boolean>) => {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const ownEnvironment = () => ({
  ...process.env,
  SEMSTREAMS_PORT: new URL(server.url).port,
  SEMSTREAMS_DATA_DIR: server.dataDir,
});

/** The command as people run it, beside the server that it speaks with. */
const semstreams = async (...words: string[]) => {
  const main = server.process.spawnargs[1]!;
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...words], {
    env: ownEnvironment(),
  });
  return stdout;
};
const upload = async (bytes: Uint8Array, query = '', headers: Record<string, string> = {}) => {
  const answer = await fetch(`${server.url}/api/v1/restore${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-tar', ...headers },
    body: Buffer.from(bytes),
  });
  return { status: answer.status, body: (await answer.json()) as RestorePreview & Restored & { detail: string } };
};

describe('a backup', () => {
  it('leaves out what is damaged, so that the rest can be restored', async () => {
    for (const id of ['whole', 'damaged']) await call('POST', '/api/v1/flows', flow(id, 1));
    await byHand(server.dataDir, async (_, nats) => {
      nats.publish('$KV.semstreams_flows.damaged', 'garbage');
      await nats.flush();
    });
    const path = join(folder, 'damaged.tar');
    await semstreams('backup', '--output', path);
    await call('DELETE', '/api/v1/flows/whole');

    const { status: answered, body } = await upload(readFileSync(path));
    expect([answered, body.detail]).toEqual([200, undefined]);
    expect(await drafts()).toEqual(['whole']);
    await call('POST', `/api/v1/backups/${body.undo_with}/restore`);
    expect(await drafts()).toEqual([]);
  });

  it('brings flows, versions and what should run back, and can be taken back itself', async () => {
    await call('POST', '/api/v1/flows', flow('kept', 5));
    await call('POST', '/api/v1/flows/kept/deploy?wait=10s', {});
    const path = join(folder, 'one.tar');
    expect(await semstreams('backup', '--output', path)).toBe(`${path}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { stdout } = await promisify(execFile)('tar', ['-tf', path]);
    expect(stdout.split('\n')).toContain('manifest.json');

    await call('POST', '/api/v1/flows', flow('later', 1));
    await call('POST', '/api/v1/flows/kept/stop?wait=10s', {});
    expect(await semstreams('restore', path, '--preview')).toContain(
      'semstreams_flows: 0 would be added, 0 changed, 1 removed',
    );
    expect(await drafts()).toEqual(['kept', 'later']);

    await semstreams('restore', path);
    expect(await drafts()).toEqual(['kept']);
    await until('it runs again', async () => (await status('kept')).sentence.startsWith('Running'));

    const { items } = await call<{ items: { name: string }[] }>('GET', '/api/v1/backups');
    expect(items[0]!.name).toMatch(/^before-restore-/);
    await call('POST', `/api/v1/backups/${items[0]!.name}/restore`);
    expect(await drafts()).toEqual(['kept', 'later']);
    await until('it stops again', async () => (await status('kept')).observed === 'stopped');
  });

  it('lets a flow run what the backup has, also where another one of the same version runs', async () => {
    await call('POST', '/api/v1/flows', flow('changed', 5));
    await call('POST', '/api/v1/flows/changed/deploy?wait=10s', {});
    const path = join(folder, 'changed.tar');
    await semstreams('backup', '--output', path);
    await call('POST', '/api/v1/flows/changed/stop?wait=10s', {});
    await call('DELETE', '/api/v1/flows/changed?discard_waiting=true');
    const other = flow('changed', 5);
    await call('POST', '/api/v1/flows', { ...other, components: [other.components[0]] });
    await call('POST', '/api/v1/flows/changed/deploy?wait=10s', {});
    expect((await status('changed')).components.map(({ id }) => id)).toEqual(['in']);
    await semstreams('restore', path);
    await until('it runs as it did', async () => (await status('changed')).components.length === 2);
    await until('it runs', async () => (await status('changed')).sentence.startsWith('Running'));
  });

  it('goes through a pipe both ways', async () => {
    const bytes = await new Promise<Buffer>((resolve, reject) => {
      const main = server.process.spawnargs[1]!;
      execFile(
        process.execPath,
        [main, 'backup', '--output', '-'],
        { env: ownEnvironment(), encoding: 'buffer' },
        (error, stdout) => (error ? reject(error) : resolve(stdout)),
      );
    });
    const said = await new Promise<string>((resolve, reject) => {
      const main = server.process.spawnargs[1]!;
      const child = execFile(
        process.execPath,
        [main, 'restore', '-', '--preview'],
        { env: ownEnvironment() },
        (error, stdout) => (error ? reject(error) : resolve(stdout)),
      );
      child.stdin!.end(bytes);
    });
    expect(said).toContain('semstreams_flows: 0 would be added, 0 changed, 0 removed');
  });

  it('takes what waits in buffers along on request', async () => {
    await call('POST', '/api/v1/flows', flow('full', 200));
    await call('POST', '/api/v1/flows/full/deploy?wait=10s', {});
    const waiting = async () => (await status('full')).connections[0]!.waiting;
    await until('something waits', async () => (await waiting()) > 50);
    await call('POST', '/api/v1/flows/full/stop?wait=10s', {});
    const before = await waiting();
    const path = join(folder, 'buffers.tar');
    await semstreams('backup', '--with-buffers', '--output', path);
    await call('DELETE', '/api/v1/flows/full?discard_waiting=true');
    await semstreams('restore', path);
    await until('it is known again', async () => (await status('full')).connections.length > 0);
    expect(await waiting()).toBe(before);
  });

  it('can be sealed, and is then opened by its passphrase alone', async () => {
    const secret = join(folder, 'passphrase');
    writeFileSync(secret, 'correct horse\n');
    const path = join(folder, 'two.sealed');
    await semstreams('backup', '--passphrase-file', secret, '--output', path);
    const bytes = readFileSync(path);
    expect(bytes.includes('manifest.json')).toBe(false);
    expect(await upload(bytes, '?preview=true')).toMatchObject({ status: 422, body: { detail: /sealed/ } });
    const wrong = await upload(bytes, '?preview=true', { 'backup-passphrase': 'other' });
    expect([wrong.status, wrong.body.detail]).toEqual([422, expect.stringContaining('passphrase is another one')]);
    expect(await semstreams('restore', path, '--preview', '--passphrase-file', secret)).toContain('would be');
  });

  it('is refused whole where it is cut, changed, newer or something else, and touches nothing', async () => {
    const path = join(folder, 'three.tar');
    await semstreams('backup', '--output', path);
    const bytes = readFileSync(path);
    const before = await drafts();
    const changed = Buffer.from(bytes);
    const at = changed.indexOf('"key"');
    changed[at + 2] = changed[at + 2]! ^ 1;
    const newer = Buffer.from(bytes.toString('latin1').replace('"format": 1', '"format": 9'), 'latin1');
    for (const [given, why] of [
      [bytes.subarray(0, bytes.length / 2), 'cut'],
      [changed, 'changed'],
      [newer, 'newer'],
      [Buffer.from('hello'), 'something else'],
      [Buffer.from(bytes.toString('latin1').replace('"format": 1', '"format": x'), 'latin1'), 'no manifest'],
      [Buffer.alloc(0), 'empty'],
    ] as const) {
      const answer = await upload(given);
      expect([why, answer.status]).toEqual([why, 422]);
      expect(answer.body.detail).toContain('nothing was changed');
    }
    expect(await drafts()).toEqual(before);
  });

  it('keeps as many as it is told to', async () => {
    const place = join(folder, 'daily');
    for (const day of [1, 2, 3])
      await semstreams('backup', '--keep', '2', '--output', join(place, `semstreams-2026010${day}T000000Z.tar`));
    const { stdout } = await promisify(execFile)('ls', [place]);
    expect(stdout.trim().split('\n')).toEqual(['semstreams-20260102T000000Z.tar', 'semstreams-20260103T000000Z.tar']);
  });
});
