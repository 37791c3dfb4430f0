import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from '../../engine/component.ts';
import { FatalFault } from '../../engine/fault.ts';
import { backOff } from '../../engine/retry.ts';
import { type DatagramListener, takeOver } from '../datagram-listener.ts';
import { type ListenerOwner, TcpListener } from '../tcp-listener.ts';
import { resolveDataPath, whyNoFile } from '../data-files.ts';
import { pace } from '../pace.ts';
import { DamagedFile, openPacked, type PackedFile, plainChunks, unpackedChunks } from '../unpack.ts';
import type { Decoder, Line } from './mavlink-input.ts';
import { Silence } from './silence.ts';
import type { TlogRecord } from './tlog.ts';

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
  const silence = new Silence();
  let listener: DatagramListener | undefined;
  let datagrams = 0;

  const lineOf = (sender: string): Line => {
    const known = lines.get(sender);
    if (known) return known;
    if (lines.size >= mostSenders) {
      const [oldest, line] = lines.entries().next().value!;
      silence.forget(line);
      line.finish();
      lines.delete(oldest);
    }
    const line = decoder.line();
    lines.set(sender, line);
    return line;
  };

  return {
    async open() {
      const { host, port, receive_buffer: receiveBuffer } = config;
      listener = await takeOver(
        io.adopt() as DatagramListener | undefined,
        { host, port, receiveBuffer },
        {
          take: (datagram, address, from) => {
            datagrams += 1;
            const line = lineOf(`${address}:${from}`);
            line.push(datagram, io.now());
            line.pause();
            silence.heard(line);
          },
          lost: (packets) => io.drop('socket_full', packets),
          failed: io.fail,
        },
      );
    },
    async close() {
      silence.end();
      if (!listener) return;
      if (!listener.isBroken && io.park(listener)) listener.leave();
      else await listener.end();
      listener = undefined;
      for (const line of lines.values()) line.finish();
    },
    facts: () => ({ ...(listener?.facts() ?? { listening: null }), datagrams, senders: lines.size }),
  };
};

/** A silent peer is asked at TCP's own level after so many milliseconds: a line that died unnoticed ends. */
const keepAliveMs = 10_000;

/** Reads a TCP line until it ends, no faster than the flow takes it. */
const follow = (socket: Socket, { io, decoder, room }: Given): Promise<void> => {
  const line = decoder.line();
  const silence = new Silence();
  socket.setKeepAlive(true, keepAliveMs);
  socket.on('data', (chunk) => {
    line.push(chunk, io.now());
    const wait = room();
    if (!wait) return silence.heard(line);
    // it is not silent, but not listened to
    silence.forget(line);
    socket.pause();
    void wait.then(() => {
      silence.heard(line);
      socket.resume();
    });
  });
  return new Promise((resolve) => {
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      silence.end();
      line.finish();
      resolve();
    });
  });
};

const tcpListen = ({ config, io, decoder, room }: Given): Source => {
  const silence = new Silence();
  let listener: TcpListener | undefined;
  let isRefusing = false;
  const owner: ListenerOwner = {
    mostSenders,
    idleMs: 0,
    refusal: '',
    follow: () => {
      const line = decoder.line();
      const finish = (): void => {
        silence.forget(line);
        line.finish();
      };
      return {
        take: (chunk) => {
          line.push(chunk, io.now());
          const wait = room();
          if (!wait) silence.heard(line);
          else {
            // it is not silent, but not listened to
            silence.forget(line);
            void wait.then(() => silence.heard(line));
          }
          return wait;
        },
        ended: finish,
        lost: (chunk) => (chunk ? line.push(chunk, io.now()) : finish()),
        leave: finish,
      };
    },
    changed: () => {
      if (!listener || isRefusing === listener.isFull) return;
      isRefusing = listener.isFull;
      if (isRefusing) io.report('waiting', `${mostSenders} vehicles are connected, and no more are taken`);
      else io.report('running', '');
    },
    failed: io.fail,
  };
  return {
    async open() {
      listener = io.adopt() as TcpListener | undefined;
      if (listener) listener.handTo(owner);
      else listener = await TcpListener.open(config.host, config.port, owner);
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
  let lostTimes = 0;

  /** One time through it. */
  const round = async ({ handle, isPacked }: PackedFile, path: string): Promise<void> => {
    const clock = pace(config.speed, io.signal);
    const cutter = decoder.recording();
    const hand = async (found: readonly TlogRecord[]): Promise<void> => {
      for (const { time, frame } of found) {
        const wait = clock(time);
        if (wait) await wait;
        decoder.record(frame, time);
        records += 1;
        if (records % recordsAtOnce === 0) await (room() ?? new Promise((resolve) => setImmediate(resolve)));
        if (io.signal.aborted) return;
      }
    };
    try {
      for await (const chunk of isPacked ? unpackedChunks(handle, path) : plainChunks(handle)) {
        await hand(cutter.push(chunk));
        if (io.signal.aborted) return;
      }
    } finally {
      if (!io.signal.aborted) await hand(cutter.finish());
      lostTimes += cutter.lostTimes;
    }
  };

  const replay = async (file: PackedFile, path: string): Promise<void> => {
    do {
      const before = records;
      const damagedBefore = decoder.totals.damaged;
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
        problem ?? atEnd(decoder.totals.damaged - damagedBefore, config.loop),
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
    facts: () => ({ rounds, lost_times: lostTimes }),
  };
};

/** What is said at the end of a recording, where so many places of it were damaged. */
const atEnd = (damaged: number, isLooping: boolean): string => {
  const passedOver = damaged === 0 ? '' : `${damaged} damaged ${damaged === 1 ? 'place' : 'places'} passed over`;
  if (isLooping) return passedOver;
  return passedOver === '' ? 'The recording is at its end' : `The recording is at its end, ${passedOver}`;
};

export const sources = { udp, tcp_listen: tcpListen, tcp_connect: tcpConnect, tlog } as const satisfies Readonly<
  Record<string, (given: Given) => Source>
>;
