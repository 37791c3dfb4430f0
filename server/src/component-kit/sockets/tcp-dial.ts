import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Io } from '../../engine/component.ts';
import { keepConnected, type KeptLine } from './keep-connected.ts';
import type { Follower } from './tcp-listener.ts';

/** How long a planned end waits for what the far side has still to say, in milliseconds. */
const readOutMs = 500;

export interface DialSettings {
  readonly address: string;
  readonly port: number;
  /** A line on which nothing comes for so long is ended and begun anew, in milliseconds; 0 is never. */
  readonly idle_timeout: number;
}

/** Connects to a far side and reads what it says, no faster than it is taken, and connects again when the line ends. */
export class TcpDial {
  private line: KeptLine | undefined;

  constructor(
    private readonly settings: DialSettings,
    private readonly io: Pick<Io, 'signal' | 'report' | 'random'>,
    private readonly follow: (socket: Socket) => Follower,
  ) {}

  get isConnected(): boolean {
    return this.line?.socket?.readyState === 'open';
  }

  /** By TLS where that is given. */
  open(tls?: ConnectionOptions): void {
    const { address: host, port } = this.settings;
    this.line = keepConnected({ host, port, tls, io: this.io, follow: (socket) => this.read(socket) });
  }

  /** Reads what has come already, and ends. */
  async close(): Promise<void> {
    const socket = this.line?.socket;
    socket?.end();
    const force = setTimeout(() => socket?.destroy(), readOutMs);
    await this.line?.done;
    clearTimeout(force);
  }

  private read(socket: Socket): () => void {
    const follower = this.follow(socket);
    socket.setTimeout(this.settings.idle_timeout, () => socket.destroy());
    socket.on('data', (chunk) => {
      const wait = follower.take(chunk);
      if (!wait) return;
      socket.pause();
      void wait.then(() => socket.resume());
    });
    socket.on('end', () => void follower.ended());
    return () => follower.lost();
  }
}
