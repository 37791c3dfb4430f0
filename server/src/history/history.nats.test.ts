import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { History } from '@semstreams/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  await eventually('NATS is there', async () => (await server.call('GET', '/health/ready')).status === 200);
  await server.call('POST', '/api/v1/flows', {
    id: 'climb',
    lane: 'own',
    components: [
      { id: 'source', type: 'simulator_input', config: { rate: 50 } },
      { id: 'file', type: 'file_output', config: { path: 'climb.ndjson' } },
    ],
  });
  await server.call('POST', '/api/v1/flows/climb/deploy?wait=20s');
});
afterAll(async () => {
  await server.end();
});

const ask = async (query: string) => (await server.call('GET', `/api/v1/history?${query}`)).body as History;
const known = ({ series }: History, figure: string) =>
  series.find((each) => each.figure === figure)?.values.filter((value) => value !== null) ?? [];

it('a flow, its components and the server are noted, by REST as JSON and CSV, and are there after a restart', async () => {
  const figures = 'in,out,latency_p50,latency_p99,failed,waiting,running,cpu,memory';
  const seen = await eventually(
    'two notes of the running flow',
    async () => {
      const answer = await ask(`flow=climb&from=5m&figure=${figures}`);
      return known(answer, 'cpu').length > 0 && known(answer, 'out').filter((value) => value > 0).length > 1 && answer;
    },
    90_000,
  );
  expect(known(seen, 'in').every((value) => value < 100)).toBe(true);
  expect(known(seen, 'latency_p50').every((value) => value > 0)).toBe(true);
  expect(known(seen, 'failed').every((value) => value === 0)).toBe(true);
  expect(known(seen, 'memory')[0]).toBeGreaterThan(1e6);
  const ofServer = await ask('from=5m&figure=memory,disk_used,in');
  expect(ofServer.series.map(({ flow, figure }) => [flow, figure])).toEqual([
    [undefined, 'disk_used'],
    [undefined, 'in'],
    [undefined, 'memory'],
  ]);
  const parts = await ask('flow=climb&each=component&from=5m&figure=out');
  expect(parts.series.map(({ component }) => component)).toEqual(['file', 'source']);
  const csv = await server.call('GET', '/api/v1/history?flow=climb&from=1m&step=10s&figure=in&format=csv');
  expect(csv.headers.get('content-type')).toContain('text/csv');
  expect(csv.body).toMatch(/^time,climb in \(messages\/s\)\r\n20\d\d-\S+Z,/);

  const before = known(await ask(`flow=climb&from=10m&step=10s&figure=out`), 'out').length;
  await server.end();
  expect(readdirSync(join(server.dataDir, 'kept-history'))).toEqual(expect.arrayContaining(['10s', 'clock.json']));
  server = await startServer({}, server.dataDir);
  const after = await eventually('history is read', async () => {
    const { status, body } = await server.call('GET', '/api/v1/history?flow=climb&from=10m&step=10s&figure=out');
    return status === 200 && (body as History);
  });
  expect(known(after, 'out').length).toBeGreaterThanOrEqual(before);
}, 150_000);

it.each([
  ['figure=speed', '"speed" is no figure of history: there are in, out'],
  ['from=yesterday', 'write a time such as'],
  ['step=fast', 'write a duration such as'],
  ['from=1h&to=2h', '"from" is not before "to"'],
  ['flwo=climb', 'did you mean "flow"?'],
])('%s is refused with the way out', async (query, said) => {
  const { status, body } = await server.call('GET', `/api/v1/history?${query}`);
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(said.replaceAll('"', '\\"'))]);
});
