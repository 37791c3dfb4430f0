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

/** A receiver has what it was given when no more than this is left here of it, in bytes. */
const smallRest = 64 * 1024;

/** Messages that are the same for all receivers, as frames. */
interface Piece {
  readonly frames: Buffer;
  readonly count: number;
}

/** Who is connected, and what is sent to all of them. One that does not keep up misses messages and harms no other. */
export class Receivers {
  private readonly all = new Set<Receiver>();
  private readonly waiting = new Set<() => void>();
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
      this.wake();
    });
    socket.on('drain', () => this.wake());
    this.options.changed();
    this.wake();
  }

  /** Sends each text as one frame to every receiver. Returns how many of the texts no receiver had room for. */
  broadcast(texts: readonly string[]): number {
    const cut = piecesOf(texts);
    let untaken = 0;
    for (let at = this.offer(cut, 0); at < cut.length; at = this.offer(cut, at + 1)) untaken += cut[at]!.count;
    return untaken;
  }

  /**
   * Sends each text as one frame to every receiver, and waits where nobody has room, or nobody is there. Resolves when one
   * of them has all of it; begins anew where all have left before. Rejects when the signal is aborted.
   */
  deliver(texts: readonly string[], signal: AbortSignal): void | Promise<void> {
    const cut = piecesOf(texts);
    const at = this.offer(cut, 0);
    if (at < cut.length || !this.isHanded) return this.finish(cut, at, signal);
  }

  private async finish(cut: readonly Piece[], start: number, signal: AbortSignal): Promise<void> {
    let at = start;
    while (at < cut.length || !this.isHanded) {
      await this.change(signal);
      at = this.offer(cut, this.all.size === 0 ? 0 : at);
      if (this.all.size === 0) at = 0;
    }
  }

  /** Hands pieces from `start` on to all that have room; returns the first one that nobody took. */
  private offer(cut: readonly Piece[], start: number): number {
    if (cut.length - start === 1) return this.offerOne(cut[start]!) ? cut.length : start;
    for (const { socket } of this.all) socket.cork();
    let at = start;
    while (at < cut.length && this.offerOne(cut[at]!)) at += 1;
    for (const { socket } of this.all) socket.uncork();
    return at;
  }

  private offerOne({ frames, count }: Piece): boolean {
    const open = [...this.all].filter(({ client }) => client.readyState === WebSocket.OPEN);
    const hasRoom = ({ socket }: Receiver) =>
      socket.writableLength + frames.length <= this.options.mostWaiting || socket.writableLength === 0;
    if (!open.some(hasRoom)) return false;
    for (const receiver of open) {
      if (hasRoom(receiver)) receiver.socket.write(frames);
      else {
        receiver.missed += count;
        this.missed += count;
      }
    }
    return true;
  }

  /** Whether somebody has, but for a small rest, all that was given. */
  private get isHanded(): boolean {
    for (const { socket } of this.all) if (socket.writableLength <= smallRest) return true;
    return false;
  }

  /** Resolves when somebody came, left, or has room again. */
  private async change(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve) => {
      const done = () => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
    signal.throwIfAborted();
  }

  private wake(): void {
    for (const done of this.waiting) done();
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

const piecesOf = (texts: readonly string[]): Piece[] =>
  pieces(texts, pieceCharacters).map((piece) => ({ frames: textFrames(piece), count: piece.length }));
