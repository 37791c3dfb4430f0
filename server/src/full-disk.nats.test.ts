import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowStatus, Health } from '@semstreams/contract';
import { expect, it, onTestFinished } from 'vitest';
import { smallDisk } from './component-kit/testing/small-disk.ts';
import { eventually, type RunningServer, startServer } from './running-server.ts';

const password = 'a long enough password';
const settings = { SEMSTREAMS_LOGIN: 'always', SEMSTREAMS_ADMIN_PASSWORD: password };
const flow = (id: string) => ({
  id,
  components: [
    { id: 'source', type: 'simulator_input', config: { rate: 50 } },
    { id: 'file', type: 'file_output', config: { path: `${id}.ndjson` } },
  ],
  connections: [{ from: 'source', to: 'file', delivery: 'guaranteed' }],
});

const start = async (folder: string): Promise<RunningServer> => {
  const server = await startServer(settings, folder);
  onTestFinished(async () => {
    if (server.process.exitCode === null) await server.end('SIGKILL');
  });
  await eventually('it is ready', async () => (await server.call('GET', '/health/ready')).status === 200);
  return server;
};

/** Who has logged in, as a browser. */
const browserOf = async (server: RunningServer) => {
  const { status, headers } = await server.call('POST', '/api/v1/session', { user: 'admin', password });
  expect(status).toBe(200);
  const shown = { cookie: headers.get('set-cookie')!.split(';')[0]!, origin: new URL(server.url).origin };
  return async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
    server.call(method, path, body, { ...shown, ...headers });
};

it(
  'with a disk full to its last page everybody gets in, each writer says so, and all goes on when there is room',
  { timeout: 240_000 },
  async ({ skip }) => {
    const disk = smallDisk(64);
    skip(disk === undefined, 'it takes root');
    const { folder, fill, makeRoom } = disk!;
    const first = await start(folder);
    const ask = await browserOf(first);
    const { body: made } = await ask('POST', '/api/v1/tokens', { name: 't', role: 'viewer', expires_in_days: 1 });
    const { token } = made as { token: string };
    expect((await ask('POST', '/api/v1/flows', flow('a'))).status).toBe(201);
    await ask('POST', '/api/v1/flows/a/deploy?wait=20s');
    const statusOf = async () => (await ask('GET', '/api/v1/flows/a/status')).body as FlowStatus;
    await eventually('it writes', async () => (await statusOf()).components[1]!.out_total > 20);
    await eventually('a reserve is kept', async () => existsSync(join(folder, 'reserve')));

    fill();
    const byToken = await first.call('GET', '/api/v1/flows', undefined, { authorization: `Bearer ${token}` });
    expect([byToken.status, (await ask('GET', '/api/v1/flows')).status]).toEqual([200, 200]);
    const again = await browserOf(first);
    const user = { name: 'max', password, role: 'viewer' };
    for (const answer of [
      await again('POST', '/api/v1/users', user),
      await again('POST', '/api/v1/tokens', { name: 'u', role: 'viewer', expires_in_days: 1 }),
      await again('PUT', '/api/v1/session/password', { present: password, next: 'another long password' }),
    ])
      expect(answer).toMatchObject({
        status: 507,
        body: { detail: 'the disk of the data folder is full: make room, then try again' },
      });
    let refused: unknown;
    for (let count = 0; count < 100 && refused === undefined; count += 1) {
      const answer = await again('POST', '/api/v1/flows', { ...flow(`b${count}`), description: 'x'.repeat(1900) });
      if (answer.status !== 201) refused = answer;
    }
    expect(refused).toMatchObject({ status: 503, body: { detail: expect.stringContaining('is full: make room') } });
    const archive = '\0'.repeat(1024);
    const restored = await again('POST', '/api/v1/restore', archive, { 'content-type': 'application/x-tar' });
    expect([restored.status, existsSync(join(folder, 'restore-journal.json'))]).toEqual([507, false]);
    const health = await eventually('health names the disk', async () => {
      const found = (await first.call('GET', '/health')).body as Health;
      return found.components['disk'] === 'full' && found;
    });
    expect(health.status).toBe('degraded');
    const { observed, components } = await statusOf();
    expect(observed).toBe('degraded');
    expect(components.map(({ dropped_total }) => dropped_total)).toEqual([0, 0]);
    expect(await first.end()).toBe(0);

    fill();
    const second = await start(folder);
    const inside = await browserOf(second);
    const found = await inside('GET', '/api/v1/flows/a');
    expect([found.status, existsSync(join(folder, 'reserve'))]).toEqual([200, false]);

    makeRoom();
    await eventually('flows are saved', async () => (await inside('POST', '/api/v1/flows', flow('c'))).status === 201);
    await eventually('users are made', async () => (await inside('POST', '/api/v1/users', user)).status === 201);
    const lines = () => readFileSync(join(folder, 'a.ndjson'), 'utf8').trimEnd().split('\n');
    const before = lines().length;
    await eventually('the flow writes on', async () => lines().length > before + 20);
    await eventually('a reserve is kept again', async () => existsSync(join(folder, 'reserve')));
    for (const line of lines()) expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(readdirSync(join(folder, 'access')).filter((name) => name.endsWith('.new'))).toEqual([]);
    await second.end();
  },
);
