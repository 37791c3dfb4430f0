import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Happening, HappeningPage } from '@semstreams/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
const ready = async () =>
  eventually('NATS is there', async () => (await server.call('GET', '/health/ready')).status === 200);
beforeAll(async () => {
  server = await startServer();
  await ready();
});
afterAll(async () => {
  await server.end();
});

const happenings = async (query = ''): Promise<Happening[]> =>
  ((await server.call('GET', `/api/v1/happenings?sort=first_at&${query}`)).body as HappeningPage).items;
const happened = async (what: string, isIt: (happening: Happening) => boolean): Promise<Happening> =>
  eventually(what, async () => (await happenings()).find(isIt));

it('tells what happened to a flow, who did it, and what happened to the server, over a power cut too', async () => {
  const events = await fetch(new URL('/api/v1/events', server.url));
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const out = { id: 'out', type: 'websocket_output', config: { host: '127.0.0.1', port } };
  const numbers = { id: 'numbers', type: 'simulator_input', config: { rate: 50 } };
  await server.call('POST', '/api/v1/flows', { id: 'climb', components: [numbers, out] });
  await server.call('POST', '/api/v1/flows/climb/deploy?wait=20s');
  const failure = await happened('it failed', ({ kind }) => kind === 'failed');
  expect(failure).toMatchObject({ flow: 'climb', level: 'error' });
  expect(failure.sentence).toContain(`port ${port} is used`);
  expect(await happened('it was deployed', ({ kind }) => kind === 'deployed')).toMatchObject({
    flow: 'climb',
    who: expect.stringMatching(/\w/) as string,
  });
  const { headers } = await server.call('GET', '/api/v1/flows/climb');
  const mended = {
    id: 'climb',
    name: 'Climb',
    components: [numbers, { ...out, config: { host: '127.0.0.1', port: 0 } }],
  };
  const saved = await server.call('PUT', '/api/v1/flows/climb', mended, { 'if-match': headers.get('etag')! });
  const deployed = await server.call('POST', '/api/v1/flows/climb/deploy?wait=20s', { discard_waiting: true });
  expect([saved.status, deployed.status], JSON.stringify([saved.body, deployed.body])).toEqual([200, 202]);
  await happened('it runs', ({ kind, sentence }) => kind === 'runs' && sentence === 'version 2 runs');

  const reader = events.body!.getReader();
  let told = '';
  while (!told.includes('version 2 runs')) told += new TextDecoder().decode((await reader.read()).value);
  expect(told).toContain('event: happened\ndata: {');
  await reader.cancel();
  other.close();

  const before = await happenings('flow=climb');
  expect((await happenings(`search=PORT%20${port}`)).map(({ kind }) => kind)).toEqual(['failed']);
  expect((await happenings('level=error')).map(({ kind }) => kind)).toEqual(['failed']);
  const file = join(server.dataDir, 'kept-history', 'happenings.ndjson');
  await eventually(
    'it is on disk',
    async () => existsSync(file) && readFileSync(file, 'utf8').includes('version 2 runs'),
  );
  await server.end('SIGKILL');
  server = await startServer({}, server.dataDir);
  await ready();
  const after = await eventually('it runs again', async () => {
    const found = await happenings();
    return (
      found.some(({ kind, sentence, times }) => kind === 'runs' && sentence === 'version 2 runs' && times > 1) && found
    );
  });
  expect(after.map(({ sequence }) => sequence)).toEqual(expect.arrayContaining(before.map(({ sequence }) => sequence)));
  expect(after.filter(({ kind }) => kind === 'server_started').map(({ level, sentence }) => [level, sentence])).toEqual(
    [
      ['info', expect.stringMatching(/^SemStreams \S+ was started$/)],
      ['warn', expect.stringContaining('it ended without being stopped')],
    ],
  );
}, 150_000);
