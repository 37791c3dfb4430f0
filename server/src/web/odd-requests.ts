import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ProblemStatus } from '@semstreams/contract';
import { problemBody } from './problems.ts';

/** Answers by a problem what Node would answer without a word, or not at all. */
export const answerOddRequests = (fastify: FastifyInstance): void => {
  const server = fastify.server as Server;
  server.on('checkExpectation', ({ url = '' }: IncomingMessage, response: ServerResponse) => {
    const { headers, body } = refusal(417, 'of "Expect" only "100-continue" is known: leave it out', url);
    response.writeHead(417, { ...headers, connection: 'close' }).end(body);
  });
  server.on('connect', ({ url = '' }: IncomingMessage, socket: Duplex) => {
    const { headers, body } = refusal(405, 'CONNECT is for proxies, and this is none: ask for an address of it', url);
    const head = Object.entries({ ...headers, allow: 'GET, HEAD, POST, PUT, DELETE, OPTIONS', connection: 'close' });
    const lines = head.map(([name, value]) => `${name}: ${value}`).join('\r\n');
    socket.on('error', () => undefined);
    socket.end(`HTTP/1.1 405 ${STATUS_CODES[405]}\r\n${lines}\r\n\r\n${body}`);
  });
  fastify.addHook('onRequest', async ({ raw, url }, reply) => {
    const hosts = raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
    if (hosts === 1 || (hosts === 0 && raw.httpVersion === '1.0')) return;
    const { headers, body } = refusal(400, 'a request of HTTP/1.1 has one "Host": say it once', url);
    await reply.status(400).headers(headers).send(body);
  });
};

const refusal = (status: ProblemStatus, detail: string, url: string) => {
  const body = JSON.stringify(problemBody(status, detail, url));
  const headers = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(body)),
  };
  return { headers, body };
};
