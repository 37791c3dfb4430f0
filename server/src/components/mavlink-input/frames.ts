import { checksum } from './checksum.ts';

/** One frame. The same object serves for the next one: take from it what is to be kept. */
export interface Frame {
  version: 1 | 2;
  messageId: number;
  system: number;
  component: number;
  sequence: number;
  /** Bytes that the frame lies in, and where in them. */
  bytes: Uint8Array;
  start: number;
  payloadStart: number;
  payloadLength: number;
  isSigned: boolean;
}

export interface FrameListener {
  /** CRC_EXTRA of a message; undefined for one that nobody knows. */
  crcExtra(messageId: number): number | undefined;
  /** A frame whose checksum is right. */
  frame(frame: Frame): void;
  /** A whole frame that cannot be used, or the beginning of a run of bytes that are no frame. */
  refused(reason: 'bad_checksum' | 'unknown_message' | 'garbage'): void;
  /** So many bytes were part of no frame. */
  skipped(bytes: number): void;
}

const magic1 = 0xfe;
const magic2 = 0xfd;
const header1 = 6;
const header2 = 10;
export const signatureLength = 13;
const signedFlag = 0x01;
const empty = new Uint8Array(0);

/**
 * Finds MAVLink 1 and 2 frames in a stream of bytes that may be cut anywhere. Nothing that only looks like the start of a
 * frame can hide a good one: after each failure the search goes on one byte later. In the end each byte
 * was part of a frame or skipped; fewer than a frame's length are waited with.
 * See https://mavlink.io/en/guide/serialization.html.
 */
export class FrameParser {
  private rest: Uint8Array = empty;
  /** Bytes that are still in the span of a frame whose checksum did not match: no garbage of their own. */
  private refusedBytes = 0;
  private isInGarbage = false;
  private readonly found: Frame = {
    version: 2,
    messageId: 0,
    system: 0,
    component: 0,
    sequence: 0,
    bytes: this.rest,
    start: 0,
    payloadStart: 0,
    payloadLength: 0,
    isSigned: false,
  };

  constructor(private readonly listener: FrameListener) {}

  push(chunk: Uint8Array): void {
    const bytes = this.rest.length === 0 ? chunk : joined(this.rest, chunk);
    const end = this.scan(bytes, false);
    this.rest = end === bytes.length ? empty : bytes.slice(end);
  }

  /** What comes next was sent apart from what came: it is a run of its own. */
  pause(): void {
    this.isInGarbage = false;
    if (this.rest.length === 0) this.refusedBytes = 0;
  }

  /** The stream is at its end: what waits for more bytes is no frame. */
  finish(): void {
    this.scan(this.rest, true);
    this.rest = empty;
    this.isInGarbage = false;
    this.refusedBytes = 0;
  }

  /** Returns where a frame begins that is not whole yet, or the end. */
  private scan(bytes: Uint8Array, isEnd: boolean): number {
    let at = 0;
    let skipped = 0;
    while (at < bytes.length) {
      const length = frameLength(bytes, at);
      const isWhole = length !== undefined && at + length <= bytes.length;
      if (length !== 0 && !isWhole && !isEnd) break;
      if (length !== 0 && isWhole && this.take(bytes, at, length)) {
        at += length;
        continue;
      }
      this.skip();
      skipped += 1;
      at += 1;
    }
    if (skipped > 0) this.listener.skipped(skipped);
    return at;
  }

  private skip(): void {
    if (this.refusedBytes > 0) this.refusedBytes -= 1;
    else if (!this.isInGarbage) {
      this.isInGarbage = true;
      this.listener.refused('garbage');
    }
  }

  private take(bytes: Uint8Array, at: number, length: number): boolean {
    const isV2 = bytes[at] === magic2;
    const id = messageIdAt(bytes, at);
    const payloadStart = at + headerAt(bytes, at);
    const payloadLength = bytes[at + 1]!;
    const extra = this.listener.crcExtra(id);
    if (extra === undefined) return this.takeUnknown(bytes, at, at + length);
    if (!isRight(bytes, at, payloadStart + payloadLength, extra)) {
      if (this.refusedBytes === 0) {
        this.listener.refused('bad_checksum');
        this.refusedBytes = length;
      }
      return false;
    }
    this.isInGarbage = false;
    this.refusedBytes = 0;
    const frame = this.found;
    frame.version = isV2 ? 2 : 1;
    frame.messageId = id;
    frame.sequence = bytes[at + (isV2 ? 4 : 2)]!;
    frame.system = bytes[at + (isV2 ? 5 : 3)]!;
    frame.component = bytes[at + (isV2 ? 6 : 4)]!;
    frame.bytes = bytes;
    frame.start = at;
    frame.payloadStart = payloadStart;
    frame.payloadLength = payloadLength;
    frame.isSigned = isV2 && bytes[at + 2] === signedFlag;
    this.listener.frame(frame);
    return true;
  }

  /** Its checksum cannot be verified, so it is one only where a frame, or the end, follows, and no good one lies in it. */
  private takeUnknown(bytes: Uint8Array, at: number, end: number): boolean {
    if (end < bytes.length && bytes[end] !== magic1 && bytes[end] !== magic2) return false;
    if (this.isInGarbage || this.refusedBytes > 0) return false;
    for (let inner = at + 1; inner < end; inner += 1) if (this.isGood(bytes, inner)) return false;
    this.listener.refused('unknown_message');
    return true;
  }

  private isGood(bytes: Uint8Array, at: number): boolean {
    const length = frameLength(bytes, at);
    if (!length || at + length > bytes.length) return false;
    const extra = this.listener.crcExtra(messageIdAt(bytes, at));
    return extra !== undefined && isRight(bytes, at, at + headerAt(bytes, at) + bytes[at + 1]!, extra);
  }
}

/** Length of the frame that would begin here: 0 when none can, undefined when there are too few bytes to tell. */
const frameLength = (bytes: Uint8Array, at: number): number | undefined => {
  const magic = bytes[at];
  if (magic === magic1) return at + 1 < bytes.length ? bytes[at + 1]! + header1 + 2 : undefined;
  if (magic !== magic2) return 0;
  if (at + 2 >= bytes.length) return undefined;
  const incompatible = bytes[at + 2]!;
  if ((incompatible & ~signedFlag) !== 0) return 0;
  return bytes[at + 1]! + header2 + 2 + ((incompatible & signedFlag) === 0 ? 0 : signatureLength);
};

const headerAt = (bytes: Uint8Array, at: number): number => (bytes[at] === magic2 ? header2 : header1);

const messageIdAt = (bytes: Uint8Array, at: number): number =>
  bytes[at] === magic2 ? bytes[at + 7]! | (bytes[at + 8]! << 8) | (bytes[at + 9]! << 16) : bytes[at + 5]!;

/** Whether the checksum at `sumAt` is that of the frame that begins at `at`. */
const isRight = (bytes: Uint8Array, at: number, sumAt: number, extra: number): boolean =>
  checksum(bytes, at + 1, sumAt, extra) === (bytes[sumAt]! | (bytes[sumAt + 1]! << 8));

const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
};
