import { createServer, type Server, type Socket } from 'node:net';
import { FatalFault } from '../../engine/fault.ts';
import { whyNot } from '../datagrams.ts';
import { LineSplitter } from '../lines.ts';

export interface LineListener {
  readonly host: string;
  readonly port: number;
  /** Senders beyond these are refused. */
  readonly mostSenders: number;
  /** Longest line, in bytes. */
  readonly longest: number;
  readonly tooLong: () => void;
  /** Takes whole lines, without their ends; what it returns is waited for before more of this sender is read. */
  readonly lines: (lines: readonly string[], from: string) => Promise<void> | undefined;
  readonly onError: (fault: FatalFault) => void;
}

export interface Listening {
  readonly port: number | null;
  readonly senders: number;
  close(): Promise<void>;
}

/** Listens for senders of lines. Rejects with a FatalFault where the port cannot be had. */
export const listenForLines = async (listener: LineListener): Promise<Listening> => {
  const { host, port } = listener;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    follow(socket, listener);
  });
  server.maxConnections = listener.mostSenders;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new FatalFault(whyNot(error, host, port), { cause: error })));
    server.listen(port, host, resolve);
  });
  server.removeAllListeners('error');
  server.on('error', (error) => listener.onError(new FatalFault(whyNot(error, host, port), { cause: error })));
  return {
    get port() {
      return portOf(server);
    },
    get senders() {
      return sockets.size;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Reads lines until the sender ends, no faster than they are taken; the last one need not have an end. */
const follow = (socket: Socket, { longest, tooLong, lines }: LineListener): void => {
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  const splitter = new LineSplitter(longest, tooLong);
  socket.on('data', (chunk) => {
    const wait = lines(splitter.push(chunk), from);
    if (!wait || socket.isPaused()) return;
    socket.pause();
    void wait.then(() => socket.resume());
  });
  socket.on('end', () => {
    const last = splitter.finish();
    if (last !== undefined) void lines([last], from);
  });
  socket.on('error', () => socket.destroy());
};

const portOf = (server: Server): number | null => {
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? null) : null;
};
