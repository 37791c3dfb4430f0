import type { Socket as DatagramSocket } from 'node:dgram';
import { createServer, type Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from '../../engine/component.ts';
import { FatalFault } from '../../engine/fault.ts';
import { backOff } from '../../engine/retry.ts';
import { closeSocket, listenForDatagrams, socketFacts, watchLoss, whyNot } from '../datagrams.ts';
import { resolveDataPath, whyNoFile } from '../data-files.ts';
import { pace } from '../pace.ts';
import { DamagedFile, openPacked, type PackedFile, plainChunks, unpackedChunks } from '../unpack.ts';
import type { Decoder, Line } from './mavlink-input.ts';
import { TlogCutter } from './tlog.ts';

interface Source {
  open(): Promise<void> | void;
  close(): Promise<void>;
  facts(): Readonly<Record<string, unknown>>;
}

interface Given {
  readonly config: {
    readonly host: string;
    readonly port: number;
    readonly path: string;
    readonly speed: number;
    readonly loop: boolean;
    readonly receive_buffer: number;
  };
  readonly io: Io;
  readonly decoder: Decoder;
  /** A promise to wait for before more is taken in; undefined where there is room. */
  readonly room: () => Promise<void> | undefined;
}

/** Senders whose cut frames are remembered; the oldest makes room. */
const mostSenders = 256;

const udp = ({ config, io, decoder }: Given): Source => {
  const lines = new Map<string, Line>();
  let socket: DatagramSocket | undefined;
  let endWatch: (() => void) | undefined;
  let datagrams = 0;

  const lineOf = (sender: string): Line => {
    const known = lines.get(sender);
    if (known) return known;
    if (lines.size >= mostSenders) {
      const [oldest, line] = lines.entries().next().value!;
      line.finish();
      lines.delete(oldest);
    }
    const line = decoder.line();
    lines.set(sender, line);
    return line;
  };

  return {
    async open() {
      socket = await listenForDatagrams({
        host: config.host,
        port: config.port,
        receiveBuffer: config.receive_buffer,
        onDatagram: (datagram, address, port) => {
          datagrams += 1;
          const line = lineOf(`${address}:${port}`);
          line.push(datagram, io.now());
          line.pause();
        },
        onError: io.fail,
      });
      endWatch = watchLoss(socket, (packets) => io.drop('socket_full', packets));
    },
    async close() {
      if (!socket) return;
      endWatch?.();
      await closeSocket(socket);
      socket = undefined;
      for (const line of lines.values()) line.finish();
    },
    facts: () => ({ ...(socket ? socketFacts(socket) : { listening: null }), datagrams, senders: lines.size }),
  };
};

/** A silent peer is asked at TCP's own level after so many milliseconds: a line that died unnoticed ends. */
const keepAliveMs = 10_000;

/** Reads a TCP line until it ends, no faster than the flow takes it. */
const follow = (socket: Socket, { io, decoder, room }: Given): Promise<void> => {
  const line = decoder.line();
  socket.setKeepAlive(true, keepAliveMs);
  socket.on('data', (chunk) => {
    line.push(chunk, io.now());
    const wait = room();
    if (!wait) return;
    socket.pause();
    void wait.then(() => socket.resume());
  });
  return new Promise((resolve) => {
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      line.finish();
      resolve();
    });
  });
};

const tcpListen = (given: Given): Source => {
  const { config, io } = given;
  const lines = new Map<Socket, Promise<void>>();
  let server: Server | undefined;
  return {
    async open() {
      server = createServer((socket) => {
        const end = follow(socket, given).then(() => {
          lines.delete(socket);
        });
        lines.set(socket, end);
      });
      server.maxConnections = mostSenders;
      await new Promise<void>((resolve, reject) => {
        server!.once('error', (error) =>
          reject(new FatalFault(whyNot(error, config.host, config.port), { cause: error })),
        );
        server!.listen(config.port, config.host, resolve);
      });
      server.on('error', (error) => io.fail(new FatalFault(whyNot(error, config.host, config.port), { cause: error })));
    },
    async close() {
      const ends = [...lines.values()];
      for (const socket of lines.keys()) socket.destroy();
      if (server?.listening) await new Promise((resolve) => server!.close(resolve));
      await Promise.all(ends);
    },
    facts: () => {
      const address = server?.address();
      return { listening: typeof address === 'object' ? (address?.port ?? null) : null, senders: lines.size };
    },
  };
};

const connectMs = 10_000;

const tcpConnect = (given: Given): Source => {
  const { config, io } = given;
  const place = `${config.host}:${config.port}`;
  let socket: Socket | undefined;
  let running: Promise<void> | undefined;

  const connectOnce = async (): Promise<void> => {
    const present = new Socket();
    socket = present;
    present.setTimeout(connectMs, () => present.connecting && present.destroy());
    await new Promise<void>((resolve, reject) => {
      present.once('error', reject);
      present.once('close', () => reject(new Error('there is no answer')));
      present.connect(config.port, config.host, resolve);
    });
    io.report('running', `Connected to ${place}`);
    await follow(present, given);
  };

  const keep = async (): Promise<void> => {
    for (let tries = 1; !io.signal.aborted; tries += 1) {
      let reason = 'the line was closed';
      const startedAt = performance.now();
      try {
        await connectOnce();
      } catch (thrown) {
        reason =
          (thrown as NodeJS.ErrnoException).code === 'ECONNREFUSED'
            ? 'nothing listens there'
            : (thrown as Error).message;
      }
      if (performance.now() - startedAt > connectMs) tries = 1;
      if (io.signal.aborted) return;
      io.report('waiting', `${place}: ${reason}; trying again`);
      await sleep(backOff(tries, io.random()), undefined, { signal: io.signal }).catch(() => undefined);
    }
  };

  return {
    open() {
      io.report('waiting', `waiting for ${place}`);
      running = keep();
    },
    async close() {
      socket?.destroy();
      await running;
    },
    facts: () => ({ connected: socket?.readyState === 'open' }),
  };
};

/** So many records are handed on between two looks at the clock and at the flow. */
const recordsAtOnce = 256;

const tlog = ({ config, io, decoder, room }: Given): Source => {
  let running: Promise<void> | undefined;
  let rounds = 0;
  let records = 0;

  /** One time through it. */
  const round = async ({ handle, isPacked }: PackedFile, path: string): Promise<void> => {
    const line = decoder.line();
    const clock = pace(config.speed, io.signal);
    const cutter = new TlogCutter();
    for await (const chunk of isPacked ? unpackedChunks(handle, path) : plainChunks(handle))
      for (const { time, frame } of cutter.push(chunk)) {
        const wait = clock(time);
        if (wait) await wait;
        line.push(frame, time);
        records += 1;
        if (records % recordsAtOnce === 0) await (room() ?? new Promise((resolve) => setImmediate(resolve)));
        if (io.signal.aborted) return;
      }
    line.finish();
  };

  const replay = async (file: PackedFile, path: string): Promise<void> => {
    do {
      const before = records;
      const problem = await round(file, path).then(
        () => undefined,
        (thrown: unknown) => {
          if (thrown instanceof DamagedFile) return `${thrown.message}; what could be read of it was replayed`;
          throw thrown;
        },
      );
      if (io.signal.aborted) return;
      rounds += 1;
      if (records === before) throw new FatalFault(problem ?? `"${config.path}" holds no MAVLink recording`);
      io.report(
        problem === undefined ? 'running' : 'waiting',
        problem ?? (config.loop ? '' : 'The recording is at its end'),
      );
    } while (config.loop);
  };

  return {
    async open() {
      const path = await resolveDataPath(io.dataDir, config.path);
      const file = await openPacked(path).catch((thrown: unknown) => {
        throw thrown instanceof FatalFault ? thrown : new FatalFault(whyNoFile(thrown, path), { cause: thrown });
      });
      running = replay(file, path)
        .catch((thrown: unknown) => {
          if (!io.signal.aborted) io.fail(thrown as Error);
        })
        .finally(async () => file.handle.close());
    },
    async close() {
      await running;
    },
    facts: () => ({ rounds }),
  };
};

export const sources = { udp, tcp_listen: tcpListen, tcp_connect: tcpConnect, tlog } as const satisfies Readonly<
  Record<string, (given: Given) => Source>
>;
