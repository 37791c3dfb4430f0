import type { Socket } from 'node:net';
import { addressOf } from '../../../component-kit/fields/fields.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { TcpDial } from '../../../component-kit/sockets/tcp-dial.ts';
import {
  type Follower,
  type ListenerOwner,
  type Refusing,
  TcpListener,
} from '../../../component-kit/sockets/tcp-listener.ts';
import type { Given, Source } from './source.ts';

/** Reads a line no faster than the flow takes it. What it had begun goes on where another run takes the line over. */
const follow = (socket: Socket, carried: unknown, { io, decoder, takeFrom, room }: Given): Follower => {
  const line = decoder.line(takeFrom(`${addressOf(socket.remoteAddress)}:${socket.remotePort}`));
  if (carried instanceof Buffer) line.push(carried, io.now());
  let isEnded = false;
  const end = (): void => {
    if (!isEnded) line.finish(io.now());
    isEnded = true;
  };
  return {
    take: (chunk) => {
      line.push(chunk, io.now());
      return room();
    },
    ended: end,
    lost: (chunk) => (chunk ? line.push(chunk, io.now()) : end()),
    leave: () => line.rest,
  };
};

/** Connects, and again when the line ends. */
export const tcpConnectSource = (given: Given): Source => {
  const dial = new TcpDial(given.config, given.io, (socket) => follow(socket, undefined, given));
  return {
    open: () => dial.open(given.config.tls ? readTlsFiles(given.config) : undefined),
    close: async () => dial.close(),
    facts: () => ({ connected: dial.isConnected }),
  };
};

/** Listens for lines of TCP. */
export const tcpListenSource = (given: Given): Source => {
  const { config, io } = given;
  let listener: TcpListener | undefined;
  let told = '';
  const owner: ListenerOwner = {
    mostSenders: config.max_senders,
    mostOfOne: config.max_per_address,
    idleMs: config.idle_timeout,
    refusal: () => '',
    follow: (socket, carried) => follow(socket, carried, given),
    changed: () => {
      const sentence = listener?.refusing ? sentenceOf(listener.refusing) : '';
      if (sentence === told) return;
      told = sentence;
      io.report(sentence === '' ? 'running' : 'waiting', sentence);
    },
    failed: io.fail,
  };
  return {
    async open() {
      listener = io.adopt() as TcpListener | undefined;
      if (listener) listener.handTo(owner, config);
      else listener = await TcpListener.open({ host: config.host, port: config.port, tls: config }, owner);
    },
    async close() {
      if (listener && !listener.isBroken && io.park(listener)) listener.leave();
      else await listener?.end();
    },
    facts: () => ({
      listening: listener?.port ?? null,
      senders: listener?.count ?? 0,
      refused: listener?.refused ?? 0,
      ...(listener?.lastRefusal && { last_refusal: listener.lastRefusal }),
    }),
  };
};

const sentenceOf = ({ why, address, most }: Refusing): string =>
  why === 'full'
    ? `senders are refused: ${most} are connected, the most that "max_senders" allows`
    : `senders at ${addressOf(address)} are refused: ${most} are connected from there, the most that "max_per_address" allows`;
