import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { addressOf } from '../../../component-kit/fields/fields.ts';

/** One that is connected, and how far it is. */
export interface Receiver {
  readonly client: WebSocket;
  readonly socket: Socket;
  readonly address: string;
  /** The page that it belongs to; programs have none. */
  readonly page: Page | undefined;
  /** Number of the block that it is given next, and the piece of it. */
  block: number;
  piece: number;
  /** Questions that it has not answered yet, and the block before each of them. */
  asked: { readonly question: number; readonly upTo: number }[];
  /** Whether it was heard since it was asked the last time, and what had left for it by then, in bytes. */
  isAlive: boolean;
  sentBytes: number;
  missed: number;
  /** Since when it is connected, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/** Where a web page that connects comes from, and what it takes this host for. */
export interface Page {
  readonly origin: string;
  readonly host: string | undefined;
}

/** @param block what it is given first */
export const receiverOf = (
  client: WebSocket,
  { socket, headers: { origin, host } }: IncomingMessage,
  block: number,
): Receiver => ({
  client,
  socket,
  address: `${addressOf(socket.remoteAddress)}:${socket.remotePort}`,
  page: origin === undefined ? undefined : { origin, host },
  block,
  piece: 0,
  asked: [],
  isAlive: true,
  sentBytes: 0,
  missed: 0,
  sinceMs: Date.now(),
});

export const isOpen = ({ client }: Receiver): boolean => client.readyState === WebSocket.OPEN;

/** Asks whether it is still there; ends it where it has neither answered nor taken anything since the last time. */
export const askOrEnd = (receiver: Receiver): void => {
  const { client, socket } = receiver;
  const sentBytes = socket.bytesWritten - socket.writableLength;
  const hasTaken = socket.writableLength > 0 && sentBytes > receiver.sentBytes;
  receiver.sentBytes = sentBytes;
  if (!receiver.isAlive && !hasTaken) return client.terminate();
  receiver.isAlive = false;
  client.ping();
};

/** Says good-bye; one that does not answer in time is ended. Resolves when it is gone. */
export const takeLeave = async (
  { client }: Receiver,
  { withinMs, code, reason }: { readonly withinMs: number; readonly code: number; readonly reason: string },
): Promise<void> =>
  new Promise<void>((resolve) => {
    const force = setTimeout(() => client.terminate(), withinMs);
    client.once('close', () => {
      clearTimeout(force);
      resolve();
    });
    client.close(code, reason);
  });
