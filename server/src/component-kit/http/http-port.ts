import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FatalFault } from '../../engine/fault.ts';
import { readTlsFiles, type TlsFiles } from '../network/tls-files.ts';
import { whyNot } from '../sockets/datagrams.ts';
import { handOver, isHandedOver } from './hand-over.ts';
import { hangUp, hasSameTls, listening, makeServer, tlsOf } from './http-server.ts';
import { type Entry, PortBook } from './port-book.ts';
import { refuse } from './refuse.ts';
import { requestPath } from './request-path.ts';
import { atRest, Route } from './route.ts';

export interface HttpPlace {
  /** Folder that the processes of this server share. */
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** HTTPS where a certificate is given; with `ca_file` callers have to show one of this authority. */
  readonly tls: TlsFiles;
}

/** Connections at once; where there are more, the one that has been there for longest without a request makes room. */
const mostConnections = 2000;
/** How long those may take who are answered when the port is given up, in milliseconds. */
const goodbyeMs = 1000;

/** Ports of this process, by host and number. */
const open = new Map<string, Promise<HttpPort>>();

/** So many paths are remembered. */
const mostSeen = 1000;

/** When it is tried again to tell the others what the disk did not take, in milliseconds. */
const tellAgainMs = 1000;
/** How often it is tried to have a port that another process of this server has, in milliseconds. */
const tryMs = 250;

/**
 * A port for HTTP, shared by all flows of this server that listen there, each on a path of its own. It is there as long as one of them
 * has a route. One process has the port, and hands over to the others what is for them; when it ends, another one takes it.
 */
export class HttpPort {
  private readonly routes = new Map<string, Route>();
  /**
   * Connections without a request at present by where they are from, the one that has been so for longest first: with TLS a
   * request names another object.
   */
  private readonly idle = new Map<string, Socket>();
  private readonly book: PortBook;
  /** Paths that somebody had since the port is known here: where nobody has one now, its flow may come back. */
  private readonly seen = new Set<string>();
  private readonly key = randomUUID();
  private server: Server | undefined;
  /** Takes what another process hands over, as long as that has the port. */
  private inner: Server | undefined;
  private trying: NodeJS.Timeout | undefined;
  private telling: NodeJS.Timeout | undefined;

  private constructor(
    private readonly place: HttpPlace,
    private readonly forget: () => void,
  ) {
    this.book = new PortBook(place.dataDir, place.port);
  }

  /**
   * Takes a path on a port. Rejects with a FatalFault where the port or the path belongs to somebody else, or a certificate
   * is wrong.
   */
  static async take(place: HttpPlace, route: { readonly path: string; readonly who: string }): Promise<Route> {
    const key = `${place.host} ${place.port}`;
    const known = place.port === 0 ? undefined : open.get(key);
    if (known) return (await known).add(place, route);
    const port = new HttpPort(place, () => open.delete(key));
    const opening = port.listen().then(() => port);
    if (place.port !== 0) open.set(key, opening);
    try {
      return (await opening).add(place, route);
    } catch (thrown) {
      open.delete(key);
      throw thrown;
    }
  }

  /** Where it listens, whichever process has the port. */
  get port(): number | null {
    if (this.inner) return this.place.port;
    return (this.server?.address() as AddressInfo | null)?.port ?? null;
  }

  private async listen(): Promise<void> {
    const { host, port, tls } = this.place;
    const files = readTlsFiles(tls);
    try {
      this.server = await this.bound(files);
    } catch (cause) {
      const error = cause as NodeJS.ErrnoException;
      const owner = error.code === 'EADDRINUSE' ? this.book.others().find(({ inner }) => !inner) : undefined;
      if (!owner) throw new FatalFault(whyNot(error, host, port), { cause });
      if (owner.host !== host || !hasSameTls(owner.tls, tlsOf(tls)))
        throw new FatalFault(
          `another flow listens on port ${port} of ${owner.host} with other settings: those who share a port need the same "host" and files of TLS`,
        );
      await this.beGuest(files);
    }
  }

  private async bound(files: ReturnType<typeof readTlsFiles>): Promise<Server> {
    const { host, port, tls } = this.place;
    const server = makeServer(tls.cert_file === '' ? undefined : { files, asksForCertificates: tls.ca_file !== '' });
    await listening(server, port, host);
    this.serve(server, () => true);
    server.on('error', (error) => {
      this.forget();
      for (const route of this.routes.values()) route.fail(new FatalFault(whyNot(error, host, port), { cause: error }));
    });
    return server;
  }

  /** Takes what is handed over, until the port can be had. */
  private async beGuest(files: ReturnType<typeof readTlsFiles>): Promise<void> {
    const inner = makeServer();
    await listening(inner, 0, '127.0.0.1');
    this.serve(inner, (request) => isHandedOver(request, this.key));
    this.inner = inner;
    const attempt = async (): Promise<void> => {
      this.elsewhere('');
      try {
        const server = await this.bound(files);
        this.server = server;
        this.inner = undefined;
        inner.close();
        inner.closeIdleConnections();
        if (this.routes.size === 0) return void server.close();
        this.tell();
      } catch {
        if (this.routes.size > 0) this.trying = setTimeout(() => void attempt(), tryMs);
      }
    };
    this.trying = setTimeout(() => void attempt(), tryMs);
  }

  private serve(server: Server, isWelcome: (request: IncomingMessage) => boolean): void {
    const take = (request: IncomingMessage, response: ServerResponse): void => {
      if (isWelcome(request)) this.take(request, response);
      else refuse(request, response, { status: 403, detail: 'this is no place for you' });
    };
    server.on('connection', (socket: Socket) => this.meet(socket));
    server.on('request', take);
    server.on('checkContinue', take);
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (hangUp(error, socket)) this.routes.values().next().value?.stranger();
    });
    server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'));
  }

  private add({ host, port, tls }: HttpPlace, { path, who }: { readonly path: string; readonly who: string }): Route {
    if (!hasSameTls(tlsOf(tls), tlsOf(this.place.tls)))
      throw new FatalFault(
        `${this.owners()} listens on port ${port} of ${host} with other files of TLS: those who share a port need the same ones`,
      );
    const key = requestPath(path);
    this.book.forget();
    const before = this.routes.get(key)?.who ?? (this.elsewhere(key) && 'another flow');
    if (before !== undefined)
      throw new FatalFault(`"${path}" on port ${port} belongs to ${before} already: give one of them another path`);
    const route: Route = new Route({
      who,
      port: () => this.port,
      ended: async () => this.remove(key, route),
    });
    this.routes.set(key, route);
    this.see(key);
    this.tell();
    return route;
  }

  /**
   * Tells the other processes which paths are here. What a full disk does not take is told again until it does: until then they
   * do not know of this one, and everything here goes on.
   */
  private tell(): void {
    clearTimeout(this.telling);
    const { host, port, tls } = this.place;
    if (port === 0) return;
    if (this.routes.size === 0) return this.book.remove();
    const inner = (this.inner?.address() as AddressInfo | null | undefined)?.port;
    const isTold = this.book.write({
      ...{ port, host, tls: [...tlsOf(tls)], key: this.key, paths: [...this.routes.keys()] },
      ...(inner !== undefined && { inner }),
    });
    if (!isTold) this.telling = setTimeout(() => this.tell(), tellAgainMs).unref();
  }

  private see(path: string): void {
    if (this.seen.size < mostSeen) this.seen.add(path);
  }

  /** The other process that has a path. */
  private elsewhere(key: string): Entry | undefined {
    if (this.place.port === 0) return undefined;
    const others = this.book.others();
    for (const { paths } of others) for (const path of paths) this.see(path);
    return others.find(({ paths }) => paths.includes(key));
  }

  private owners(): string {
    return [...this.routes.values()].map(({ who }) => who).join(', ');
  }

  private async remove(key: string, route: Route): Promise<void> {
    if (this.routes.get(key) !== route) return;
    this.routes.delete(key);
    this.tell();
    if (this.routes.size === 0) await this.close();
  }

  /** Resolves when the port is free. Those who are being answered have a moment for it. */
  private async close(): Promise<void> {
    this.forget();
    clearTimeout(this.trying);
    const servers = [this.server, this.inner].filter((server) => server !== undefined);
    const closed = servers.map(async (server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const server of servers) server.closeIdleConnections();
    const force = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), goodbyeMs);
    for (const socket of this.idle.values()) socket.destroy();
    await Promise.all(closed);
    clearTimeout(force);
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const from = placeOf(request.socket);
    const socket = this.idle.get(from);
    this.idle.delete(from);
    response.once('close', () => socket && !socket.destroyed && this.idle.set(from, socket));
    response.on('error', () => request.socket.destroy());
    request.on('error', () => undefined);
    const key = requestPath(request.url ?? '/');
    const route = this.routes.get(key);
    if (route) return route.take(request, response);
    const guest = this.inner ? undefined : this.elsewhere(key);
    if (guest?.inner) handOver(request, response, guest);
    else if (this.seen.has(key)) refuse(request, response, atRest);
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
}

const placeOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
