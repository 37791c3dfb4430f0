import type { Socket } from 'node:net';
import { addressOf } from '../../../component-kit/fields/fields.ts';
import { keepConnected, type KeptLine } from '../../../component-kit/sockets/keep-connected.ts';
import { type ListenerOwner, type Refusing, TcpListener } from '../../../component-kit/sockets/tcp-listener.ts';
import type { Line } from '../../../component-kit/mavlink/decoder.ts';
import { Silence } from './silence.ts';
import { type Given, mostSenders, mostUnsent, type Source } from './source.ts';
import type { Peer } from '../../../component-kit/mavlink/stations.ts';

/** Takes bytes of a line no faster than the flow takes them; what it returns is waited for before more is read. */
const reader =
  (line: Line, silence: Silence, { io, room }: Given): ((chunk: Buffer) => Promise<void> | undefined) =>
  (chunk) => {
    line.push(chunk, io.now());
    const wait = room();
    if (!wait) silence.heard(line);
    else {
      // it is not silent, but not listened to
      silence.forget(line);
      void wait.then(() => silence.heard(line));
    }
    return wait;
  };

const peerOf = (socket: Socket, address: string, { vehicles }: Line): Peer => ({
  address,
  vehicles,
  send: (frame) => {
    if (!socket.writable || socket.writableLength > mostUnsent) return false;
    socket.write(frame);
    return true;
  },
});

/** What a line that goes on in another run has begun. */
interface Carried {
  readonly rest: Uint8Array;
}

/** Listens for lines of TCP. */
export const tcpListenSource = (given: Given): Source => {
  const { config, io, decoder, report } = given;
  let link = `tcp:${config.port}`;
  const silence = new Silence();
  const peers = new Map<Socket, Peer>();
  let listener: TcpListener | undefined;
  let told = '';
  const owner: ListenerOwner = {
    mostSenders,
    idleMs: 0,
    refusal: () => '',
    follow: (socket, carried) => {
      const address = `${addressOf(socket.remoteAddress)}:${socket.remotePort}`;
      const line = decoder.line({ address, link });
      const take = reader(line, silence, given);
      peers.set(socket, peerOf(socket, address, line));
      const finish = (): void => {
        silence.forget(line);
        line.finish();
        line.vehicles.end();
        peers.delete(socket);
      };
      const { rest } = (carried as Carried | undefined) ?? {};
      if (rest && rest.length > 0) void take(Buffer.from(rest));
      return {
        take,
        ended: finish,
        lost: (chunk) => (chunk ? line.push(chunk, io.now()) : finish()),
        leave: (): Carried => {
          const begun = line.rest;
          silence.forget(line);
          peers.delete(socket);
          return { rest: begun };
        },
      };
    },
    changed: () => {
      const refusing = listener?.refusing;
      const sentence = refusing ? sentenceOf(refusing) : '';
      if (sentence === told) return;
      told = sentence;
      report(sentence === '' ? 'running' : 'waiting', sentence);
    },
    failed: io.fail,
  };
  return {
    get link() {
      return link;
    },
    async open() {
      listener = io.adopt() as TcpListener | undefined;
      if (listener) link = `tcp:${listener.port}`;
      if (listener) listener.handTo(owner);
      else listener = await TcpListener.open(config, owner);
      link = `tcp:${listener.port}`;
    },
    async close() {
      silence.end();
      if (listener && !listener.isBroken && io.park(listener)) listener.leave();
      else await listener?.end();
    },
    facts: () => ({
      listening: listener?.port ?? null,
      senders: listener?.count ?? 0,
      refused: listener?.refused ?? 0,
    }),
    peers: () => peers.values(),
  };
};

const sentenceOf = ({ why, address, most }: Refusing): string =>
  why === 'full'
    ? `${most} vehicles are connected, and no more are taken`
    : `${most} vehicles are connected from ${addressOf(address)}, and no more are taken from there`;

/** Connects, and again when the line ends. */
export const tcpConnectSource = (given: Given): Source => {
  const { config, io, decoder, report } = given;
  const { host, port } = config;
  const place = `${host}:${port}`;
  const link = `tcp:${place}`;
  let kept: KeptLine | undefined;
  let peer: Peer | undefined;

  /** Reads a line until it ends. */
  const follow = (socket: Socket): (() => void) => {
    const line = decoder.line({ address: place, link });
    const silence = new Silence();
    const take = reader(line, silence, given);
    peer = peerOf(socket, place, line);
    socket.on('data', (chunk) => {
      const wait = take(chunk);
      if (!wait) return;
      socket.pause();
      void wait.then(() => socket.resume());
    });
    return () => {
      peer = undefined;
      silence.end();
      line.finish();
      line.vehicles.end();
    };
  };

  return {
    link,
    open() {
      kept = keepConnected({ host, port, io: { signal: io.signal, random: io.random, report }, follow });
    },
    async close() {
      kept?.socket?.destroy();
      await kept?.done;
    },
    facts: () => ({ connected: kept?.socket?.readyState === 'open' }),
    peers: () => (peer ? [peer] : []),
  };
};
