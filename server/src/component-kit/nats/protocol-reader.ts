/** A message as it comes from a server of NATS. */
export interface NatsMessage {
  readonly subject: string;
  /** Number of the subscription that it came by. */
  readonly sid: number;
  readonly reply: string;
  /** Its block of headers, as it came; undefined where there is none. */
  readonly head: Buffer | undefined;
  readonly payload: Buffer;
}

/** A message that is larger than is taken here; it was read over. */
export type LongMessage = Pick<NatsMessage, 'subject' | 'sid' | 'reply'> & { readonly bytes: number };

export interface ProtocolUser {
  info(text: string): void;
  error(text: string): void;
  ping(): void;
  pong(): void;
  message(message: NatsMessage): void;
  tooLong(message: LongMessage): void;
}

/** What came is not what NATS says. */
export class NoNats extends Error {
  override readonly name = 'NoNats';
}

/** A line of the protocol is no longer than this, in bytes: INFO names all servers of a cluster. */
const longestLine = 256 * 1024;
/** A message of NATS never has more, in bytes. */
const largest = 64 * 1024 ** 2 + longestLine;

interface Body {
  readonly subject: string;
  readonly sid: number;
  readonly reply: string;
  readonly headBytes: number;
  readonly bytes: number;
  /** How much of it has come, with the end of its line. */
  got: number;
  /** Where it is put together; undefined where all of it is in one piece, or it is read over. */
  whole: Buffer | undefined;
}

/** Reads what a server says, and keeps no more of it than one message of the largest size. */
export class ProtocolReader {
  private line: Buffer | undefined;
  private body: Body | undefined;

  /** @param mostBytes what a message may have, with its headers; a larger one is read over */
  constructor(
    private readonly mostBytes: number,
    private readonly user: ProtocolUser,
  ) {}

  /** Throws a NoNats where it is none. */
  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.body ? this.takeBody(chunk, at, this.body) : this.takeLine(chunk, at);
  }

  private takeLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(0x0a, at);
    const piece = chunk.subarray(at, end < 0 ? chunk.length : end);
    const length = (this.line?.length ?? 0) + piece.length;
    if (length > longestLine) throw new NoNats(`it sends a line of more than ${longestLine / 1024} KB`);
    const line = this.line ? Buffer.concat([this.line, piece]) : piece;
    if (end < 0) {
      // a copy, so that a few bytes do not keep all that came with them
      this.line = this.line ? line : Buffer.from(line);
      return chunk.length;
    }
    this.line = undefined;
    this.understand(line.toString('utf8', 0, line.at(-1) === 0x0d ? line.length - 1 : line.length));
    return end + 1;
  }

  private understand(line: string): void {
    const blank = line.search(/[ \t]/);
    const word = (blank < 0 ? line : line.slice(0, blank)).toUpperCase();
    const rest = blank < 0 ? '' : line.slice(blank + 1);
    if (word === 'MSG' || word === 'HMSG') this.body = bodyOf(rest, word === 'HMSG');
    else if (word === 'PING') this.user.ping();
    else if (word === 'PONG') this.user.pong();
    else if (word === 'INFO') this.user.info(rest);
    else if (word === '-ERR') this.user.error(rest.trim().replace(/^'(.*)'$/s, '$1'));
    else if (word !== '+OK') throw new NoNats('what it says is not NATS: is it another service at that port?');
  }

  private takeBody(chunk: Buffer, at: number, body: Body): number {
    const { subject, sid, reply, bytes } = body;
    const total = bytes + 2;
    const piece = chunk.subarray(at, at + total - body.got);
    const isLong = bytes > this.mostBytes;
    const isAtOnce = body.got === 0 && piece.length === total;
    if (!isLong && !isAtOnce) {
      body.whole ??= Buffer.allocUnsafe(total);
      piece.copy(body.whole, body.got);
    }
    body.got += piece.length;
    if (body.got < total) return at + piece.length;
    this.body = undefined;
    if (isLong) this.user.tooLong({ subject, sid, reply, bytes });
    else this.user.message(messageOf(body, body.whole ?? piece));
    return at + piece.length;
  }
}

const bodyOf = (words: string, hasHead: boolean): Body => {
  const parts = words.trim().split(/[ \t]+/);
  const sizes = hasHead ? 2 : 1;
  const numbers = [parts[1], ...parts.slice(-sizes)].map((text) =>
    /^\d{1,15}$/.test(text ?? '') ? Number(text) : NaN,
  );
  const [sid, ...lengths] = numbers as [number, ...number[]];
  const bytes = lengths.at(-1)!;
  const headBytes = hasHead ? lengths[0]! : 0;
  const isOdd = parts.length < 2 + sizes || parts.length > 3 + sizes || numbers.some(Number.isNaN);
  if (isOdd || headBytes > bytes) throw new NoNats('it announces a message in a way that is not NATS');
  if (bytes > largest) throw new NoNats(`it announces a message of ${bytes} bytes, and NATS has none of that size`);
  const reply = parts.length === 3 + sizes ? parts[2]! : '';
  return { subject: parts[0]!, sid, reply, headBytes, bytes, got: 0, whole: undefined };
};

const messageOf = ({ subject, sid, reply, headBytes, bytes }: Body, whole: Buffer): NatsMessage => {
  if (whole[bytes] !== 0x0d || whole[bytes + 1] !== 0x0a) throw new NoNats('a message is longer than it was announced');
  return {
    ...{ subject, sid, reply },
    head: headBytes > 0 ? whole.subarray(0, headBytes) : undefined,
    payload: whole.subarray(headBytes, bytes),
  };
};
