import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { WebSocket } from 'ws';
import { backOff } from '../../engine/back-off.ts';
import { forbidden, lookup } from '../network/lookup.ts';
import { closes, linkProtocol, plainProtocol } from './closes.ts';
import type { Line, LineEnd } from './line.ts';
import { closeReason, reasonOf, type Refusal, refusalOf } from './reasons.ts';

/** How long a connection may take to come about, in milliseconds. */
const handshakeMs = 10_000;
const firstWaitMs = 250;
/** A line counts as good, so that the waits begin anew, when it has been up for so long, in milliseconds. */
const servedMs = 10_000;
/** A peer that says nothing is asked at TCP's own level after so many milliseconds. */
const keepAliveMs = 10_000;
/** What a server answers that does not like a sub-protocol that it does not know. */
const dislikes: ReadonlySet<number> = new Set([400, 406, 426, 500, 501]);

export interface DialOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sub-protocols to ask for beside that of links. */
  readonly subprotocols: readonly string[];
  readonly tls: ConnectionOptions;
  readonly maxPayload: number;
  readonly longestWaitMs: number;
  /** Whether a link is asked for, and whether anything else will do. */
  readonly link: 'asked' | 'must' | 'never';
  readonly random: () => number;
  /** A line is open, and whether a link is spoken on it. */
  readonly onUp: (line: Line, isLink: boolean) => void;
  readonly onDown: (reason: string, againInMs: number) => void;
}

export interface Dialling {
  /** Ends the line in order, and dials no more. */
  close(): Promise<void>;
  /** The link on the present line was closed. */
  ended(end: LineEnd): void;
  /** The present line is all right: it has been greeted. */
  isGood(): void;
}

/** Keeps a line to a WebSocket server: connects, and connects again for ever with growing, jittered waits. */
export const keepDialling = (options: DialOptions): Dialling => {
  let isClosed = false;
  let waits = 0;
  let retry: NodeJS.Timeout | undefined;
  let present: WebSocket | undefined;
  /** Whether the server is better asked for nothing that it does not know. */
  let isPlain = options.link === 'never';
  let isGreeted = false;
  let ended: LineEnd | undefined;
  /** A server that chooses the protocol of links and then does not speak it chooses whatever it is asked for. */
  let isEcho = false;

  const connect = (): void => {
    const notAllowed = forbidden(new URL(options.url).hostname);
    if (notAllowed) {
      retry = setTimeout(connect, options.longestWaitMs);
      return options.onDown(notAllowed.message, options.longestWaitMs);
    }
    const { subprotocols } = options;
    const plain = subprotocols.length === 0 ? [plainProtocol] : subprotocols;
    const asked = isPlain || isEcho ? subprotocols : [...plain, linkProtocol];
    const client = new WebSocket(options.url, [...asked], {
      headers: options.headers,
      handshakeTimeout: handshakeMs,
      maxPayload: options.maxPayload,
      perMessageDeflate: false,
      autoPong: false,
      lookup,
      ...options.tls,
    });
    present = client;
    ended = undefined;
    isGreeted = false;
    let socket: Socket | undefined;
    let isLink = false;
    let problem: string | undefined;
    let refusal: Refusal | undefined;
    let upAt: number | undefined;

    client.on('upgrade', (response: IncomingMessage) => {
      ({ socket } = response);
      socket.setKeepAlive(true, keepAliveMs);
      isLink = response.headers['sec-websocket-protocol'] === linkProtocol;
      // a server that chooses none of what it is asked for is as good as before it was asked
      if (!asked.includes(response.headers['sec-websocket-protocol'] ?? ''))
        if (asked.length > 0) response.headers['sec-websocket-protocol'] = asked[0]!;
        else delete response.headers['sec-websocket-protocol'];
    });
    client.on('open', () => {
      upAt = performance.now();
      if (!isLink && options.link === 'must') {
        problem = 'it does not speak the protocol of links: is a listening "websocket_input" of SemStreams there?';
        return client.close(closes.badFrame, 'the protocol of links is needed here');
      }
      options.onUp({ client, socket: socket! }, isLink);
    });
    client.on('unexpected-response', (_, response) => {
      refusal = refusalOf(response, options.url, Date.now());
      if (!isPlain && options.link === 'asked' && dislikes.has(response.statusCode ?? 0)) isPlain = true;
      client.terminate();
    });
    client.on('error', (error: NodeJS.ErrnoException) => (problem ??= reasonOf(error)));
    const isDown = (code: number, reason: string): void => {
      if (isClosed) return;
      const isNoLink = ended?.code === closes.silent || ended?.code === closes.badFrame;
      isEcho ||= isLink && !isGreeted && isNoLink && options.link === 'asked';
      if (upAt !== undefined && performance.now() - upAt >= servedMs) {
        waits = 0;
        isPlain = options.link === 'never';
      }
      waits += 1;
      const ownMs = backOff(waits, options.random(), options.longestWaitMs, firstWaitMs);
      const isSentAway = ended?.code === closes.replaced || ended?.code === closes.nameInUse;
      const leastMs = Math.max(refusal?.waitMs ?? 0, isSentAway ? options.longestWaitMs : 0);
      const againInMs = Math.max(ownMs, leastMs);
      options.onDown(refusal?.sentence ?? problem ?? ended?.sentence ?? closeReason(code, reason), againInMs);
      retry = setTimeout(connect, againInMs);
    };
    // whoever speaks on the line hears of its end in the same turn, and tells why
    client.on('close', (code, reason) => queueMicrotask(() => isDown(code, reason.toString())));
  };
  connect();

  return {
    isGood: () => (isGreeted = true),
    ended: (end) => (ended = end),
    async close() {
      isClosed = true;
      clearTimeout(retry);
      const client = present;
      if (!client || client.readyState === WebSocket.CLOSED) return;
      await new Promise<void>((resolve) => {
        const force = setTimeout(() => client.terminate(), 1000);
        client.once('close', () => {
          clearTimeout(force);
          resolve();
        });
        client.resume();
        if (client.readyState === WebSocket.CONNECTING) client.terminate();
        else client.close(1000);
      });
    },
  };
};
