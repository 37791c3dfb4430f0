import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from '../../engine/component.ts';
import { dial, NotDialled } from '../network/dial.ts';
import { dialProblem } from '../network/dial-problem.ts';
import { backOff } from '../../engine/back-off.ts';

/** How long the other side may take to answer, and so long a line must have held to begin with short waits anew, in milliseconds. */
const connectMs = 10_000;

export interface KeptLine {
  /** The last line that stood; undefined before the first. */
  readonly socket: Socket | undefined;
  /** Resolves when the last line is closed, after `io.signal` was aborted: whoever ends it closes `socket`. */
  readonly done: Promise<void>;
}

/**
 * Keeps a line to a place, of TCP or of TLS where that is given: connects, and again when the line ends, with growing waits, until
 * `io.signal` is aborted. `follow` takes each line over as soon as it stands, and returns what to do when it has ended.
 */
export const keepConnected = (options: {
  readonly host: string;
  readonly port: number;
  readonly tls?: ConnectionOptions | undefined;
  readonly io: Pick<Io, 'signal' | 'random' | 'report'>;
  readonly follow: (socket: Socket) => () => void;
}): KeptLine => {
  const { host, port, tls, io, follow } = options;
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  let socket: Socket | undefined;

  /** Resolves with why the line has ended. Rejects where the signal is aborted before it stands. */
  const connectOnce = async (): Promise<string> => {
    try {
      socket = await dial({ host, port, tls, withinMs: connectMs, signal: io.signal });
    } catch (thrown) {
      if (thrown instanceof NotDialled) return thrown.message;
      throw thrown;
    }
    const present = socket;
    io.report('running', `Connected to ${place}`);
    return new Promise((resolve) => {
      let reason = 'the line was closed';
      const ended = follow(present);
      present.on('error', (error) => (reason = dialProblem(error)));
      present.once('close', () => {
        ended();
        resolve(reason);
      });
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
      await sleep(backOff(tries, io.random()), undefined, { signal: io.signal });
    }
  };

  const done = keep().catch((thrown: unknown) => {
    if (!io.signal.aborted) throw thrown;
  });
  return {
    get socket() {
      return socket;
    },
    done,
  };
};
