import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { ProblemStatus } from '@semstreams/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ByAddress, shareOfOne } from '../access/by-address.ts';
import { problemBody } from './problems.ts';

/** What a peer may take; times in milliseconds. */
export interface HttpLimits {
  /** For the head of a request. */
  readonly headMs: number;
  /** For the body of a request, but that of an upload. */
  readonly bodyMs: number;
  /** In each of these times an upload has to bring so many bytes. */
  readonly uploadMs: number;
  readonly leastUpload: number;
  /** For an upload in all. */
  readonly wholeUploadMs: number;
  /** For a connection without a request. */
  readonly idleMs: number;
  /** Browsers with live data, programs and health checks together; further ones are refused, and an eighth is kept from each single address. */
  readonly connections: number;
  /** How often it looks. */
  readonly lookMs: number;
}

export const httpLimits: HttpLimits = {
  headMs: 10_000,
  bodyMs: 30_000,
  uploadMs: 30_000,
  leastUpload: 16 * 1024,
  wholeUploadMs: 3_600_000,
  idleMs: 60_000,
  connections: 4096,
  lookMs: 2000,
};

/** Options of Node's server, where they differ from those of Fastify. */
export const serverOptions = ({ headMs, wholeUploadMs, lookMs }: HttpLimits) =>
  ({
    headersTimeout: headMs,
    requestTimeout: wholeUploadMs,
    connectionsCheckingInterval: lookMs,
    // Node would refuse it without a word
    requireHostHeader: false,
  }) as const;

/** How many connections a server has refused: since all places were taken, or as many as one address may have. */
export interface Refused {
  full: number;
  crowded: number;
}
const refused = new WeakMap<object, Refused>();

export const refusedBy = (server: object): Readonly<Refused> => refused.get(server) ?? { full: 0, crowded: 0 };

/** Bounds what a peer that is slow, broken or hostile can hold. */
export const limitConnections = (fastify: FastifyInstance, limits: HttpLimits): void => {
  limitPlaces(fastify.server as Server, limits);
  fastify.addHook('onRequest', async (request, reply) => limitBody(request, reply, limits));
};

const limitPlaces = (server: Server, { connections }: HttpLimits): void => {
  const counts: Refused = { full: 0, crowded: 0 };
  refused.set(server, counts);
  server.maxConnections = connections;
  server.on('drop', () => (counts.full += 1));
  const mostOfOne = shareOfOne(connections);
  const byAddress = new ByAddress();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (byAddress.of(remoteAddress) < mostOfOne) return void socket.once('close', byAddress.enter(remoteAddress));
    counts.crowded += 1;
    socket.destroy();
  });
};

/** A request whose body does not come is answered, and its connection ended. */
const limitBody = (request: FastifyRequest, reply: FastifyReply, limits: HttpLimits): void => {
  const { raw } = request;
  if (raw.headers['transfer-encoding'] === undefined && !(Number(raw.headers['content-length']) > 0)) return;
  const isUpload = !/json|yaml/i.test(raw.headers['content-type'] ?? '');
  let before = raw.socket.bytesRead;
  const look = setInterval(
    () => {
      const received = raw.socket.bytesRead;
      if (isUpload && received - before >= limits.leastUpload) before = received;
      else refuseSlow(request, reply);
    },
    isUpload ? limits.uploadMs : limits.bodyMs,
  );
  look.unref();
  const stop = (): void => clearInterval(look);
  raw.once('end', stop);
  raw.once('close', stop);
};

const refuseSlow = ({ raw, url }: FastifyRequest, reply: FastifyReply): void => {
  if (!reply.sent)
    void reply
      .status(408)
      .header('connection', 'close')
      .type('application/problem+json')
      .send(problemBody(408, 'the body came too slowly', url));
  // what still comes is nobody's any more
  setTimeout(() => raw.destroy(), 1000).unref();
};

/** What is wrong with bytes that are no request, by the code of Node's parser. */
const wrongs: Readonly<Record<string, readonly [status: ProblemStatus, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request came too slowly'],
  HPE_HEADER_OVERFLOW: [431, 'the head of the request is larger than 16 KB'],
  HPE_INVALID_METHOD: [400, 'this is no method of HTTP'],
  HPE_INVALID_CHUNK_SIZE: [400, 'the body is no sequence of chunks, as its head says'],
};
const noRequest = [400, 'this is no request of HTTP/1.1'] as const;

const usualHead = [
  'Content-Type: application/problem+json',
  'Cache-Control: no-store',
  'X-Content-Type-Options: nosniff',
  'Connection: close',
  '',
].join('\r\n');

/** Answers what never became a request, and ends its connection. */
export const answerWrong = (thrown: NodeJS.ErrnoException, socket: Duplex & { bytesWritten?: number }): void => {
  if (thrown.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, detail] = wrongs[thrown.code ?? ''] ?? noRequest;
  const body = JSON.stringify(problemBody(status, detail, 'about:blank'));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${usualHead}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  setTimeout(() => socket.destroy(), 1000).unref();
};

/**
 * A request that would like to go on in another protocol than WebSocket, such as `h2c`, is answered in HTTP/1.1, as if it
 * had not asked, and then ended: Node hands such requests out as they are as soon as somebody takes upgrades.
 */
export const declineUpgrades = (server: Server, isOurs: (request: IncomingMessage) => boolean): void => {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOurs(request)) return;
    socket.unshift(Buffer.concat([Buffer.from(headWithoutUpgrade(request), 'latin1'), head]));
    server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket);
  });
};

const ofUpgrade = new Set(['upgrade', 'connection', 'http2-settings']);

const headWithoutUpgrade = ({ method, url, httpVersion, rawHeaders }: IncomingMessage): string => {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (!ofUpgrade.has(rawHeaders[at]!.toLowerCase())) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`;
};
