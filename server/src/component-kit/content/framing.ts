import { StringDecoder } from 'node:string_decoder';
import { JsonTexts } from './json-texts.ts';
import { LineSplitter } from './lines.ts';

/** How a stream of bytes is cut into frames. */
export interface FramingOptions {
  readonly framing: 'lines' | 'cr' | 'nul' | 'stx_etx' | 'end' | 'length' | 'fixed' | 'json' | 'idle' | 'none';
  /** What a frame ends with, where the framing is `end`. */
  readonly end: Buffer;
  /** Bytes of the length in front, and how it is written. */
  readonly lengthBytes: 1 | 2 | 4;
  readonly lengthOrder: 'big' | 'little';
  /** Whether the length counts itself. */
  readonly countsItself: boolean;
  /** Bytes of each frame, where all have as many. */
  readonly frameLength: number;
}

/** A whole frame: text where it is known to be some, else its bytes. */
export type Frame = string | Buffer;

/** Cuts a stream of bytes into frames, with a bound on their length. */
export interface Framer {
  /** Bytes of the longest frame that is taken. */
  longest: number;
  push(chunk: Buffer): Frame[];
  /** The last frame of a stream that has ended, where it needs no end. */
  finish(): Frame | undefined;
  /** What has come up to now, where silence ends a frame. */
  readonly flush?: () => Frame | undefined;
}

export const newFramer = (options: FramingOptions, longest: number, tooLong: () => void): Framer => {
  switch (options.framing) {
    case 'lines':
      return new LineSplitter(longest, tooLong);
    case 'json':
      return jsonFramer(longest, tooLong);
    case 'none':
      return { longest, push: (chunk) => [Buffer.from(chunk)], finish: () => undefined };
    default:
      return new BufferedFramer(
        longest,
        tooLong,
        cutOf(options),
        options.framing !== 'length' && options.framing !== 'fixed',
      );
  }
};

const jsonFramer = (longest: number, tooLong: () => void): Framer => {
  const decoder = new StringDecoder('utf8');
  const texts = new JsonTexts({ longest, tooLong, splitsLists: false });
  return {
    longest,
    push: (chunk) => texts.push(decoder.write(chunk)),
    finish: () => texts.finish()[0],
  };
};

/** Where a frame lies, and where the next one begins. */
interface Found {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** Finds the frame that begins at `from`; undefined where more has to come. Up to `seen` there was no end of it. */
type Cut = (bytes: Buffer, from: number, seen: number) => Found | undefined;

const [stx, etx] = [0x02, 0x03];

const cutOf = (options: FramingOptions): Cut => {
  switch (options.framing) {
    case 'cr':
      return cutAt(Buffer.from('\r'));
    case 'nul':
      return cutAt(Buffer.from('\0'));
    case 'end':
      return cutAt(options.end);
    case 'stx_etx':
      return (bytes, from, seen) => {
        const end = bytes.indexOf(etx, Math.max(from, seen));
        if (end < 0) return undefined;
        const begin = bytes.subarray(from, end).lastIndexOf(stx);
        return { start: begin < 0 ? end : from + begin + 1, end, next: end + 1 };
      };
    case 'length':
      return cutByLength(options);
    case 'fixed':
      return (_, from) => ({ start: from, end: from + options.frameLength, next: from + options.frameLength });
    default:
      return () => undefined;
  }
};

const cutAt =
  (mark: Buffer): Cut =>
  (bytes, from, seen) => {
    const end = bytes.indexOf(mark, Math.max(from, seen - mark.length + 1));
    return end < 0 ? undefined : { start: from, end, next: end + mark.length };
  };

const cutByLength =
  ({ lengthBytes, lengthOrder, countsItself }: FramingOptions): Cut =>
  (bytes, from) => {
    const start = from + lengthBytes;
    if (start > bytes.length) return undefined;
    const length = lengthOrder === 'big' ? bytes.readUIntBE(from, lengthBytes) : bytes.readUIntLE(from, lengthBytes);
    const end = start + Math.max(0, length - (countsItself ? lengthBytes : 0));
    return { start, end, next: end };
  };

/** Keeps what has no end yet, with room to grow: it is never copied for each piece that comes. */
class BufferedFramer implements Framer {
  private held: Buffer = Buffer.alloc(0);
  private bytes = 0;
  /** Bytes that come and belong to a frame that is too long. */
  private toSkip = 0;
  private isTooLong = false;

  constructor(
    public longest: number,
    private readonly tooLong: () => void,
    private readonly cut: Cut,
    private readonly needsNoEnd: boolean,
  ) {}

  push(chunk: Buffer): Frame[] {
    const skipped = Math.min(this.toSkip, chunk.length);
    this.toSkip -= skipped;
    const seen = this.bytes;
    this.hold(chunk.subarray(skipped));
    const whole = this.held.subarray(0, this.bytes);
    const frames: Frame[] = [];
    let at = 0;
    for (let found = this.cut(whole, at, seen); found; found = this.cut(whole, at, seen)) {
      const length = found.end - found.start;
      if (length > this.longest || this.isTooLong) {
        this.tooLong();
        this.isTooLong = false;
        this.toSkip = Math.max(0, found.next - whole.length);
      } else if (found.end > whole.length) break;
      else if (length > 0) frames.push(Buffer.from(whole.subarray(found.start, found.end)));
      at = Math.min(found.next, whole.length);
    }
    this.dropFirst(at);
    if (this.bytes > this.longest + longestMark) {
      // it is passed over up to its end, the beginning of which may have come
      this.isTooLong = true;
      this.dropFirst(this.bytes - longestMark);
    }
    return frames;
  }

  finish(): Frame | undefined {
    return this.needsNoEnd ? this.flush() : undefined;
  }

  flush(): Frame | undefined {
    const whole = Buffer.from(this.held.subarray(0, this.bytes));
    const wasTooLong = this.isTooLong || whole.length > this.longest;
    this.bytes = 0;
    this.isTooLong = false;
    if (wasTooLong) this.tooLong();
    return whole.length === 0 || wasTooLong ? undefined : whole;
  }

  private hold(bytes: Buffer): void {
    const needed = this.bytes + bytes.length;
    if (needed > this.held.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes));
      this.held.copy(larger, 0, 0, this.bytes);
      this.held = larger;
    }
    bytes.copy(this.held, this.bytes);
    this.bytes = needed;
  }

  private dropFirst(bytes: number): void {
    if (bytes === 0) return;
    this.held.copy(this.held, 0, bytes, this.bytes);
    this.bytes -= bytes;
  }
}

/** Bytes of the longest end of a frame, and of a length in front. */
export const longestMark = 16;

/** The bytes that a setting stands for: `\r`, `\n`, `\t`, `\0`, `\x03` and `\\` are written so, all else stands for itself. */
export const bytesOfMark = (text: string): Buffer =>
  Buffer.concat(
    [...text.matchAll(/\\x([0-9a-fA-F]{2})|\\(.)|([^\\]+)|\\/gs)].map(([whole, hex, letter, plain]) => {
      if (hex !== undefined) return Buffer.from(hex, 'hex');
      if (plain !== undefined) return Buffer.from(plain);
      return Buffer.from(letter === undefined ? whole : (escapes[letter] ?? letter), 'latin1');
    }),
  );
const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', 0: '\0' };
