import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { eventually, type RunningServer, startServer } from '../../running-server.ts';

/** The far side, which hears what it is asked for, and sends nothing that anybody can use. */
const feed = new WebSocketServer({ host: '127.0.0.1', port: 0 });
const asked: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
let server: RunningServer;
let address: string;
beforeAll(async () => {
  feed.on('connection', (socket, { url, headers }) => {
    asked.push({ ...(url === undefined ? {} : { url }), headers });
    socket.send('hunter2 is no JSON, and neither is topsecret77');
  });
  address = `ws://user:hunter2@127.0.0.1:${(feed.address() as AddressInfo).port}/feed?key=topsecret77`;
  server = await startServer({
    SEMSTREAMS_SECRETS_VARIABLES: 'FEED_URL,FEED_KEY,NO_ADDRESS',
    FEED_URL: address,
    FEED_KEY: 'topsecret77',
    NO_ADDRESS: 'hunter2',
  });
  await eventually('it is ready', async () => (await server.call('GET', '/health/ready')).status === 200);
});
afterAll(async () => {
  await server.end();
  feed.close();
});

const run = async (id: string, url: string): Promise<void> => {
  const components = [
    { id: 'in', type: 'websocket_input', config: { url } },
    { id: 'out', type: 'file_output', config: { path: `${id}.ndjson` } },
  ];
  expect((await server.call('POST', '/api/v1/flows', { id, components })).status).toBe(201);
  expect((await server.call('POST', `/api/v1/flows/${id}/deploy?wait=10s`)).status).toBe(202);
};
const shown = async (id: string): Promise<string> => {
  const paths = ['/health', '/metrics', '/api/v1/logs', `/api/v1/flows/${id}/status`, `/api/v1/flows/${id}/logs`];
  const answers = await Promise.all(paths.map(async (path) => server.call('GET', path)));
  return JSON.stringify(answers.map(({ body }) => body)) + server.output();
};

it.each([
  ['whole', '${FEED_URL}'],
  ['part', () => address.replace('topsecret77', '${FEED_KEY}')],
  ['plain', () => address],
])('an address with secrets is used and not shown, given as a %s', async (id, url) => {
  await run(id, typeof url === 'string' ? url : url());
  await eventually('it connects', async () => asked.length === 1);
  expect(asked.splice(0)).toMatchObject([
    { url: '/feed?key=topsecret77', headers: { authorization: `Basic ${btoa('user:hunter2')}` } },
  ]);
  await eventually('it has told', async () => (await shown(id)).includes('"last_invalid"'));
  expect(await shown(id)).not.toMatch(id === 'plain' ? /user:hunter2|key=topsecret77/ : /hunter2@|key=topsecret77/);
  expect(await shown(id)).toContain(`127.0.0.1:${(feed.address() as AddressInfo).port}`);
  await server.call('POST', `/api/v1/flows/${id}/stop?wait=10s`);
});

it('what a far side sends back of a secret is not shown either, nor kept as the reason of a dead letter', async () => {
  const { body } = await server.call('GET', '/api/v1/flows/whole/dead-letters');
  const [letter] = (body as { items: { reason: string }[] }).items;
  expect(letter!.reason).toMatch(/••• is no JSON/);
});

it('one that is no address fails by the name of the secret', async () => {
  await run('wrong', '${NO_ADDRESS}');
  const { body } = await server.call('GET', '/api/v1/flows/wrong/status');
  const { observed, sentence } = body as { observed: string; sentence: string };
  expect([observed, sentence]).toEqual([
    'failed',
    expect.stringMatching(/the setting "url" of "in", with the secret "NO_ADDRESS", is not right: write an address/),
  ]);
  await server.call('POST', '/api/v1/flows/wrong/stop?wait=10s');
  expect(readFileSync(join(server.dataDir, 'whole.ndjson'), 'utf8')).toBe('');
});
