import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { FatalFault } from '../engine/fault.ts';

/** Opens a UDP socket. Rejects with a FatalFault that a person understands where the port cannot be had. */
export const listenForDatagrams = async (options: {
  readonly host: string;
  readonly port: number;
  readonly receiveBuffer: number;
  /** Whether other programs of this machine may listen on the same port, as they do for multicast. */
  readonly isShared?: boolean;
  readonly onDatagram: (datagram: Buffer, address: string, port: number) => void;
  readonly onError: (fault: FatalFault) => void;
}): Promise<Socket> => {
  const { host, port, receiveBuffer } = options;
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', reuseAddr: options.isShared ?? false });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(new FatalFault(whyNot(error, host, port), { cause: error }));
    });
    socket.bind(port, host, resolve);
  });
  socket.removeAllListeners('error');
  socket.on('error', (error) => options.onError(new FatalFault(whyNot(error, host, port), { cause: error })));
  try {
    socket.setRecvBufferSize(receiveBuffer);
  } catch {
    // the system allows less: it works with what it has, and loses more in bursts
  }
  socket.on('message', (datagram, { address, port: from }) => options.onDatagram(datagram, address, from));
  return socket;
};

/** Where a socket listens, and what the system really gave it for bursts: it may be less than was asked for. */
export const socketFacts = (socket: Socket): { readonly listening: number; readonly receive_buffer_bytes: number } => ({
  listening: socket.address().port,
  receive_buffer_bytes: socket.getRecvBufferSize(),
});

/** How often the system is asked what it has lost, in milliseconds. */
const askMs = 1000;

/**
 * Tells of packets that the system gave up because the socket's buffer was full: nobody else would. Returns how to end it,
 * with a last look. Tells nothing where the system does not say it (it does on Linux, in `/proc/net/udp`).
 */
export const watchLoss = (socket: Socket, lost: (packets: number) => void): (() => void) => {
  const { port, family } = socket.address();
  const table = family === 'IPv6' ? '/proc/net/udp6' : '/proc/net/udp';
  let known = 0;
  const look = (): void => {
    const all = lostAt(table, port);
    if (all > known) lost(all - known);
    known = Math.max(known, all);
  };
  const timer = setInterval(look, askMs);
  return () => {
    clearInterval(timer);
    readings.delete(table);
    look();
  };
};

/** The column `drops` of proc(5), over all sockets of a port: there is one, but for multicast. */
const lostAt = (table: string, port: number): number => lossesIn(table).get(port) ?? 0;

/** The tables as they were read last: many sockets share one reading. */
const readings = new Map<string, { readonly at: number; readonly losses: ReadonlyMap<number, number> }>();
const freshMs = askMs / 2;

const lossesIn = (table: string): ReadonlyMap<number, number> => {
  const known = readings.get(table);
  if (known && performance.now() - known.at < freshMs) return known.losses;
  const losses = readLosses(table);
  readings.set(table, { at: performance.now(), losses });
  return losses;
};

const readLosses = (table: string): ReadonlyMap<number, number> => {
  const losses = new Map<number, number>();
  try {
    for (const line of readFileSync(table, 'latin1').split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      const port = Number.parseInt(columns[1]?.split(':')[1] ?? '', 16);
      const lost = Number(columns.at(-1));
      if (lost > 0) losses.set(port, (losses.get(port) ?? 0) + lost);
    }
  } catch {
    // this system does not tell
  }
  return losses;
};

/** Closes a socket; resolves when its port is free. */
export const closeSocket = async (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.close(() => resolve()));

/** Why a port cannot be listened on, for people. */
export const whyNot = (error: NodeJS.ErrnoException, host: string, port: number): string => {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} is used by another program`;
    case 'EACCES':
      return `port ${port} may not be used without more rights; choose one from 1024 on`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${host}`;
    default:
      return `port ${port} cannot be listened on: ${error.message}`;
  }
};
