import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerWrong, declineUpgrades, httpLimits, limitConnections, refusedBy, serverOptions } from './http-limits.ts';

const limits = {
  ...httpLimits,
  headMs: 300,
  bodyMs: 300,
  uploadMs: 300,
  leastUpload: 1000,
  lookMs: 50,
  connections: 150,
};
const adapter = new FastifyAdapter({ http: serverOptions(limits), clientErrorHandler: answerWrong });
const fastify = adapter.getInstance();
let port: number;
const sockets: Socket[] = [];

beforeAll(async () => {
  limitConnections(fastify, limits);
  declineUpgrades(fastify.server as Server, () => false);
  fastify.get('/health', async () => 'well');
  fastify.post('/document', async ({ body }) => body);
  fastify.addContentTypeParser('application/x-tar', (_, payload, done) => done(null, payload));
  fastify.post('/upload', async ({ body }) => {
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) bytes += chunk.length;
    return { bytes };
  });
  await fastify.listen({ host: '127.0.0.1', port: 0 });
  port = (fastify.server.address() as AddressInfo).port;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await fastify.close();
});

const open = (): Socket => {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
};
/** All that comes until the other side ends the connection. */
const answer = async (...written: readonly string[]): Promise<string> => {
  const socket = open();
  for (const text of written) socket.write(text, 'latin1');
  return ended(socket);
};
const ended = async (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let said = '';
    socket.on('data', (chunk) => (said += chunk.toString()));
    socket.on('close', () => resolve(said));
  });
const drip = (socket: Socket, text: string, everyMs: number): void => {
  const timer = setInterval(() => socket.write(text), everyMs);
  socket.on('close', () => clearInterval(timer));
};
const head = (path: string, ...lines: string[]): string =>
  [`POST ${path} HTTP/1.1`, 'Host: a', ...lines, '', ''].join('\r\n');
const problem = (status: number): RegExp =>
  new RegExp(`^HTTP/1\\.1 ${status} [^]*application/problem\\+json[^]*"status":${status}`, 'i');

it.each<[string, string, number]>([
  ['no request', 'hello\r\n\r\n', 400],
  ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['a head of 20 KB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['a bad chunk', head('/document', 'Content-Type: application/json', 'Transfer-Encoding: chunked') + 'zz\r\n', 400],
  ['two lengths', head('/document', 'Content-Length: 1', 'Content-Length: 2'), 400],
  ['half a head', 'GET / HTTP/1.1\r\nHost: a\r\n', 408],
])('%s is answered by a problem, and ended', async (_, written, status) => {
  expect(await answer(written)).toMatch(problem(status));
});

it('ends a connection that says nothing', async () => {
  await answer();
});

it.each([
  ['/document', 'application/json'],
  ['/upload', 'application/x-tar'],
])('ends a body of %s that comes a byte at a time', async (path, type) => {
  const socket = open();
  socket.write(head(path, `Content-Type: ${type}`, 'Content-Length: 100000'));
  drip(socket, ' ', 20);
  expect(await ended(socket)).toMatch(problem(408));
});

it('lets an upload go on that comes slowly and steadily', async () => {
  const socket = open();
  socket.write(head('/upload', 'Content-Type: application/x-tar', 'Connection: close', 'Content-Length: 24000'));
  drip(socket, 'x'.repeat(1000), 50);
  expect(await ended(socket)).toMatch(/200 OK[^]*"bytes":24000/);
});

const wish = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';

it.each([
  ['a question', [`GET /health HTTP/1.1\r\nHost: a\r\n${wish}\r\n`], ['HTTP/1.1 200 OK', 'well']],
  [
    'a body in two pieces',
    [head('/document', wish.trimEnd(), 'Content-Type: application/json', 'Content-Length: 7') + '{"a":', '1}'],
    ['HTTP/1.1 200 OK', '{"a":1}'],
  ],
  ['two at once', [`GET /health HTTP/1.1\r\nHost: a\r\n${wish}\r\n`.repeat(2)], ['HTTP/1.1 400 Bad']],
])('%s by whoever would like another protocol is answered in HTTP/1.1', async (_, written, expected) => {
  const said = await answer(...written);
  expect(said.match(/HTTP\/1\.1 \d+ \w+|well|\{"a":1\}/g)).toEqual(expected);
});

it('is there again for others soon after many half requests', async () => {
  const half = Array.from({ length: 300 }, () => answer('GET / HTTP/1.1\r\nX: '));
  await Promise.all(half);
  await expect
    .poll(async () => answer('GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), { timeout: 30_000 })
    .toContain('well');
});

it.runIf(process.platform === 'linux')('has a place for others, however many come from one address', async () => {
  const from = (localAddress: string): Socket => {
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  const counts = refusedBy(fastify.server);
  const before = counts.crowded;
  const many = Array.from({ length: 200 }, () => from('127.0.0.2'));
  await expect.poll(() => counts.crowded - before, { timeout: 30_000 }).toBeGreaterThan(0);
  const asking = from('127.0.0.3');
  asking.write('GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  expect(await ended(asking)).toContain('well');
  for (const socket of many) socket.destroy();
});
