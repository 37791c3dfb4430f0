import { type AddressInfo, connect, createServer } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FlowOverview, FlowStatus, Health, LogPage } from '@semstreams/contract';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
let port: number;
beforeAll(async () => {
  server = await startServer();
  await eventually('it is ready', async () => (await server.call('GET', '/health/ready')).status === 200);
  port = await freePort();
  await server.call('POST', '/api/v1/flows', {
    id: 'sad',
    components: [
      { id: 'lines', type: 'tcp_input', config: { host: '127.0.0.1', port } },
      { id: 'keep', type: 'file_output', config: { path: 'sad.ndjson' } },
    ],
  });
  await server.call('POST', '/api/v1/flows/sad/deploy?wait=10s');
});
afterAll(async () => {
  await server.end();
});

const freePort = async (): Promise<number> => {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port: free } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return free;
};
const send = async (lines: string): Promise<void> => {
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve) => socket.end(lines, resolve));
};
const status = async () => FlowStatus.parse((await server.call('GET', '/api/v1/flows/sad/status')).body);
const health = async () => Health.parse((await server.call('GET', '/health')).body);
const metric = async (name: string): Promise<number> => {
  const text = String((await server.call('GET', '/metrics')).body);
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')
      .at(-1),
  );
};
const overview = async (): Promise<FlowOverview> => {
  const line = io(server.url, { path: '/live', transports: ['websocket'], forceNew: true });
  try {
    return await new Promise((resolve) => line.once('overview', ([flow]: FlowOverview[]) => resolve(flow!)));
  } finally {
    line.close();
  }
};
const logLines = async (sentence: string) =>
  LogPage.parse((await server.call('GET', '/api/v1/flows/sad/logs')).body).items.filter(
    (line) => line.sentence === sentence,
  );

it('is seen everywhere that all messages fail, until most go well again', async () => {
  expect((await health()).status).toBe('healthy');
  await send('no json\n'.repeat(200));
  await eventually('it needs attention for all of them', async () => {
    const { observed, sentence } = await status();
    return observed === 'degraded' && sentence.includes('all messages of the last minute failed');
  });
  const said = await status();
  expect(said.sentence).toMatch(/“lines”: all messages of the last minute failed: no JSON: "no json"$/);
  expect(said.components[0]).toMatchObject({ errors_per_minute: 200, dropped_per_minute: 200, errors_total: 200 });
  expect(said.components[0]!.trouble).toMatch(/^all messages of the last minute failed/);
  expect(await health()).toMatchObject({
    status: 'degraded',
    components: { flows: 'degraded' },
    sentences: [expect.stringContaining('sad: Running, ')],
  });
  await eventually('its dead letters are counted', async () => (await status()).dead_letters === 200);
  expect(await overview()).toMatchObject({ observed: 'degraded', errors_per_minute: 200, dead_letters: 200 });
  expect(await metric('semstreams_message_lost_ratio{flow="sad",component="lines"}')).toBe(1);
  expect(await metric('semstreams_message_lost_ratio{flow="sad",component="keep"}')).toBe(0);
  expect(await metric('semstreams_flow_dead_letters{flow="sad"}')).toBe(200);
  expect(await logLines('messages failed')).toMatchObject([
    { level: 'warn', component: 'lines', fields: { cause: 'invalid', reason: 'no JSON: "no json"' } },
  ]);
  expect(await logLines('flow needs attention')).toMatchObject([{ level: 'warn', component: 'lines' }]);

  await send('{"n":1}\n'.repeat(5000));
  await eventually('it is well again', async () => (await status()).observed === 'running');
  expect((await health()).status).toBe('healthy');
  expect(await logLines('flow is well again')).toHaveLength(1);
});

it.each(['prometheus/alerts.yml', 'grafana/dashboards/semstreams.json'])(
  '%s asks for metrics that exist',
  async (file) => {
    const asked = readFileSync(join(import.meta.dirname, '../../../docker', file), 'utf8').match(/semstreams_\w+/g);
    const text = String((await server.call('GET', '/metrics')).body);
    expect([...new Set(asked)].filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
  },
);

it('does not need attention because of one bad message among many, which is counted', async () => {
  await send('no json\n');
  await eventually('it is counted', async () => (await status()).components[0]!.errors_total === 201);
  await eventually('its share is known', async () => (await status()).components[0]!.errors_per_minute > 0);
  expect((await status()).observed).toBe('running');
});

it('counts dead letters where they lie: over a restart, and when they are thrown away', async () => {
  const { dataDir } = server;
  await server.end();
  server = await startServer({}, dataDir);
  await eventually('they are counted', async () => (await status()).dead_letters === 201);
  await server.call('DELETE', '/api/v1/flows/sad/dead-letters');
  await eventually('they are gone', async () => (await status()).dead_letters === 0);
});
