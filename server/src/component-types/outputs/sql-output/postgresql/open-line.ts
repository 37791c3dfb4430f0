import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { dial, NotDialled, reached, securedLine } from '../../../../component-kit/network/dial.ts';

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
  if (to.tls === undefined) return plain;
  plain.write(wantsTls);
  const answer = await reached<Buffer>([plain], to, (done) => plain.once('data', done));
  // what follows the letter was not said by TLS: somebody on the way may have put it there
  if (answer.toString('latin1') !== 'S') {
    plain.destroy();
    throw new NotDialled('it speaks no TLS: switch "tls" off here, or TLS on there');
  }
  const line = securedLine(plain, to.host, to.tls);
  return reached([plain, line], to, (done) => line.once('secureConnect', () => done(line)));
};
