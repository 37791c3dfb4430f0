import type { Socket } from 'node:net';
import { addressOf } from '../../../component-kit/fields/fields.ts';
import { LineSplitter } from '../../../component-kit/content/lines.ts';
import type { Follower } from '../../../component-kit/sockets/tcp-listener.ts';

export interface LineTaker {
  /** Longest line, in bytes. */
  readonly longest: number;
  readonly tooLong: () => void;
  /** Takes whole lines, without their ends; what it returns is waited for before more of this sender is read. */
  readonly lines: (lines: readonly string[], from: string) => Promise<void> | undefined;
  /** Lines that nobody can take any more. */
  readonly lost: (count: number) => void;
  /** Somebody speaks another protocol; it was told so. */
  readonly stranger: () => void;
  /** Written back when lines are safe; `{count}` in it is how many of this connection are. Empty where nothing is. */
  readonly acknowledgement: string;
  /** Calls back when all that was taken up to now is safe. */
  readonly whenSafe: (done: () => void) => void;
}

/** What a connection carries from one run of the flow to the next. */
interface Carried {
  readonly splitter: LineSplitter;
  /** Lines that have come, and those that are acknowledged. */
  came: number;
  acknowledged: number;
  isStranger: boolean;
  tooLong: () => void;
}

/** So much may wait for a sender that does not read its acknowledgements, in bytes, before it is read no further. */
const mostAcknowledgements = 64 * 1024;

/** Reads lines until the sender ends, no faster than they are taken; the last one need not have an end. */
export const followLines = (socket: Socket, before: unknown, taker: LineTaker): Follower => {
  const from = `${addressOf(socket.remoteAddress)}:${socket.remotePort}`;
  const carried = (before as Carried | undefined) ?? newConnection();
  const { splitter } = carried;
  splitter.longest = taker.longest;
  carried.tooLong = taker.tooLong;
  const isAcknowledged = taker.acknowledgement !== '';

  const acknowledge = (count: number): void => {
    if (!socket.writable || count <= carried.acknowledged) return;
    const isCumulative = taker.acknowledgement.includes('{count}');
    const line = `${taker.acknowledgement.replaceAll('{count}', String(count))}\n`;
    socket.write(isCumulative ? line : line.repeat(count - carried.acknowledged));
    carried.acknowledged = count;
  };
  const takeIn = (lines: readonly string[]): Promise<void> | undefined => {
    carried.came += lines.length;
    const wait = taker.lines(lines, from);
    if (!isAcknowledged) return wait;
    const { came } = carried;
    taker.whenSafe(() => acknowledge(came));
    return socket.writableLength > mostAcknowledgements ? written(socket) : wait;
  };
  const settled = async (): Promise<void> => new Promise((resolve) => taker.whenSafe(resolve));

  return {
    take(chunk) {
      if (carried.isStranger) return undefined;
      const isFirst = carried.came === 0;
      const lines = splitter.push(chunk);
      const stranger = isFirst ? strangerIn(chunk, lines[0]) : undefined;
      if (!stranger) return takeIn(lines);
      carried.isStranger = true;
      taker.stranger();
      turnAway(socket, stranger);
      return undefined;
    },
    async ended() {
      if (carried.isStranger) return;
      const last = splitter.finish();
      if (last !== undefined) void takeIn([last]);
      if (isAcknowledged) await settled();
    },
    ...(isAcknowledged && { settled }),
    lost(chunk) {
      if (isAcknowledged || carried.isStranger) return;
      const count = chunk ? splitter.push(chunk).length : splitter.finish() === undefined ? 0 : 1;
      if (count > 0) taker.lost(count);
    },
    leave: () => carried,
  };
};

const newConnection = (): Carried => {
  const carried: Carried = {
    splitter: new LineSplitter(0, () => {
      carried.came += 1;
      carried.tooLong();
    }),
    came: 0,
    acknowledged: 0,
    isStranger: false,
    tooLong: () => undefined,
  };
  return carried;
};

const written = async (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', resolve);
  });

const httpRequest = /^[A-Z]+ \S+ HTTP\/\d/;
/** A record of TLS that holds a handshake, of whatever version: RFC 8446, section 5.1. */
const tlsHandshake = Buffer.from([0x16, 0x03]);

/** Whether the first bytes of a connection are those of a web browser or the like. */
const strangerIn = (chunk: Buffer, firstLine: string | undefined): 'HTTP' | 'TLS' | undefined => {
  if (chunk.subarray(0, 2).equals(tlsHandshake)) return 'TLS';
  return firstLine !== undefined && httpRequest.test(firstLine) ? 'HTTP' : undefined;
};

const plainly = 'This port takes plain lines by TCP, not HTTP.\n';
const answers = {
  HTTP: `HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: ${plainly.length}\r\nconnection: close\r\n\r\n${plainly}`,
  // a fatal alert, "protocol version": RFC 8446, section 6
  TLS: Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 70]),
} as const;

/** How long a stranger may take to read that it is wrong here, in milliseconds. */
const farewellMs = 1000;

/** Tells a stranger in its own words that it is wrong here. */
const turnAway = (socket: Socket, protocol: 'HTTP' | 'TLS'): void => {
  socket.end(answers[protocol]);
  const force = setTimeout(() => socket.destroy(), farewellMs);
  socket.once('close', () => clearTimeout(force));
};
