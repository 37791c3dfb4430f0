import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from '../../engine/component.ts';
import { forbidden, lookup } from '../network/lookup.ts';
import { backOff } from '../../engine/back-off.ts';

/** How long the other side may take to answer, and so long a line must have held to begin with short waits anew, in milliseconds. */
const connectMs = 10_000;
/** A silent peer is asked at TCP's own level after so many milliseconds: a line that died unnoticed ends. */
const keepAliveMs = 10_000;

export interface KeptLine {
  /** The line that is there, or is being made; undefined before the first. */
  readonly socket: Socket | undefined;
  /** Resolves when the last line is closed, after `io.signal` was aborted: whoever ends it closes `socket`. */
  readonly done: Promise<void>;
}

/**
 * Keeps a TCP line to a place: connects, and again when the line ends, with growing waits, until `io.signal` is aborted.
 * `follow` takes each line over as soon as it stands, and returns what to do when it has ended.
 */
export const keepConnected = (options: {
  readonly host: string;
  readonly port: number;
  readonly io: Pick<Io, 'signal' | 'random' | 'report'>;
  readonly follow: (socket: Socket) => () => void;
}): KeptLine => {
  const { host, port, io, follow } = options;
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  let socket: Socket | undefined;

  /** Resolves with why the line has ended. */
  const connectOnce = async (): Promise<string> => {
    const present = new Socket();
    socket = present;
    present.setKeepAlive(true, keepAliveMs);
    present.setTimeout(connectMs, () => present.connecting && present.destroy());
    return new Promise((resolve) => {
      let reason = 'there is no answer';
      let ended = (): void => undefined;
      present.once('connect', () => {
        reason = 'the line was closed';
        io.report('running', `Connected to ${place}`);
        ended = follow(present);
      });
      present.on('error', ({ code, message }: NodeJS.ErrnoException) => {
        reason = code === 'ECONNREFUSED' ? 'nothing listens there' : message;
      });
      present.once('close', () => {
        ended();
        resolve(reason);
      });
      const problem = forbidden(host);
      if (problem) present.destroy(problem);
      else present.connect({ host, port, lookup });
    });
  };

  const keep = async (): Promise<void> => {
    io.report('waiting', `waiting for ${place}`);
    for (let tries = 1; !io.signal.aborted; tries += 1) {
      const startedAt = performance.now();
      const reason = await connectOnce();
      if (performance.now() - startedAt > connectMs) tries = 1;
      if (io.signal.aborted) return;
      io.report('waiting', `${place}: ${reason}; trying again`);
      await sleep(backOff(tries, io.random()), undefined, { signal: io.signal }).catch(() => undefined);
    }
  };

  const done = keep();
  return {
    get socket() {
      return socket;
    },
    done,
  };
};
