import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { FatalFault } from '../../engine/fault.ts';
import { readTlsFiles, type TlsFiles } from '../network/tls-files.ts';
import { whyNot } from '../sockets/datagrams.ts';
import { refuse } from './refuse.ts';
import { requestPath } from './request-path.ts';
import { Route } from './route.ts';

export interface HttpPlace {
  readonly host: string;
  readonly port: number;
  /** HTTPS where a certificate is given; with `ca_file` callers have to show one of this authority. */
  readonly tls: TlsFiles;
}

/** How long a request may take up to the end of its headers, and a connection may be silent between two, in milliseconds. */
const headersMs = 10_000;
const silentMs = 60_000;
/** How often it is looked who takes longer, in milliseconds. */
const lookMs = 1000;
/** Connections at once; where there are more, the one that has been there for longest without a request makes room. */
const mostConnections = 2000;
/** What all headers of a request may take, in bytes. */
const mostHeaderBytes = 16 * 1024;
/** A peer that says nothing is asked at TCP's own level after so many milliseconds. */
const keepAliveMs = 10_000;
/** How long those may take who are answered when the port is given up, in milliseconds. */
const goodbyeMs = 1000;

/** Ports of this process, by host and number. */
const open = new Map<string, Promise<HttpPort>>();

/**
 * A port for HTTP, shared by all flows of this process that listen there, each on a path of its own. It is there as long
 * as one of them has a route.
 */
export class HttpPort {
  private readonly routes = new Map<string, Route>();
  /**
   * Connections without a request at present by where they are from, the one that has been so for longest first: with TLS a
   * request names another object.
   */
  private readonly idle = new Map<string, Socket>();

  private constructor(
    private readonly server: Server,
    private readonly place: HttpPlace,
    private readonly forget: () => void,
  ) {
    server.on('connection', (socket: Socket) => this.meet(socket));
    server.on('request', (request, response) => this.take(request, response));
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => this.take(request, response));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.hangUp(error, socket));
    server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'));
  }

  /**
   * Takes a path on a port. Rejects with a FatalFault where the port or the path belongs to somebody else, or a certificate
   * is wrong.
   */
  static async take(place: HttpPlace, route: { readonly path: string; readonly who: string }): Promise<Route> {
    const key = `${place.host} ${place.port}`;
    const known = place.port === 0 ? undefined : open.get(key);
    if (known) return (await known).add(place, route);
    const opening = HttpPort.listen(place, () => open.delete(key));
    if (place.port !== 0) open.set(key, opening);
    try {
      return (await opening).add(place, route);
    } catch (thrown) {
      open.delete(key);
      throw thrown;
    }
  }

  private static async listen(place: HttpPlace, forget: () => void): Promise<HttpPort> {
    const { host, port, tls } = place;
    const options = {
      maxHeaderSize: mostHeaderBytes,
      headersTimeout: headersMs,
      requestTimeout: 0,
      keepAliveTimeout: silentMs,
      connectionsCheckingInterval: lookMs,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
      noDelay: true,
    };
    const files = readTlsFiles(tls);
    const server =
      tls.cert_file === ''
        ? createServer(options)
        : createSecureServer({ ...options, ...files, requestCert: tls.ca_file !== '', rejectUnauthorized: true });
    const opened = new HttpPort(server, place, forget);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(new FatalFault(whyNot(error, host, port), { cause: error })));
      server.listen(port, host, resolve);
    });
    server.removeAllListeners('error');
    server.on('error', (error) => {
      forget();
      for (const route of opened.routes.values())
        route.fail(new FatalFault(whyNot(error, host, port), { cause: error }));
    });
    return opened;
  }

  get port(): number | null {
    return (this.server.address() as AddressInfo | null)?.port ?? null;
  }

  private add({ host, port, tls }: HttpPlace, { path, who }: { readonly path: string; readonly who: string }): Route {
    if (JSON.stringify(tlsOf(tls)) !== JSON.stringify(tlsOf(this.place.tls)))
      throw new FatalFault(
        `${this.owners()} listens on port ${port} of ${host} with other files of TLS: those who share a port need the same ones`,
      );
    const key = requestPath(path);
    const before = this.routes.get(key);
    if (before)
      throw new FatalFault(`"${path}" on port ${port} belongs to ${before.who} already: give one of them another path`);
    const route: Route = new Route({
      who,
      port: () => this.port,
      ended: async () => this.remove(key, route),
    });
    this.routes.set(key, route);
    return route;
  }

  private owners(): string {
    return [...this.routes.values()].map(({ who }) => who).join(', ');
  }

  private async remove(key: string, route: Route): Promise<void> {
    if (this.routes.get(key) !== route) return;
    this.routes.delete(key);
    if (this.routes.size === 0) await this.close();
  }

  /** Resolves when the port is free. Those who are being answered have a moment for it. */
  private async close(): Promise<void> {
    this.forget();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const force = setTimeout(() => this.server.closeAllConnections(), goodbyeMs);
    for (const socket of this.idle.values()) socket.destroy();
    await closed;
    clearTimeout(force);
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const from = placeOf(request.socket);
    const socket = this.idle.get(from);
    this.idle.delete(from);
    response.once('close', () => socket && !socket.destroyed && this.idle.set(from, socket));
    response.on('error', () => request.socket.destroy());
    request.on('error', () => undefined);
    const route = this.routes.get(requestPath(request.url ?? '/'));
    if (route) route.take(request, response);
    else refuse(request, response, { status: 404, detail: 'there is nothing at this path' });
  }

  private meet(socket: Socket): void {
    const [oldest] = this.idle.values();
    if (oldest && this.idle.size >= mostConnections) oldest.destroy();
    const from = placeOf(socket);
    this.idle.set(from, socket);
    socket.once('close', () => this.idle.delete(from));
    socket.on('error', () => socket.destroy());
  }

  /** What came is no HTTP, or takes too long. */
  private hangUp({ code }: NodeJS.ErrnoException, socket: Duplex): void {
    const [status, isStranger] = badRequests[code ?? ''] ?? ['400 Bad Request', code?.startsWith('HPE_') ?? false];
    if (isStranger) this.routes.values().next().value?.stranger();
    if (!socket.writable) return void socket.destroy();
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  }
}

const badRequests: Readonly<Record<string, readonly [status: string, isStranger: boolean]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', false],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Content Too Large', false],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', false],
};

const tlsOf = ({ ca_file, cert_file, key_file }: TlsFiles): readonly string[] => [ca_file, cert_file, key_file];

const placeOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
