import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from '../../engine/component.ts';
import { backOff } from '../../engine/retry.ts';
import type { Follower } from './tcp-listener.ts';

/** A silent peer is asked at TCP's own level after so many milliseconds: a line that died unnoticed ends. */
const keepAliveMs = 10_000;
const connectMs = 10_000;
/** A line counts as good when it has served for so long, in milliseconds. */
const goodMs = 10_000;
/** How long a planned end waits for what the far side has still to say, in milliseconds. */
const readOutMs = 500;

export interface DialSettings {
  readonly address: string;
  readonly port: number;
  /** A line on which nothing comes for so long is ended and begun anew, in milliseconds; 0 is never. */
  readonly idle_timeout: number;
}

/** Connects to a far side and reads what it says, and connects again with growing waits when the line ends. */
export class TcpDial {
  private socket: Socket | undefined;
  private running: Promise<void> | undefined;
  private readonly place: string;

  constructor(
    private readonly settings: DialSettings,
    private readonly io: Pick<Io, 'signal' | 'report' | 'random'>,
    private readonly follow: (socket: Socket) => Follower,
  ) {
    this.place = `${settings.address}:${settings.port}`;
  }

  get isConnected(): boolean {
    return this.socket?.readyState === 'open';
  }

  open(): void {
    this.io.report('waiting', `Connecting to ${this.place}`);
    this.running = this.keep();
  }

  /** Reads what has come already, and ends. */
  async close(): Promise<void> {
    const { socket } = this;
    socket?.end();
    const force = setTimeout(() => socket?.destroy(), socket?.connecting ? 0 : readOutMs);
    await this.running;
    clearTimeout(force);
  }

  private async keep(): Promise<void> {
    const { signal, report, random } = this.io;
    for (let tries = 1; !signal.aborted; tries += 1) {
      const startedAt = performance.now();
      const reason = await this.serve();
      if (performance.now() - startedAt > goodMs) tries = 1;
      if (signal.aborted) return;
      report('waiting', `${this.place}: ${reason}; trying again`);
      await sleep(backOff(tries, random()), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves with why the line ended, once all that came is taken. */
  private async serve(): Promise<string> {
    const socket = new Socket();
    this.socket = socket;
    let reason = 'the line was closed';
    let follower: Follower | undefined;
    let taken: Promise<void> | undefined;
    socket.setTimeout(connectMs, () => {
      reason = socket.connecting ? 'there is no answer' : 'nothing was said for too long';
      socket.destroy();
    });
    socket.on('connect', () => {
      socket.setKeepAlive(true, keepAliveMs);
      socket.setTimeout(this.settings.idle_timeout);
      follower = this.follow(socket);
      this.io.report('running', `Connected to ${this.place}`);
    });
    socket.on('data', (chunk) => {
      const wait = follower?.take(chunk);
      if (!wait) return;
      socket.pause();
      taken = wait.then(() => void socket.resume());
    });
    socket.on('end', () => void follower?.ended());
    await new Promise<void>((resolve) => {
      socket.on('error', (error: NodeJS.ErrnoException) => {
        reason = error.code === 'ECONNREFUSED' ? 'nothing listens there' : error.message;
      });
      socket.on('close', () => resolve());
      socket.connect(this.settings.port, this.settings.address);
    });
    await taken;
    follower?.lost();
    return reason;
  }
}
