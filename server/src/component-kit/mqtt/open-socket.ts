import { connect, isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';
import { refusalOf } from '../link/reasons.ts';
import { forbidden, lookup } from '../network/lookup.ts';
import { placeOf } from './place.ts';

export interface OpenedSocket {
  readonly stream: Duplex;
  /** Ends it at once. */
  destroy(): void;
}

/** A peer that says nothing is asked at TCP's own level after so many milliseconds. */
const keepAliveMs = 10_000;

/** Begins to connect to a broker; `opened` is called when bytes may be sent. What goes wrong is an error of the stream. */
export const openSocket = (
  url: string,
  given: { readonly tls: ConnectionOptions; readonly largest: number; readonly opened: () => void },
): OpenedSocket => {
  const { protocol } = new URL(url);
  const problem = forbidden(placeOf(url).host);
  if (problem) return endedBy(problem);
  return protocol === 'ws:' || protocol === 'wss:' ? openWebSocket(url, given) : openPlain(url, given);
};

const endedBy = (problem: Error): OpenedSocket => {
  const stream = new Socket().destroy(problem);
  return { stream, destroy: () => undefined };
};

const openPlain = (url: string, { tls, opened }: Parameters<typeof openSocket>[1]): OpenedSocket => {
  const { host, port, isSecure } = placeOf(url);
  const name = isIP(host) === 0 ? { servername: host } : {};
  const stream = isSecure ? connectSecurely({ host, port, lookup, ...name, ...tls }) : connect({ host, port, lookup });
  stream.setNoDelay(true);
  stream.setKeepAlive(true, keepAliveMs);
  stream.once(isSecure ? 'secureConnect' : 'connect', opened);
  return { stream, destroy: () => stream.destroy() };
};

const openWebSocket = (url: string, { tls, largest, opened }: Parameters<typeof openSocket>[1]): OpenedSocket => {
  const client = new WebSocket(withoutLogin(url), ['mqtt'], {
    perMessageDeflate: false,
    maxPayload: largest,
    lookup,
    ...tls,
  });
  const stream = createWebSocketStream(client);
  client.once('open', opened);
  client.once('unexpected-response', (_, response) => {
    stream.destroy(new Error(refusalOf(response, url, Date.now()).sentence));
    client.terminate();
  });
  return {
    stream,
    destroy: () => {
      client.terminate();
      stream.destroy();
    },
  };
};

/** Who logs in is said by MQTT, not by HTTP. */
const withoutLogin = (url: string): string => {
  const plain = new URL(url);
  plain.username = plain.password = '';
  return plain.href;
};
