import { isIP, Socket } from 'node:net';
import { connect as secure, type ConnectionOptions } from 'node:tls';
import { dialProblem } from './dial-problem.ts';
import { forbidden, lookup } from './lookup.ts';

/** A silent peer is asked at TCP's own level after so many milliseconds: a line that died unnoticed ends. */
const keepAliveMs = 10_000;

/** A line could not be made; the sentence says why. */
export class NotDialled extends Error {
  override readonly name = 'NotDialled';
}

/**
 * Makes a line of TCP, or of TLS where that is given. Rejects with a NotDialled, also where there is no answer in time, and with the
 * reason of the signal when that is aborted.
 */
export const dial = async (to: {
  readonly host: string;
  readonly port: number;
  readonly tls?: ConnectionOptions | undefined;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}): Promise<Socket> => {
  const { host, port, tls, signal } = to;
  signal.throwIfAborted();
  const problem = forbidden(host);
  if (problem) throw new NotDialled(problem.message, { cause: problem });
  const plain = new Socket();
  plain.setKeepAlive(true, keepAliveMs);
  plain.setNoDelay(true);
  plain.connect({ host, port, lookup });
  const line = tls ? securedLine(plain, host, tls) : plain;
  return reached([plain, line], to, (done) => line.once(tls ? 'secureConnect' : 'connect', () => done(line)));
};

/** TLS over a line that is there, or is being made. */
export const securedLine = (plain: Socket, host: string, tls: ConnectionOptions): Socket =>
  secure({ host, ...(isIP(host) === 0 && { servername: host }), ...tls, socket: plain });

/**
 * Resolves with what `begin` says is done. Rejects as `dial` does, and lets go of the lines then; the last one is that which is waited for.
 */
export const reached = async <Result>(
  lines: readonly [Socket, ...Socket[]],
  { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal },
  begin: (done: (result: Result) => void) => void,
): Promise<Result> =>
  new Promise((resolve, reject) => {
    const end = (act: () => void): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', abort);
      act();
    };
    const fail = (reason: unknown): void =>
      end(() => {
        for (const line of lines.toReversed()) line.destroy();
        reject(reason as Error);
      });
    const abort = (): void => fail(signal.reason);
    const late = setTimeout(() => fail(new NotDialled('there is no answer')), withinMs);
    signal.addEventListener('abort', abort, { once: true });
    for (const each of new Set(lines))
      each.on('error', (error) => fail(new NotDialled(dialProblem(error), { cause: error })));
    lines.at(-1)!.once('close', () => fail(new NotDialled('the line was closed')));
    if (signal.aborted) abort();
    else begin((result) => end(() => resolve(result)));
  });
