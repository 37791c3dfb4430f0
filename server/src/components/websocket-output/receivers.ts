import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { textFrames } from './frames.ts';

interface Receiver {
  readonly client: WebSocket;
  readonly socket: Socket;
  readonly address: string;
  isAlive: boolean;
  skipped: number;
}

/** How many receivers the facts name. */
const mostNamed = 20;

/** Who is connected, and what is sent to all of them. One that does not keep up misses messages and harms no other. */
export class Receivers {
  private readonly all = new Set<Receiver>();

  constructor(
    private readonly options: {
      /** What may wait for one receiver, in bytes. */
      readonly mostWaiting: number;
      readonly skipped: (messages: number) => void;
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
      skipped: 0,
    };
    this.all.add(receiver);
    client.on('pong', () => (receiver.isAlive = true));
    client.on('error', () => client.terminate());
    client.on('close', () => {
      this.all.delete(receiver);
      this.options.changed();
    });
    this.options.changed();
  }

  /** Sends each text as one frame to every receiver. */
  send(texts: readonly string[]): void {
    if (this.all.size === 0) return;
    const frames = textFrames(texts);
    for (const receiver of this.all) {
      if (receiver.client.readyState !== WebSocket.OPEN) continue;
      if (receiver.socket.writableLength + frames.length > this.options.mostWaiting) {
        receiver.skipped += texts.length;
        this.options.skipped(texts.length);
      } else receiver.socket.write(frames);
    }
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

  list(): readonly { readonly address: string; readonly waiting_bytes: number; readonly skipped: number }[] {
    return [...this.all].slice(0, mostNamed).map(({ address, socket, skipped }) => ({
      address,
      waiting_bytes: socket.writableLength,
      skipped,
    }));
  }
}
