import type { AddressInfo } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
const requests: IncomingMessage[] = [];
const far = new WebSocketServer({ port: 0, host: '127.0.0.1' });
far.on('connection', (_, request) => requests.push(request));

beforeAll(async () => {
  server = await startServer({
    FEED_TOKEN: 'hunter2',
    SEMSTREAMS_SECRETS_VARIABLES: 'FEED_TOKEN',
    SEMSTREAMS_SECRETS_DIR: '',
  });
}, 120_000);
afterAll(async () => {
  far.close();
  await server.end();
});

const probe = async (type: string, config: object) =>
  server.call('POST', `/api/v1/component-types/${type}/probe`, { config });

it('says who is there, and tells nobody the secrets that it shows', async () => {
  const { port } = far.address() as AddressInfo;
  const headers = { Authorization: 'Bearer ${FEED_TOKEN}' };
  const { status, body } = await probe('websocket_input', { url: `ws://127.0.0.1:${port}/feed`, headers });
  expect([status, body]).toEqual([
    200,
    { works: true, sentence: `Connected to ws://127.0.0.1:${port}/feed: a WebSocket server is there` },
  ]);
  expect(requests[0]?.headers.authorization).toBe('Bearer hunter2');
  await expect.poll(() => far.clients.size).toBe(0);
});

it.each([
  ['websocket_input', { url: 'ws://127.0.0.1:1/${FEED_TOKEN}' }, /^ws:\/\/127\.0\.0\.1:1\/•••: /],
  [
    'websocket_input',
    { url: 'ws://127.0.0.1:1', headers: { a: 'x ${NOBODY_KNOWS}' } },
    /needs the secret "NOBODY_KNOWS"/,
  ],
  ['websocket_input', { url: 'http://x' }, /the setting "url" of "websocket_input" is not right/],
  ['tcp_input', { host: '203.0.113.7', port: 0 }, /this machine has no such address/],
  ['json_filter', {}, /cannot be tested before it runs/],
])('says what is wrong with a %s of %j', async (type, config, sentence) => {
  const { status, body } = await probe(type, config);
  expect([status, body]).toEqual([200, { works: false, sentence: expect.stringMatching(sentence) as unknown }]);
});

it.each([
  ['http_poll_input', { url: 'http://169.254.169.254/latest/meta-data' }],
  ['http_output', { url: 'http://[::ffff:a9fe:a9fe]/latest' }],
  ['websocket_output', { dial: 'ws://169.254.43518/' }],
  ['websocket_input', { url: 'ws://2852039166/' }],
  ['mqtt_input', { url: 'mqtt://[fe80::1]', topics: ['a'] }],
  ['mqtt_output', { url: 'ws://169.254.169.254', topic: 'a' }],
  ['tcp_input', { mode: 'connect', address: '169.254.43518', port: 80 }],
  ['tcp_output', { address: '169.254.169.254', port: 80 }],
  ['udp_output', { address: '169.254.169.254', port: 80 }],
])('a %s of %j does not reach what only the machine may', async (type, config) => {
  const sentence = expect.stringMatching(/allow it in the setting "network\.allowed"/) as unknown;
  expect((await probe(type, config)).body).toEqual({ works: false, sentence });
});

it('knows which types can be tested, and which there are', async () => {
  const { body } = await server.call('GET', '/api/v1/component-types/udp_input');
  expect(body).toMatchObject({ probes: 'Looks whether the port is to be had.' });
  expect((await probe('no_such_type', {})).status).toBe(404);
});
