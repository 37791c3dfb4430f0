import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

/** HTTP and its neighbours in flows of the server as people run it. */
const run = promisify(execFile);
let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
}, 180_000);
afterAll(async () => {
  await server.end('SIGKILL');
});

const freePort = async (): Promise<number> => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
};
const deploy = async (flow: { readonly id: string } & Record<string, unknown>): Promise<void> => {
  const saved = await server.call('POST', '/api/v1/flows', flow);
  expect([flow.id, saved.status, saved.body]).toMatchObject([flow.id, 201, {}]);
  await server.call('POST', `/api/v1/flows/${flow.id}/deploy?wait=20s`);
  await eventually(`"${flow.id}" runs`, async () => {
    const { body } = await server.call('GET', `/api/v1/flows/${flow.id}/status`);
    return (body as { observed: string }).observed === 'running';
  });
};
const linesOf = (path: string): unknown[] =>
  existsSync(join(server.dataDir, path))
    ? readFileSync(join(server.dataDir, path), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown)
    : [];
const has = async (path: string, count: number): Promise<unknown[]> =>
  eventually(`${count} lines of ${path}`, async () => Promise.resolve(linesOf(path).length >= count && linesOf(path)));

/** The status that curl is answered with; `later` where nothing takes it. */
const curl = async (url: string, ...words: string[]): Promise<string> =>
  run('curl', ['-sS', '-m', '20', '-o', '/dev/null', '-w', '%{http_code}', ...words, url]).then(
    ({ stdout }) => stdout,
    () => 'later',
  );
const webhook = (id: string, port: number, path: string, more: object = {}) => ({
  id,
  components: [
    { id: 'in', type: 'http_input', config: { host: '127.0.0.1', port, path, token: 'abcd' } },
    { id: 'out', type: 'file_output', config: { path: `${id}.ndjson` } },
  ],
  connections: [{ from: 'in', to: 'out', delivery: 'guaranteed' }],
  ...more,
});
const shown = ['-H', 'Authorization: Bearer abcd', '-H', 'Content-Type: application/json'];

it('what is answered with 202 outlives a kill of the server', { timeout: 180_000 }, async () => {
  const port = await freePort();
  await deploy(webhook('orders', port, '/orders'));
  const url = `http://127.0.0.1:${port}/orders`;
  expect(await curl(url, '-d', '{"n":0}')).toBe('401');
  for (const n of [1, 2, 3]) expect(await curl(url, ...shown, '-d', `{"n":${n}}`)).toBe('202');
  const { dataDir } = server;
  await server.end('SIGKILL');
  server = await startServer({}, dataDir);
  await eventually('the port is back', async () => (await curl(url, ...shown, '-d', '{"n":4}')) === '202');
  // what was under way to the file may come there twice
  const numbers = (): number[] => [...new Set(linesOf('orders.ndjson').map((line) => (line as { n: number }).n))];
  await eventually('all of them are in the file', async () => Promise.resolve(numbers().length >= 4));
  expect(numbers().sort()).toEqual([1, 2, 3, 4]);
});

it('flows share a port by path, in whichever lane they are, and one of them can go', { timeout: 120_000 }, async () => {
  const port = await freePort();
  await deploy(webhook('one', port, '/one'));
  await deploy(webhook('other', port, '/other', { lane: 'own' }));
  const send = async (path: string, n: number): Promise<string> =>
    curl(`http://127.0.0.1:${port}${path}`, ...shown, '-d', `{"n":${n}}`);
  expect([await send('/one', 1), await send('/other', 1), await send('/none', 1)]).toEqual(['202', '202', '404']);
  const large = join(server.dataDir, 'one.ndjson');
  expect(await curl(`http://127.0.0.1:${port}/other`, ...shown, '-T', large, '-X', 'POST')).toBe('202');
  expect(await curl(`http://127.0.0.1:${port}/other`, '-d', '{}')).toBe('401');
  await server.call('POST', '/api/v1/flows/one/stop?wait=20s');
  await eventually('the other one has the port', async () => (await send('/other', 3)) === '202');
  await eventually('the first one is gone', async () => (await send('/one', 2)) === '503');
  await server.call('POST', '/api/v1/flows/one/start?wait=20s');
  await eventually('it is back', async () => (await send('/one', 2)) === '202');
  expect(await send('/other', 4)).toBe('202');
  await has('one.ndjson', 2);
  expect(await has('other.ndjson', 4)).toEqual([{ n: 1 }, { n: 1 }, { n: 3 }, { n: 4 }]);
});

it('a path that belongs to another flow is refused with the reason', { timeout: 60_000 }, async () => {
  const port = await freePort();
  await deploy(webhook('first', port, '/a'));
  for (const [id, more] of [
    ['second', {}],
    ['third', { lane: 'own' }],
  ] as const) {
    await server.call('POST', '/api/v1/flows', webhook(id, port, '/a/', more));
    await server.call('POST', `/api/v1/flows/${id}/deploy?wait=10s`);
    await eventually('it says why', async () => {
      const { body } = await server.call('GET', `/api/v1/flows/${id}/status`);
      return /"\/a\/" on port \d+ belongs to .* already: give one of them another path/.test(
        JSON.stringify(body).replaceAll('\\"', '"'),
      );
    });
    await server.call('POST', `/api/v1/flows/${id}/stop?wait=10s`);
  }
});

it('timers, HTTP, TCP, UDP and the log in one flow', { timeout: 120_000 }, async () => {
  const [http, tcp, udp] = [await freePort(), await freePort(), await freePort()];
  const host = '127.0.0.1';
  const file = (id: string) => ({ id, type: 'file_output', config: { path: `${id}.ndjson` } });
  await deploy({
    id: 'receivers',
    components: [
      { id: 'http', type: 'http_input', config: { host, port: http, format: 'json_lines' } },
      { id: 'tcp', type: 'tcp_input', config: { host, port: tcp, acknowledgement: 'ok {count}' } },
      { id: 'udp', type: 'udp_input', config: { host, port: udp } },
      ...['by-http', 'by-tcp', 'by-udp'].map(file),
    ],
    connections: ['http', 'tcp', 'udp'].map((id) => ({ from: id, to: `by-${id}` })),
  });
  await deploy({
    id: 'senders',
    components: [
      {
        id: 'timer',
        type: 'timer_input',
        config: { every: '20ms', count: 20, payload: { n: '{count}', device: '{device.cpus}' } },
      },
      { id: 'to-http', type: 'http_output', config: { url: `http://${host}:${http}/`, format: 'json_lines' } },
      { id: 'to-tcp', type: 'tcp_output', config: { address: host, port: tcp, acknowledgement: 'ok {count}' } },
      { id: 'to-udp', type: 'udp_output', config: { address: host, port: udp } },
      { id: 'to-log', type: 'log_output', config: { text: 'number {n} has come', most_per_minute: 2 } },
    ],
    connections: ['http', 'tcp', 'udp', 'log'].map((way) => ({ from: 'timer', to: `to-${way}` })),
  });
  await deploy({
    id: 'asking',
    components: [
      {
        id: 'poll',
        type: 'http_poll_input',
        config: { url: `${server.url}/health/live`, every: '100ms', only: 'changed' },
      },
      file('polled'),
    ],
    connections: [{ from: 'poll', to: 'polled' }],
  });
  const expected = Array.from({ length: 20 }, (_, index) => index + 1);
  for (const way of ['http', 'tcp', 'udp'])
    expect((await has(`by-${way}.ndjson`, 20)).map((line) => (line as { n: number }).n)).toEqual(expected);
  await has('polled.ndjson', 1);
  const { body } = await server.call('GET', '/api/v1/flows/senders/logs');
  expect(JSON.stringify(body).match(/number \d+ has come/g)).toEqual(['number 1 has come', 'number 2 has come']);
});
