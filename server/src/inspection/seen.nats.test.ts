import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paths, type RecentMessages, type SeenConnections } from '@semstreams/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  await eventually('it is ready', async () => (await server.call('GET', '/health/ready')).status === 200);
});
afterAll(async () => {
  await server.end();
});

const seen = async (flow: string): Promise<SeenConnections['connections']> =>
  ((await server.call('GET', paths.seen(flow))).body as SeenConnections).connections;

it('tells what came by before anybody looked, of a file that was read long ago too', async () => {
  const rows = Array.from({ length: 3000 }, (_, n) => `${n},${20 + (n % 7)},A7`).join('\n');
  await writeFile(join(server.dataDir, 'rooms.csv'), `number,pm2.5,room\n${rows}\n`);
  await server.call('POST', paths.flows, {
    id: 'rooms',
    components: [
      { id: 'read', type: 'file_input', config: { path: 'rooms.csv', format: 'csv' } },
      { id: 'keep', type: 'json_filter', config: { rules: [{ field: 'number', operator: 'lt', value: 0 }] } },
      { id: 'log', type: 'log_output' },
    ],
  });
  await server.call('POST', `${paths.deploy('rooms')}?wait=20s`);
  await eventually('all of it was read', async () => (await seen('rooms'))[0]!.looked_at >= 20);
  const [first, second] = await seen('rooms');
  expect(first).toMatchObject({ from: 'read.out', to: 'keep.in', is_cut: false });
  expect(first!.fields.filter(({ path }) => !path.startsWith('@'))).toMatchObject([
    { path: 'number', types: ['number'] },
    { path: '["pm2.5"]', types: ['number'] },
    { path: 'room', types: ['text'], values: ['A7'] },
  ]);
  expect(second).toMatchObject({ from: 'keep.out', looked_at: 0, fields: [] });
  const { body } = await server.call('GET', paths.recent('rooms', 'read.out', 'keep.in'));
  const { messages } = body as RecentMessages;
  expect([messages.length, JSON.parse(messages[0]!.payload)]).toEqual([
    20,
    { number: expect.any(Number) as number, 'pm2.5': expect.any(Number) as number, room: 'A7' },
  ]);
});

it('refuses what is not there, and what does not run', async () => {
  expect((await server.call('GET', paths.seen('unknown'))).status).toBe(404);
  expect((await server.call('GET', paths.recent('rooms', 'read.out', 'nobody.in'))).status).toBe(404);
  await server.call('POST', `${paths.stop('rooms')}?wait=20s`);
  expect((await server.call('GET', paths.seen('rooms'))).status).toBe(409);
});
