import { isIP, type Socket } from 'node:net';
import { connect as secure, type ConnectionOptions } from 'node:tls';
import { dial, NotDialled } from '../../../../component-kit/network/dial.ts';
import { dialProblem } from '../../../../component-kit/network/dial-problem.ts';

export interface LineTo {
  readonly host: string;
  readonly port: number;
  /** Undefined where no TLS is spoken. */
  readonly tls: ConnectionOptions | undefined;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** "SSLRequest" of PostgreSQL's protocol: eight bytes, answered with one letter before anything else is said. */
const wantsTls = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Makes a line to a server of PostgreSQL. Rejects with a NotDialled, or with the reason of the signal. */
export const openLine = async (to: LineTo): Promise<Socket> => {
  const plain = await dial({ ...to, tls: undefined });
  return to.tls === undefined ? plain : secured(plain, to.tls, to);
};

const secured = async (plain: Socket, tls: ConnectionOptions, { host, withinMs, signal }: LineTo): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const end = (act: () => void): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', abort);
      act();
    };
    const fail = (reason: unknown): void =>
      end(() => {
        plain.destroy();
        reject(reason as Error);
      });
    const failed = (error: unknown): void => fail(new NotDialled(dialProblem(error), { cause: error }));
    const abort = (): void => fail(signal.reason);
    const late = setTimeout(() => fail(new NotDialled('there is no answer')), withinMs);
    signal.addEventListener('abort', abort, { once: true });
    plain.on('error', failed);
    plain.once('close', () => fail(new NotDialled('the line was closed')));
    plain.once('data', (answer) => {
      // what follows the letter was not said by TLS: somebody on the way may have put it there
      if (answer.toString('latin1') !== 'S')
        return fail(new NotDialled('it speaks no TLS: switch "tls" off here, or TLS on there'));
      const line = secure({ host, ...(isIP(host) === 0 && { servername: host }), ...tls, socket: plain });
      line.on('error', failed);
      line.once('secureConnect', () => end(() => resolve(line)));
    });
    plain.write(wantsTls);
  });
