import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from '../../../engine/retry.ts';
import { addressOf } from '../../../component-kit/fields/fields.ts';
import { type ListenerOwner, TcpListener } from '../../../component-kit/sockets/tcp-listener.ts';
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
  let isRefusing = false;
  const owner: ListenerOwner = {
    mostSenders,
    idleMs: 0,
    refusal: '',
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
      if (!listener || isRefusing === listener.isFull) return;
      isRefusing = listener.isFull;
      if (isRefusing) report('waiting', `${mostSenders} vehicles are connected, and no more are taken`);
      else report('running', '');
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
      else listener = await TcpListener.open(config.host, config.port, owner);
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

/** A silent peer is asked at TCP's own level after so many milliseconds: a line that died unnoticed ends. */
const keepAliveMs = 10_000;
const connectMs = 10_000;

/** Connects, and again when the line ends. */
export const tcpConnectSource = (given: Given): Source => {
  const { config, io, decoder, report } = given;
  const place = `${config.host}:${config.port}`;
  const link = `tcp:${place}`;
  let socket: Socket | undefined;
  let peer: Peer | undefined;
  let running: Promise<void> | undefined;

  /** Reads a line until it ends. */
  const follow = async (present: Socket): Promise<void> => {
    const line = decoder.line({ address: place, link });
    const silence = new Silence();
    const take = reader(line, silence, given);
    peer = peerOf(present, place, line);
    present.setKeepAlive(true, keepAliveMs);
    present.on('data', (chunk) => {
      const wait = take(chunk);
      if (!wait) return;
      present.pause();
      void wait.then(() => present.resume());
    });
    await new Promise<void>((resolve) => {
      present.on('error', () => present.destroy());
      present.on('close', () => resolve());
    });
    peer = undefined;
    silence.end();
    line.finish();
    line.vehicles.end();
  };

  const connectOnce = async (): Promise<void> => {
    const present = new Socket();
    socket = present;
    present.setTimeout(connectMs, () => present.connecting && present.destroy());
    await new Promise<void>((resolve, reject) => {
      present.once('error', reject);
      present.once('close', () => reject(new Error('there is no answer')));
      present.connect(config.port, config.host, resolve);
    });
    report('running', `Connected to ${place}`);
    await follow(present);
  };

  const keep = async (): Promise<void> => {
    for (let tries = 1; !io.signal.aborted; tries += 1) {
      let reason = 'the line was closed';
      const startedAt = performance.now();
      try {
        await connectOnce();
      } catch (thrown) {
        const { code, message } = thrown as NodeJS.ErrnoException;
        reason = code === 'ECONNREFUSED' ? 'nothing listens there' : message;
      }
      if (performance.now() - startedAt > connectMs) tries = 1;
      if (io.signal.aborted) return;
      report('waiting', `${place}: ${reason}; trying again`);
      await sleep(backOff(tries, io.random()), undefined, { signal: io.signal }).catch(() => undefined);
    }
  };

  return {
    link,
    open() {
      report('waiting', `waiting for ${place}`);
      running = keep();
    },
    async close() {
      socket?.destroy();
      await running;
    },
    facts: () => ({ connected: socket?.readyState === 'open' }),
    peers: () => (peer ? [peer] : []),
  };
};
