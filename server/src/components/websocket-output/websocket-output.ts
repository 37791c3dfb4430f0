import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { FatalFault } from '../../engine/fault.ts';
import { whyNot } from '../datagrams.ts';

export interface EndpointOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly maxReceivers: number;
  readonly allowedOrigins: readonly string[];
  readonly count: () => number;
  readonly onReceiver: (client: WebSocket, request: IncomingMessage) => void;
  readonly onError: (fault: FatalFault) => void;
}

/** Receivers send nothing but control frames. */
const largestFrame = 16 * 1024;
/** Connections beside those of the receivers: on their way to become one, or asking for something else. */
const mostStrangers = 100;
/** How long a connection may take to say what it wants, in milliseconds. */
const patienceMs = 10_000;

/** Listens for WebSocket clients on one path. Rejects with a FatalFault where the port cannot be had. */
export const openEndpoint = async (options: EndpointOptions): Promise<Server> => {
  const { host, port, path } = options;
  const http = createServer({ headersTimeout: patienceMs, requestTimeout: patienceMs }, (_, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' });
    response.end(`This is a WebSocket: connect to ws://<this host>:${port}${path}\n`);
  });
  http.maxConnections = options.maxReceivers + mostStrangers;
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: largestFrame,
    autoPong: false,
  });
  http.on('upgrade', (request, socket, head) => {
    const no = refusal(request, options);
    socket.on('error', destroy);
    if (no) return void socket.end(`HTTP/1.1 ${no}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    sockets.handleUpgrade(request, socket, head, (client) => options.onReceiver(client, request));
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) => reject(new FatalFault(whyNot(error, host, port), { cause: error })));
    http.listen(port, host, resolve);
  });
  http.removeAllListeners('error');
  http.on('error', (error) => options.onError(new FatalFault(whyNot(error, host, port), { cause: error })));
  return http;
};

/** No closure: one would keep the request for as long as the socket lives. */
function destroy(this: Duplex): void {
  this.destroy();
}

const refusal = (
  request: IncomingMessage,
  { path, maxReceivers, count, allowedOrigins }: EndpointOptions,
): string | undefined => {
  if (pathOf(request.url) !== path) return '404 Not Found';
  if (count() >= maxReceivers) return '503 Service Unavailable';
  return isAllowedOrigin(request.headers, allowedOrigins) ? undefined : '403 Forbidden';
};

/** The path of a request target, without the query; a target may be anything that somebody sends. */
const pathOf = (target = '/'): string => target.split(/[?#]/, 1)[0]!;

/** Programs send no origin. A page may listen when it comes from this host, from this machine, or from a named origin. */
export const isAllowedOrigin = (
  { origin, host }: { readonly origin?: string | undefined; readonly host?: string | undefined },
  allowed: readonly string[],
): boolean => {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  try {
    const { hostname } = new URL(origin);
    return ['localhost', '127.0.0.1', '[::1]'].includes(hostname) || hostname === new URL(`http://${host}`).hostname;
  } catch {
    return false;
  }
};

/** Stops listening; resolves when the port is free. */
export const closeEndpoint = async (http: Server): Promise<void> =>
  new Promise((resolve) => {
    http.close(() => resolve());
    http.closeAllConnections();
  });
