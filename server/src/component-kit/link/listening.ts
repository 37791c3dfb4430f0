import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import { ByAddress } from '../../access/by-address.ts';
import { FatalFault } from '../../engine/fault.ts';
import { whyNot } from '../sockets/datagrams.ts';
import { Strangers } from '../sockets/strangers.ts';
import { addressOf } from '../fields/fields.ts';
import { linkProtocol } from './closes.ts';
import type { Line } from './line.ts';
import { reasonOf } from './reasons.ts';
import { readTlsFiles, type TlsFiles } from '../network/tls-files.ts';

/** Somebody who has connected, and how. */
export interface Caller extends Line {
  readonly request: IncomingMessage;
  readonly isLink: boolean;
  /** Names that the client's certificate is for, where certificates are asked for. */
  readonly names: readonly string[] | undefined;
}

/** Who owns what listens at present: the component of one run. */
export interface ListeningOwner {
  readonly path: string;
  readonly allowedOrigins: readonly string[];
  /** What a caller shows as "Authorization: Bearer …"; empty asks for nothing. */
  readonly token: string;
  /** Whether links are spoken: `no`, or not at this moment. */
  readonly links: 'yes' | 'no' | 'later';
  isFull(): boolean;
  /** How many callers may come from one address. */
  readonly mostOfOne: number;
  connected(caller: Caller): void;
  /** Somebody was refused. */
  refused(): void;
  failed(fault: FatalFault): void;
}

export interface ListeningPlace {
  readonly host: string;
  readonly port: number;
  /** What one frame of a caller may hold, in bytes. */
  readonly largestFrame: number;
  /** With `ca_file` callers have to show a certificate of this authority. */
  readonly tls: TlsFiles;
}

/** How long a connection may take to say what it wants, and how often it is looked who takes longer, in milliseconds. */
const patienceMs = 10_000;
const lookMs = 1000;
/** A peer that says nothing is asked at TCP's own level after so many milliseconds. */
const keepAliveMs = 10_000;
/** How soon who asks for a link while the flow is changed should ask again, in seconds. */
const laterSeconds = 1;

/** Listens for WebSocket clients on one path. It can be handed from one owner to the next: meanwhile more may come. */
export class Listening {
  private readonly strangers = new Strangers();
  private readonly callersOf = new ByAddress();
  private lastCrowded: string | undefined;
  private readonly sockets: WebSocketServer;
  /** Whether it cannot listen any more. */
  isBroken = false;
  /** Callers that were refused since it listens, for want of room and for other reasons, and what the last one was told. */
  refusedForRoom = 0;
  refused = 0;
  lastRefusal = '';

  private constructor(
    private readonly http: Server,
    private readonly asksForCertificates: boolean,
    largestFrame: number,
    private owner: ListeningOwner,
  ) {
    this.sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: largestFrame,
      autoPong: false,
      handleProtocols: (asked) => {
        if (this.owner.links === 'yes' && asked.has(linkProtocol)) return linkProtocol;
        return [...asked].find((protocol) => protocol !== linkProtocol) ?? false;
      },
    });
    http.on('connection', (socket: Socket) => this.strangers.meet(socket));
    http.on('upgrade', (request, socket, head) => this.admit(request, socket as Socket, head));
    http.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) =>
      this.note(socket, this.asksForCertificates && isUnsaid(error) ? wrongCertificate : reasonOf(error)),
    );
  }

  /** Rejects with a FatalFault where the port cannot be had, or a certificate is wrong. */
  static async open({ host, port, largestFrame, tls }: ListeningPlace, owner: ListeningOwner): Promise<Listening> {
    const options = {
      headersTimeout: patienceMs,
      requestTimeout: patienceMs,
      connectionsCheckingInterval: lookMs,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
    };
    const files = readTlsFiles(tls);
    const isSecure = tls.cert_file !== '';
    const http = isSecure
      ? createSecureServer({ ...options, ...files, requestCert: tls.ca_file !== '', rejectUnauthorized: true })
      : createServer(options);
    http.on('request', (_, response) => {
      response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket', connection: 'close' });
      const scheme = isSecure ? 'wss' : 'ws';
      response.end(
        `This is a WebSocket: connect to ${scheme}://<this host>:${listening.port}${listening.owner.path}\n`,
      );
    });
    const listening = new Listening(http, isSecure && tls.ca_file !== '', largestFrame, owner);
    await new Promise<void>((resolve, reject) => {
      http.once('error', (error) => reject(new FatalFault(whyNot(error, host, port), { cause: error })));
      http.listen(port, host, resolve);
    });
    http.removeAllListeners('error');
    http.on('error', (error) => {
      listening.isBroken = true;
      listening.owner.failed(new FatalFault(whyNot(error, host, port), { cause: error }));
    });
    return listening;
  }

  /** An address that callers were refused from because it has as many as it may have, as long as it has. */
  get crowded(): string | undefined {
    return this.isCrowded(this.lastCrowded) ? addressOf(this.lastCrowded) : undefined;
  }

  get port(): number | null {
    return (this.http.address() as AddressInfo | null)?.port ?? null;
  }

  handTo(owner: ListeningOwner): void {
    this.owner = owner;
  }

  /** Whoever comes from now on is shown the certificate as it is now. Throws a FatalFault where a file of TLS is wrong. */
  renew(tls: TlsFiles): void {
    if (this.http instanceof SecureServer) this.http.setSecureContext(readTlsFiles(tls));
  }

  /** Stops listening, and lets go of all whom nobody has taken. Resolves when the port is free. */
  async close(others: () => Promise<void>): Promise<void> {
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    await others();
    this.http.closeAllConnections();
    this.strangers.end();
    await closed;
  }

  private isCrowded(address: string | undefined): boolean {
    return address !== undefined && this.callersOf.of(address) >= this.owner.mostOfOne;
  }

  private admit(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const no = this.refusal(request, socket);
    socket.on('error', destroy);
    if (no) return this.refuse(socket, no);
    this.strangers.taken(socket);
    const leave = this.callersOf.enter(socket.remoteAddress);
    socket.once('close', leave);
    const names = this.asksForCertificates ? namesOf(socket as TLSSocket) : undefined;
    this.sockets.handleUpgrade(request, socket, head, (client) =>
      this.owner.connected({ client, socket, request, isLink: client.protocol === linkProtocol, names }),
    );
  }

  private refuse(socket: Socket, { status, sentence, more }: No): void {
    if (status.startsWith('503')) this.refusedForRoom += 1;
    this.note(socket, sentence);
    const body = `${sentence}\n`;
    socket.end(
      `HTTP/1.1 ${status}\r\nconnection: close\r\n${more ?? ''}content-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }

  private note(socket: Socket, sentence: string): void {
    this.refused += 1;
    const from = addressOf(socket.remoteAddress);
    this.lastRefusal = from === '' ? sentence : `${from}: ${sentence}`;
    this.owner.refused();
  }

  private refusal({ url, headers }: IncomingMessage, { remoteAddress }: Socket): No | undefined {
    const { path, token, allowedOrigins, links } = this.owner;
    if (!samePath(url ?? '/', path)) return { status: '404 Not Found', sentence: 'there is nothing at this path' };
    if (!isRightToken(headers.authorization, token))
      return {
        status: '401 Unauthorized',
        sentence: 'a token is needed, or another one',
        more: 'www-authenticate: Bearer\r\n',
      };
    if (!isAllowedOrigin(headers, allowedOrigins))
      return { status: '403 Forbidden', sentence: 'pages of this origin may not connect' };
    if (links === 'later' && asksForLink(headers['sec-websocket-protocol']))
      return {
        status: '503 Service Unavailable',
        sentence: 'the flow is being changed',
        more: `retry-after: ${laterSeconds}\r\n`,
      };
    if (this.owner.isFull()) return { status: '503 Service Unavailable', sentence: 'as many are connected as may be' };
    if (!this.isCrowded(remoteAddress)) return undefined;
    this.lastCrowded = remoteAddress;
    return { status: '503 Service Unavailable', sentence: 'as many are connected from this address as may be' };
  }
}

/** A caller whose certificate is not taken is cut off without an error of its own. */
const isUnsaid = ({ code, message }: NodeJS.ErrnoException): boolean =>
  code === 'ECONNRESET' || message.includes('did not return a certificate');
const wrongCertificate = 'no certificate was shown, or none of the authority in "ca_file"';

/** Why a caller is refused. */
interface No {
  readonly status: string;
  readonly sentence: string;
  /** Further headers. */
  readonly more?: string;
}

/** No closure: one would keep the request for as long as the socket lives. */
function destroy(this: Duplex): void {
  this.destroy();
}

const asksForLink = (header: string | undefined): boolean =>
  (header ?? '').split(',').some((protocol) => protocol.trim() === linkProtocol);

const isRightToken = (authorization: string | undefined, token: string): boolean => {
  if (token === '') return true;
  const shown = Buffer.from(authorization ?? '');
  const right = Buffer.from(`Bearer ${token}`);
  return shown.length === right.length && timingSafeEqual(shown, right);
};

/** The names in a certificate that was verified: its common name, and its alternative ones. */
const namesOf = (socket: TLSSocket): readonly string[] => {
  const { subject, subjectaltname } = socket.getPeerCertificate();
  const others = (subjectaltname ?? '').split(', ').map((each) => each.replace(/^[\w ]+:/, ''));
  return [subject?.CN, ...others].flat().filter((name): name is string => !!name);
};

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
