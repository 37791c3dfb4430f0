import { isAscii, isUtf8 } from 'node:buffer';

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/**
 * Cuts a stream of bytes into lines, with a bound on their length. They end with LF or CR LF, or with CR where the stream
 * has had no LF: whoever ends lines so does not wait for another one. A line that is no UTF-8 comes as its bytes.
 */
export class LineSplitter {
  /** What came of the line that has no end yet, with room to grow: it is never copied for each piece that comes. */
  private begun: Buffer = empty;
  private begunBytes = 0;
  private isTooLong = false;
  private ending: 'unknown' | 'line feed' | 'carriage return' = 'unknown';
  /** Whether a CR has ended the last line: an LF behind it belongs to that. */
  private isAfterReturn = false;

  constructor(
    public longest: number,
    private readonly tooLong: () => void,
  ) {}

  /** Whole lines, without their ends. */
  push(chunk: Buffer): (string | Buffer)[] {
    if (this.ending !== 'line feed') return this.pushUnsure(chunk);
    return this.cut(chunk, lineFeed);
  }

  /** As long as no LF has come, a CR ends a line. */
  private pushUnsure(chunk: Buffer): (string | Buffer)[] {
    let rest = chunk;
    if (this.isAfterReturn && rest.length > 0) {
      this.isAfterReturn = false;
      if (rest[0] === lineFeed) {
        this.ending = 'line feed';
        return this.cut(rest.subarray(1), lineFeed);
      }
      this.ending = 'carriage return';
    }
    if (this.ending === 'unknown' && rest.includes(lineFeed)) {
      this.ending = 'line feed';
      return this.cut(rest, lineFeed);
    }
    if (this.ending === 'unknown' && rest.subarray(0, -1).includes(carriageReturn)) this.ending = 'carriage return';
    if (rest.includes(lineFeed)) rest = Buffer.from(rest.map((byte) => (byte === lineFeed ? carriageReturn : byte)));
    this.isAfterReturn = this.ending === 'unknown' && rest.at(-1) === carriageReturn;
    const lines = this.cut(rest, carriageReturn);
    return this.ending === 'carriage return' ? lines.filter((line) => line.length > 0) : lines;
  }

  private cut(chunk: Buffer, end: number): (string | Buffer)[] {
    const lines: (string | Buffer)[] = [];
    // what is the same text in both is read four times as fast as Latin 1
    const encoding = isAscii(chunk) ? 'latin1' : 'utf8';
    let start = 0;
    for (let at = chunk.indexOf(end); at >= 0; at = chunk.indexOf(end, start)) {
      const isWhole = start > 0 && at - start <= this.longest;
      const line = isWhole ? textOf(chunk, encoding, start, at) : this.take(chunk.subarray(start, at));
      if (line !== undefined) lines.push(line);
      start = at + 1;
    }
    this.keep(chunk.subarray(start));
    return lines;
  }

  /** The last line of a file that does not end with a line end. */
  finish(): string | Buffer | undefined {
    const line = this.take(Buffer.alloc(0));
    return line?.length === 0 ? undefined : line;
  }

  private take(end: Buffer): string | Buffer | undefined {
    const begun = this.begun.subarray(0, this.begunBytes);
    const whole = begun.length === 0 ? end : Buffer.concat([begun, end]);
    const isTooLong = this.isTooLong || whole.length - (whole.at(-1) === carriageReturn ? 1 : 0) > this.longest;
    this.forget();
    this.isTooLong = false;
    if (isTooLong) {
      this.tooLong();
      return undefined;
    }
    return textOf(whole, 'utf8', 0, whole.length);
  }

  private keep(rest: Buffer): void {
    if (this.isTooLong || rest.length === 0) return;
    const bytes = this.begunBytes + rest.length;
    // the end of a line is no part of it
    if (bytes > this.longest + 1) {
      this.isTooLong = true;
      this.forget();
      return;
    }
    if (bytes > this.begun.length) {
      const larger = Buffer.allocUnsafe(Math.max(bytes, Math.min(2 * bytes, this.longest + 1)));
      this.begun.copy(larger, 0, 0, this.begunBytes);
      this.begun = larger;
    }
    rest.copy(this.begun, this.begunBytes);
    this.begunBytes = bytes;
  }

  /** The room is kept for the next line unless that is much. */
  private forget(): void {
    this.begunBytes = 0;
    if (this.begun.length > mostIdleBytes) this.begun = empty;
  }
}

const empty = Buffer.alloc(0);
const mostIdleBytes = 16 * 1024;

const textOf = (bytes: Buffer, encoding: 'latin1' | 'utf8', start: number, end: number): string | Buffer => {
  if (encoding === 'latin1' || isUtf8(bytes.subarray(start, end)))
    return withoutReturn(bytes.toString(encoding, start, end));
  return Buffer.from(bytes.subarray(start, bytes[end - 1] === carriageReturn ? end - 1 : end));
};

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
