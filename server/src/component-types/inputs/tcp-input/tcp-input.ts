import type { Socket } from 'node:net';
import { addressOf } from '../../../component-kit/fields/fields.ts';
import { type Frame, type Framer, type FramingOptions, newFramer } from '../../../component-kit/content/framing.ts';
import type { Follower } from '../../../component-kit/sockets/tcp-listener.ts';

export interface LineTaker {
  readonly framing: FramingOptions;
  /** How long silence is that ends a frame where nothing else does, in milliseconds. */
  readonly gapMs: number;
  /** Longest line, in bytes. */
  readonly longest: number;
  readonly tooLong: () => void;
  /** Takes whole lines, without their ends; what it returns is waited for before more of this sender is read. */
  readonly lines: (lines: readonly Frame[], from: string) => Promise<void> | undefined;
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
  readonly framer: Framer;
  /** The settings that the framer was made with. */
  readonly framing: string;
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
  const framing = JSON.stringify(taker.framing);
  const carried = goOn(before as Carried | undefined, framing) ?? newConnection(taker, framing);
  const { framer } = carried;
  framer.longest = taker.longest;
  let silence: NodeJS.Timeout | undefined;
  carried.tooLong = taker.tooLong;
  const isAcknowledged = taker.acknowledgement !== '';

  const acknowledge = (count: number): void => {
    if (!socket.writable || count <= carried.acknowledged) return;
    const isCumulative = taker.acknowledgement.includes('{count}');
    const line = `${taker.acknowledgement.replaceAll('{count}', String(count))}\n`;
    socket.write(isCumulative ? line : line.repeat(count - carried.acknowledged));
    carried.acknowledged = count;
  };
  const takeIn = (lines: readonly Frame[]): Promise<void> | undefined => {
    carried.came += lines.length;
    const wait = taker.lines(lines, from);
    if (!isAcknowledged) return wait;
    const { came } = carried;
    taker.whenSafe(() => acknowledge(came));
    return socket.writableLength > mostAcknowledgements ? written(socket) : wait;
  };
  /** Silence ends a frame where nothing else does. */
  const awaitSilence = (): void => {
    if (!framer.flush) return;
    clearTimeout(silence);
    silence = setTimeout(() => {
      const frame = framer.flush?.();
      if (frame !== undefined) void takeIn([frame]);
    }, taker.gapMs);
  };
  awaitSilence();
  const settled = async (): Promise<void> => new Promise((resolve) => taker.whenSafe(resolve));

  return {
    take(chunk) {
      if (carried.isStranger) return undefined;
      const isFirst = carried.came === 0;
      const stranger = isFirst ? strangerIn(chunk) : undefined;
      if (!stranger) {
        const lines = framer.push(chunk);
        awaitSilence();
        return takeIn(lines);
      }
      carried.isStranger = true;
      taker.stranger();
      turnAway(socket, stranger);
      return undefined;
    },
    async ended() {
      clearTimeout(silence);
      if (carried.isStranger) return;
      const last = framer.finish();
      if (last !== undefined) void takeIn([last]);
      if (isAcknowledged) await settled();
    },
    ...(isAcknowledged && { settled }),
    lost(chunk) {
      if (!chunk) clearTimeout(silence);
      if (isAcknowledged || carried.isStranger) return;
      const count = chunk ? framer.push(chunk).length : framer.finish() === undefined ? 0 : 1;
      if (count > 0) taker.lost(count);
    },
    leave: () => {
      clearTimeout(silence);
      return carried;
    },
  };
};

/** What was begun with other settings is nothing with these. */
const goOn = (before: Carried | undefined, framing: string): Carried | undefined =>
  before?.framing === framing || before?.isStranger ? before : undefined;

const newConnection = ({ framing, longest }: LineTaker, key: string): Carried => {
  const carried: Carried = {
    framer: newFramer(framing, longest, () => {
      carried.came += 1;
      carried.tooLong();
    }),
    framing: key,
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
/** A record of TLS that holds a handshake, of whatever version, and in it the greeting of a client: RFC 8446, sections 4 and 5.1. */
const [handshake, major, clientHello] = [0x16, 0x03, 0x01];

/** Whether the first bytes of a connection are those of a web browser or the like. */
const strangerIn = (chunk: Buffer): 'HTTP' | 'TLS' | undefined => {
  if (chunk[0] === handshake && chunk[1] === major && (chunk[5] ?? clientHello) === clientHello) return 'TLS';
  return httpRequest.test(chunk.toString('latin1', 0, longestRequest)) ? 'HTTP' : undefined;
};
/** Of the address in a request. */
const longestRequest = 4096;

const plainly = 'This port takes plain data by TCP, not HTTP.\n';
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
