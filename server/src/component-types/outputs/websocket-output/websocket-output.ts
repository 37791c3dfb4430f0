import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { FatalFault } from '../../../engine/fault.ts';
import type { Parked } from '../../../engine/parking.ts';
import { whyNot } from '../../../component-kit/sockets/datagrams.ts';
import { goingAway, Receivers, type ReceiversOwner, serviceRestart } from './receivers.ts';

/** Who owns an endpoint at present: the component of one run. */
export interface EndpointOwner extends ReceiversOwner {
  readonly path: string;
  readonly maxReceivers: number;
  readonly allowedOrigins: readonly string[];
  readonly failed: (fault: FatalFault) => void;
}

/** Receivers send nothing but control frames. */
const largestFrame = 16 * 1024;
/** Connections beside those of the receivers: on their way to become one, or asking for something else. */
const mostStrangers = 1000;
/** How long a connection may take to say what it wants, and how often it is looked who takes longer, in milliseconds. */
const patienceMs = 10_000;
const lookMs = 1000;
/** A peer that says nothing is asked at TCP's own level after so many milliseconds. */
const keepAliveMs = 10_000;
const goodbyeMs = 1000;

/**
 * Listens for WebSocket clients on one path. It can be handed from one run of a flow to the next: meanwhile everybody stays
 * connected, and more may come.
 */
export class Endpoint implements Parked {
  readonly receivers: Receivers;
  /** Connections that are no receivers yet, the oldest first. */
  private readonly strangers = new Set<Duplex>();
  private readonly sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: largestFrame,
    autoPong: false,
  });
  /** Whether it cannot listen any more. */
  isBroken = false;
  /** Receivers that were refused since it listens, because there were too many. */
  refused = 0;

  private constructor(
    private readonly http: Server,
    private owner: EndpointOwner,
  ) {
    this.receivers = new Receivers(owner);
    http.on('connection', (socket) => this.meet(socket));
    http.on('upgrade', (request, socket, head) => this.admit(request, socket, head));
  }

  /** Rejects with a FatalFault where the port cannot be had. */
  static async open(host: string, port: number, owner: EndpointOwner): Promise<Endpoint> {
    const http = createServer(
      {
        headersTimeout: patienceMs,
        requestTimeout: patienceMs,
        connectionsCheckingInterval: lookMs,
        keepAlive: true,
        keepAliveInitialDelay: keepAliveMs,
      },
      (_, response) => {
        response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket', connection: 'close' });
        response.end(`This is a WebSocket: connect to ws://<this host>:${endpoint.port}${endpoint.owner.path}\n`);
      },
    );
    const endpoint = new Endpoint(http, owner);
    await new Promise<void>((resolve, reject) => {
      http.once('error', (error) => reject(new FatalFault(whyNot(error, host, port), { cause: error })));
      http.listen(port, host, resolve);
    });
    http.removeAllListeners('error');
    http.on('error', (error) => {
      endpoint.isBroken = true;
      endpoint.owner.failed(new FatalFault(whyNot(error, host, port), { cause: error }));
    });
    return endpoint;
  }

  get port(): number | null {
    return (this.http.address() as AddressInfo | null)?.port ?? null;
  }

  /** Whether receivers are refused at present. */
  get isFull(): boolean {
    return this.receivers.count >= this.owner.maxReceivers;
  }

  /** Goes on for another owner, where the one before has left off. */
  handTo(owner: EndpointOwner): void {
    const isSamePath = samePath(owner.path, this.owner.path);
    this.owner = owner;
    this.receivers.handTo(owner, (page) => isSamePath && isAllowedOrigin(page ?? {}, owner.allowedOrigins));
  }

  leave(): void {
    this.owner = { ...this.owner, failed: () => undefined };
    this.receivers.leave();
  }

  /** Nobody has taken it over. */
  async end(): Promise<void> {
    return this.close(serviceRestart, 'the flow was changed');
  }

  /** Says good-bye to everybody and stops listening; resolves when the port is free. */
  async close(code: number = goingAway, reason = 'the flow is stopped'): Promise<void> {
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    await this.receivers.close(goodbyeMs, code, reason);
    this.http.closeAllConnections();
    for (const stranger of this.strangers) stranger.destroy();
    await closed;
  }

  private meet(socket: Socket): void {
    // half a request must not keep others out: the one that has taken longest makes room
    const [oldest] = this.strangers;
    if (oldest && this.strangers.size >= mostStrangers) oldest.destroy();
    this.strangers.add(socket);
    socket.once('close', () => this.strangers.delete(socket));
  }

  private admit(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const no = this.refusal(request);
    socket.on('error', destroy);
    if (no) return void socket.end(`HTTP/1.1 ${no}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    this.strangers.delete(socket);
    this.sockets.handleUpgrade(request, socket, head, (client) => this.receivers.add(client, request));
  }

  private refusal(request: IncomingMessage): string | undefined {
    if (!samePath(request.url ?? '/', this.owner.path)) return '404 Not Found';
    if (this.isFull) {
      this.refused += 1;
      this.owner.changed();
      return '503 Service Unavailable';
    }
    return isAllowedOrigin(request.headers, this.owner.allowedOrigins) ? undefined : '403 Forbidden';
  }
}

/** No closure: one would keep the request for as long as the socket lives. */
function destroy(this: Duplex): void {
  this.destroy();
}

/**
 * Whether two request targets lead to the same place: the query, slashes at the end and how a character is written make no
 * difference. A target may be anything that somebody sends.
 */
export const samePath = (one: string, other: string): boolean => pathOf(one) === pathOf(other);

const pathOf = (target: string): string => {
  const path = target.replace(/^(?:http|ws)s?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0]!;
  const trimmed = path.replace(/\/+$/, '') || '/';
  try {
    return decodeURIComponent(trimmed);
  } catch {
    return trimmed;
  }
};

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
