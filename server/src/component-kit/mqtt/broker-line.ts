import type { ConnectionOptions } from 'node:tls';
import { generate, type IConnackPacket, type IConnectPacket, type Packet } from 'mqtt-packet';
import { dialProblem } from '../network/dial-problem.ts';
import { loginRefusalOf, refusalOf } from './answers.ts';
import { openSocket } from './open-socket.ts';
import { type LongPublish, newPacketReader } from './packet-reader.ts';

export type Version = 4 | 5;

export interface LineOptions {
  readonly url: string;
  readonly tls: ConnectionOptions;
  readonly version: Version;
  readonly connect: Omit<IConnectPacket, 'cmd' | 'protocolVersion' | 'keepalive'>;
  readonly keepAliveMs: number;
  /** How long a question may be open. */
  readonly timeoutMs: number;
  /** The largest packet that is taken, in bytes. */
  readonly mostBytes: number;
}

/** What is done with a line. */
export interface LineUser {
  up(line: BrokerLine, greeting: IConnackPacket): void;
  packet(packet: Packet): void;
  tooLong(publish: LongPublish): void;
  /** Called once, whatever it is that ends it, whether it was up or not. */
  down(end: LineEnd): void;
}

export interface LineEnd {
  readonly sentence: string;
  /** The code with which the broker refused or ended it, where it gave one. */
  readonly code: number | undefined;
  /** Who has ended it: this side, the broker in words or by hanging up, or whatever breaks lines. */
  readonly by: 'us' | 'broker' | 'network';
}

/** A line to a broker that has let us in. */
export interface BrokerLine {
  readonly version: Version;
  /**
   * Sends a packet. Returns whether the far side keeps up: where it does not, `drained` tells when it does again. `sent` is called
   * when the packet has left this process; never where it could not.
   */
  send(packet: Packet, sent?: () => void): boolean;
  drained(done: () => void): void;
  /** Nothing is read until `resume`, which is the back-pressure. */
  pause(): void;
  resume(): void;
  /** Gives it up for a reason. */
  cut(sentence: string): void;
  /** Says good-bye, and whether the broker should publish the last will. Resolves when it is gone. */
  end(more?: { readonly withWill?: boolean }): Promise<void>;
}

/** How long a connection may take to come about, and a good-bye, in milliseconds. */
const connectMs = 10_000;
const goodbyeMs = 1000;
/** How often in `keepAliveMs` it is looked whether the broker is there. */
const looks = 8;

/** Begins what a server of TLS says to whoever speaks none: RFC 8446, section 5.1. */
const alertOfTls = 0x15;
const greetingFirst = 'it does not speak MQTT: is that its port?';

/** Connects and logs in. Everything that happens then, and why it ends, is told to the user of the line. */
export const openLine = (options: LineOptions, user: LineUser): { readonly cut: (sentence: string) => void } => {
  const { version, timeoutMs, mostBytes } = options;
  const write = { protocolVersion: version };
  let { keepAliveMs } = options;
  const hungUp = `it hung up at once${/^(mqtts|wss):/.test(options.url) ? '' : ': does it want TLS, which is "mqtts://"?'}`;
  let isUp = false;
  let isOpen = false;
  let end: LineEnd | undefined;
  let looking: NodeJS.Timeout | undefined;
  let [heardAt, sentAt] = [performance.now(), performance.now()];
  let askedAt: number | undefined;
  let fullSince: number | undefined;
  let isPaused = false;
  let hasEnded = false;
  let whenGone = (): void => undefined;

  const over = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    clearInterval(looking);
    clearTimeout(late);
    user.down(end ?? { sentence: isUp ? 'the broker closed the line' : hungUp, code: undefined, by: 'broker' });
    whenGone();
  };
  const finish = (how: LineEnd): void => {
    end ??= how;
    socket.destroy();
    over();
  };
  const cut = (sentence: string): void => finish({ sentence, code: undefined, by: 'us' });
  const toldBy = (sentence: string, code: number): void => finish({ sentence, code, by: 'broker' });
  const send = (packet: Packet, sent?: () => void): boolean => {
    if (hasEnded) return true;
    sentAt = performance.now();
    gather();
    const bytes = generate(packet, write);
    return sent ? socket.stream.write(bytes, (problem) => !problem && sent()) : socket.stream.write(bytes);
  };
  /** What is sent in one turn goes in one write. */
  const gather = (): void => {
    const { stream } = socket;
    if (stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  };

  /** Asks a silent broker whether it is there; one that does not answer is given up. */
  const look = (): void => {
    const now = performance.now();
    fullSince = socket.stream.writableNeedDrain ? (fullSince ?? now) : undefined;
    if (fullSince !== undefined && now - fullSince > keepAliveMs) return cut('it takes nothing any more');
    if (askedAt !== undefined && !isPaused && now - askedAt > keepAliveMs / 2)
      return cut('it does not answer any more');
    const isQuiet = now - Math.min(sentAt, isPaused ? sentAt : heardAt) > keepAliveMs / 2;
    if (!isQuiet || (askedAt !== undefined && !isPaused)) return;
    askedAt = now;
    send({ cmd: 'pingreq' });
  };

  const line: BrokerLine = {
    version,
    send,
    drained: (done) => void socket.stream.once('drain', done),
    pause() {
      isPaused = true;
      socket.stream.pause();
    },
    resume() {
      isPaused = false;
      askedAt = undefined;
      heardAt = performance.now();
      socket.stream.resume();
    },
    cut,
    end: async ({ withWill = false } = {}) =>
      new Promise((resolve) => {
        if (hasEnded) return resolve();
        const force = setTimeout(() => cut('the flow is stopped'), goodbyeMs);
        whenGone = () => {
          clearTimeout(force);
          resolve();
        };
        end = { sentence: 'the flow is stopped', code: undefined, by: 'us' };
        // who leaves without this word has the will published, which 3.1.1 knows no word for
        if (!withWill || version === 5)
          send({ cmd: 'disconnect', ...(version === 5 && { reasonCode: withWill ? 4 : 0 }) } as Packet);
        socket.stream.resume();
        socket.stream.end();
      }),
  };

  const greeted = (packet: Packet): void => {
    if (packet.cmd !== 'connack') return cut(greetingFirst);
    const code = (version === 5 ? packet.reasonCode : packet.returnCode) ?? packet.returnCode ?? packet.reasonCode ?? 0;
    if (code !== 0) return toldBy(loginRefusalOf(code, packet.properties), code);
    clearTimeout(late);
    isUp = true;
    const theirs = packet.properties?.serverKeepAlive;
    if (theirs !== undefined && theirs > 0) keepAliveMs = Math.min(keepAliveMs, theirs * 1000);
    looking = setInterval(look, Math.max(20, keepAliveMs / looks));
    user.up(line, packet);
  };
  const take = (packet: Packet): void => {
    if (hasEnded) return;
    if (!isUp) return greeted(packet);
    if (packet.cmd === 'pingresp') askedAt = undefined;
    else if (packet.cmd === 'disconnect') {
      const code = packet.reasonCode ?? 0;
      toldBy(code === 0 ? 'the broker closed the line' : refusalOf(code, packet.properties), code);
    } else user.packet(packet);
  };
  const reader = newPacketReader({
    version,
    mostBytes,
    packet: take,
    tooLong: (long) => !hasEnded && user.tooLong(long),
  });

  const socket = openSocket(options.url, {
    tls: options.tls,
    largest: mostBytes,
    opened: () => {
      isOpen = true;
      send({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: version,
        keepalive: Math.ceil(options.keepAliveMs / 1000),
        ...options.connect,
      } as Packet);
    },
  });
  const late = setTimeout(() => cut('there is no answer'), Math.min(connectMs, timeoutMs));
  socket.stream.on('data', (chunk: Buffer) => {
    if (hasEnded) return;
    heardAt = performance.now();
    try {
      reader.push(chunk);
    } catch (thrown) {
      if (isUp) return cut(`it sent what is no MQTT: ${(thrown as Error).message}`);
      cut(chunk[0] === alertOfTls ? 'it speaks TLS: write "mqtts://" or "wss://"' : greetingFirst);
    }
  });
  socket.stream.on('error', (thrown: NodeJS.ErrnoException) =>
    finish({
      sentence: isOpen && !isUp && thrown.code === 'ECONNRESET' ? hungUp : dialProblem(thrown),
      ...{ code: undefined, by: 'network' },
    }),
  );
  socket.stream.once('end', () => socket.stream.end());
  socket.stream.once('close', over);
  return { cut };
};
