import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { pieces, textFrames } from './frames.ts';

interface Receiver {
  readonly client: WebSocket;
  readonly socket: Socket;
  readonly address: string;
  isAlive: boolean;
  missed: number;
}

/** What may wait for a receiver, in bytes, for its pings to be answered. */
const mostAnswers = 64 * 1024;
/** How many receivers the facts name. */
const mostNamed = 20;
/** So much text at once is handed to a receiver or is missed by it. */
const pieceCharacters = 64 * 1024;

/** Who is connected, and what is sent to all of them. One that does not keep up misses messages and harms no other. */
export class Receivers {
  private readonly all = new Set<Receiver>();
  /** Messages that one of the receivers missed, summed over all that ever were. */
  missed = 0;

  constructor(
    private readonly options: {
      /** What may wait for one receiver, in bytes. */
      readonly mostWaiting: number;
      readonly changed: () => void;
    },
  ) {}

  get count(): number {
    return this.all.size;
  }

  add(client: WebSocket, request: IncomingMessage): void {
    const { socket } = request;
    const receiver: Receiver = {
      client,
      socket,
      address: `${socket.remoteAddress}:${socket.remotePort}`,
      isAlive: true,
      missed: 0,
    };
    this.all.add(receiver);
    client.on('pong', () => (receiver.isAlive = true));
    client.on('ping', (data) => {
      // one that asks and does not read the answers gets none: they would pile up here
      if (socket.writableLength < mostAnswers) client.pong(data);
    });
    client.on('error', () => client.terminate());
    client.on('close', () => {
      this.all.delete(receiver);
      this.options.changed();
    });
    this.options.changed();
  }

  /** Sends each text as one frame to every receiver. Returns how many of the texts no receiver got. */
  send(texts: readonly string[]): number {
    const cut = pieces(texts, pieceCharacters).map((piece) => ({ frames: textFrames(piece), count: piece.length }));
    const taken = cut.map(() => false);
    for (const receiver of this.all) {
      const { client, socket } = receiver;
      if (client.readyState !== WebSocket.OPEN) continue;
      socket.cork();
      cut.forEach(({ frames, count }, index) => {
        if (socket.writableLength + frames.length <= this.options.mostWaiting || socket.writableLength === 0) {
          socket.write(frames);
          taken[index] = true;
        } else {
          receiver.missed += count;
          this.missed += count;
        }
      });
      socket.uncork();
    }
    return cut.reduce((sum, { count }, index) => (taken[index] ? sum : sum + count), 0);
  }

  /** Asks all whether they are still there and ends those that did not answer the last time. */
  ping(): void {
    for (const receiver of this.all) {
      if (!receiver.isAlive) receiver.client.terminate();
      else {
        receiver.isAlive = false;
        receiver.client.ping();
      }
    }
  }

  /** Says good-bye to all; those that do not answer in time are ended. Resolves when all are gone. */
  async close(withinMs: number): Promise<void> {
    await Promise.all(
      [...this.all].map(
        async ({ client }) =>
          new Promise<void>((resolve) => {
            const force = setTimeout(() => client.terminate(), withinMs);
            client.once('close', () => {
              clearTimeout(force);
              resolve();
            });
            client.close(1001, 'the flow is stopped');
          }),
      ),
    );
  }

  list(): readonly { readonly address: string; readonly waiting_bytes: number; readonly missed: number }[] {
    return [...this.all].slice(0, mostNamed).map(({ address, socket, missed }) => ({
      address,
      waiting_bytes: socket.writableLength,
      missed,
    }));
  }
}
