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
  /** A whole frame that cannot be used. */
  refused(reason: 'bad_checksum' | 'unknown_message'): void;
  /** Bytes between frames; called once for each run of them. */
  garbage(bytes: number): void;
}

const magic1 = 0xfe;
const magic2 = 0xfd;
const header1 = 6;
const header2 = 10;
export const signatureLength = 13;
const signedFlag = 0x01;

/**
 * Finds MAVLink 1 and 2 frames in a stream of bytes that may be cut anywhere. Nothing that only looks like the start of a
 * frame can hide a good one: after each failure the search goes on one byte later.
 * See https://mavlink.io/en/guide/serialization.html.
 */
export class FrameParser {
  private rest: Uint8Array = new Uint8Array(0);
  private garbage = 0;
  private isAfterRefused = false;
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

  /** The stream is at its end: what waits for more bytes is no frame. */
  finish(): void {
    this.scan(this.rest, true);
    this.rest = empty;
    this.endGarbage();
  }

  /** Returns where a frame begins that is not whole yet, or the end. */
  private scan(bytes: Uint8Array, isEnd: boolean): number {
    let at = 0;
    while (at < bytes.length) {
      const length = this.frameLength(bytes, at);
      const isWhole = length !== undefined && at + length <= bytes.length;
      if (length !== 0 && !isWhole && !isEnd) return at;
      if (length !== 0 && isWhole && this.take(bytes, at, length)) {
        at += length;
        continue;
      }
      this.garbage += 1;
      at += 1;
    }
    return at;
  }

  /** Length of the frame that would begin here: 0 when none can, undefined when there are too few bytes to tell. */
  private frameLength(bytes: Uint8Array, at: number): number | undefined {
    const magic = bytes[at];
    if (magic === magic1) return at + 1 < bytes.length ? bytes[at + 1]! + header1 + 2 : undefined;
    if (magic !== magic2) return 0;
    if (at + 2 >= bytes.length) return undefined;
    const incompatible = bytes[at + 2]!;
    if ((incompatible & ~signedFlag) !== 0) return 0;
    return bytes[at + 1]! + header2 + 2 + ((incompatible & signedFlag) === 0 ? 0 : signatureLength);
  }

  private take(bytes: Uint8Array, at: number, length: number): boolean {
    const isV2 = bytes[at] === magic2;
    const id = isV2 ? bytes[at + 7]! | (bytes[at + 8]! << 8) | (bytes[at + 9]! << 16) : bytes[at + 5]!;
    const payloadStart = at + (isV2 ? header2 : header1);
    const payloadLength = bytes[at + 1]!;
    const extra = this.listener.crcExtra(id);
    if (extra === undefined) return this.takeUnknown(bytes, at + length);
    const sumAt = payloadStart + payloadLength;
    if (checksum(bytes, at + 1, sumAt, extra) !== (bytes[sumAt]! | (bytes[sumAt + 1]! << 8))) {
      if (!this.isAfterRefused) this.listener.refused('bad_checksum');
      this.isAfterRefused = true;
      return false;
    }
    this.endGarbage();
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

  /** Its checksum cannot be verified, so it is one only where a frame, or the end, follows. */
  private takeUnknown(bytes: Uint8Array, end: number): boolean {
    if (end < bytes.length && bytes[end] !== magic1 && bytes[end] !== magic2) return false;
    if (this.garbage > 0) return false;
    this.listener.refused('unknown_message');
    return true;
  }

  private endGarbage(): void {
    if (this.garbage > 0 && !this.isAfterRefused) this.listener.garbage(this.garbage);
    this.garbage = 0;
    this.isAfterRefused = false;
  }
}

const empty = new Uint8Array(0);

const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
};
