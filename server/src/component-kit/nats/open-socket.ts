import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { connect as secure, type ConnectionOptions } from 'node:tls';
import { z } from 'zod';
import { dial, NotDialled } from '../network/dial.ts';
import { dialProblem } from '../network/dial-problem.ts';
import type { NatsPlace } from './place.ts';
import { NoNats, ProtocolReader } from './protocol-reader.ts';
import { refusalIn } from './refusals.ts';

/** What a server says of itself. A server without a word on something gets what most have. */
export const ServerInfo = z.object({
  server_name: z.string().default(''),
  version: z.string().default(''),
  nonce: z.string().default(''),
  max_payload: z.number().default(1024 ** 2),
  headers: z.boolean().default(false),
  jetstream: z.boolean().default(false),
  tls_required: z.boolean().default(false),
  tls_available: z.boolean().default(false),
});
export type ServerInfo = z.output<typeof ServerInfo>;

export interface Greeted {
  readonly socket: Socket;
  readonly info: ServerInfo;
}

/** Dials, waits for the greeting, and goes on by TLS where one of both wants that. Rejects with a sentence. */
export const openSocket = async (to: {
  readonly place: NatsPlace;
  readonly tls: ConnectionOptions;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}): Promise<Greeted> => {
  const { place, tls, withinMs, signal } = to;
  const { host, port } = place;
  const within = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  const socket = await dial({ host, port, withinMs, signal });
  try {
    const { info, rest } = await greeting(socket, within);
    const wantsTls = place.isSecure || Object.keys(tls).length > 0;
    if (!info.tls_required && !(wantsTls && info.tls_available)) {
      if (wantsTls)
        throw new NotDialled('it does not speak TLS: write "nats://" and no files of TLS, or switch TLS on there');
      // such as that it has no room; before TLS it came in the clear, and is not looked at
      if (rest.length > 0) socket.unshift(rest);
      return { socket, info };
    }
    return {
      socket: await secured(socket, { host, ...(isIP(host) === 0 && { servername: host }), ...tls }, within),
      info,
    };
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
};

const greeting = async (
  socket: Socket,
  within: AbortSignal,
): Promise<{ readonly info: ServerInfo; readonly rest: Buffer }> =>
  new Promise((resolve, reject) => {
    const end = (act: () => void): void => {
      socket.off('data', read).off('close', closed).off('error', failed);
      within.removeEventListener('abort', late);
      act();
    };
    const fail = (sentence: string): void => end(() => reject(new NotDialled(sentence)));
    let rest = Buffer.alloc(0);
    const reader = new ProtocolReader(0, {
      info: (text) => end(() => (socket.pause(), resolve({ info: infoIn(text), rest }))),
      error: (text) => fail(refusalIn(text)),
      ping: () => undefined,
      pong: () => undefined,
      message: () => fail('it does not begin as NATS does: is it another service at that port?'),
      tooLong: () => fail('it does not begin as NATS does: is it another service at that port?'),
    });
    const read = (chunk: Buffer): void => {
      try {
        const end = chunk.indexOf(0x0a) + 1 || chunk.length;
        rest = Buffer.from(chunk.subarray(end));
        reader.take(chunk.subarray(0, end));
      } catch (thrown) {
        fail((thrown as Error).message);
      }
    };
    const closed = (): void => fail('it hangs up without a greeting: does it want TLS from the first byte on?');
    const failed = (error: Error): void => fail(dialProblem(error));
    const late = (): void => fail('it sends no greeting: is it NATS, and one that greets before TLS?');
    socket.on('data', read).once('close', closed).on('error', failed);
    within.addEventListener('abort', late, { once: true });
  });

const infoIn = (text: string): ServerInfo => {
  try {
    return ServerInfo.parse(JSON.parse(text));
  } catch (cause) {
    throw new NoNats('its greeting is not that of NATS: is it another service at that port?', { cause });
  }
};

const secured = async (plain: Socket, options: ConnectionOptions, within: AbortSignal): Promise<Socket> => {
  const line = secure({ ...options, socket: plain });
  // the plain one is ended by the other, and says so as well
  plain.on('error', () => undefined);
  try {
    await once(line, 'secureConnect', { signal: within });
    return line;
  } catch (cause) {
    line.on('error', () => undefined).destroy();
    const isLate = within.aborted;
    throw new NotDialled(isLate ? 'it does not answer in TLS' : dialProblem(cause), { cause });
  }
};
