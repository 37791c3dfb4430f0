import { LogPage } from '@semstreams/contract';
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
const logs = async (path: string) => LogPage.parse((await server.call('GET', path)).body);

it('tell what happened to a flow and to its components, oldest first', async () => {
  await server.call('POST', '/api/v1/flows', {
    id: 'told',
    components: [
      { id: 'from', type: 'websocket_input', config: { url: 'ws://127.0.0.1:1' } },
      { id: 'keep', type: 'json_filter' },
    ],
  });
  expect((await logs('/api/v1/flows/told/logs')).items).toEqual([]);
  await server.call('POST', '/api/v1/flows/told/deploy?wait=10s');
  await server.call('POST', '/api/v1/flows/told/stop?wait=10s');
  const { items, latest } = await logs('/api/v1/flows/told/logs');
  expect(items.map(({ level, sentence, component }) => [level, sentence, component])).toEqual([
    ['warn', 'component waits', 'from'],
    ['info', 'flow runs', undefined],
    ['info', 'flow stopped', undefined],
  ]);
  expect(items[0]!.fields).toEqual({ reason: 'waiting for ws://127.0.0.1:1' });
  expect((await logs(`/api/v1/flows/told/logs?after=${latest}`)).items).toEqual([]);
  expect((await logs('/api/v1/flows/told/logs?level=warn&component=from&limit=1')).items).toHaveLength(1);
});

it('tell what happened to the server', async () => {
  const { items } = await logs('/api/v1/logs?search=connected');
  expect(items).toMatchObject([
    { level: 'info', part: 'Nats', sentence: 'connected to NATS', fields: { managed: true } },
  ]);
});

it('are one JSON object a line, with a time and a level that anybody can read', () => {
  const lines = server.output().trim().split('\n');
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) {
    const { time, level, msg } = JSON.parse(line) as Record<string, string>;
    expect([new Date(time!).toISOString(), typeof msg], line).toEqual([time, 'string']);
    expect(['debug', 'info', 'warn', 'error', 'fatal'], line).toContain(level);
  }
});

it('are refused where nothing can be told', async () => {
  expect((await server.call('GET', '/api/v1/flows/nobody/logs')).status).toBe(404);
  for (const query of ['level=loud', 'limit=0', 'limit=5000', 'after=-1'])
    expect((await server.call('GET', `/api/v1/logs?${query}`)).status, query).toBe(400);
});
