import {
  type CrcExtra,
  frameLength,
  isMagic,
  isRight,
  isSignedAt,
  isVersion2,
  messageIdAt,
  nextGood,
  nextOpen,
  payloadAt,
  signatureLength,
} from './candidate.ts';

/** The field of a message that holds any bytes, from its first one to behind its last one. */
export interface Cargo {
  readonly start: number;
  readonly end: number;
}

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
  readonly crcExtra: CrcExtra;
  /** Where the payload of a message may hold whole other frames; without it, none does. */
  readonly cargo?: ((messageId: number) => Cargo | undefined) | undefined;
  /** A frame whose checksum is right. */
  frame(frame: Frame): void;
  /** A whole frame that cannot be used, or the beginning of a run of bytes that are no frame. */
  refused(reason: 'bad_checksum' | 'unknown_message' | 'garbage'): void;
  /** So many bytes were part of no frame. */
  skipped(bytes: number): void;
  /** Here stands the whole stamp of a record, where the frames have some. */
  stamp?(bytes: Uint8Array, at: number): void;
}

const empty = new Uint8Array(0);
/** What `take` returns beside the place to go on from: it is no frame, or it cannot be told yet. */
const noFrame = -1;
const wait = -2;
/** In a recording nothing is decided before so many bytes behind it are there: the longest frame, and one that begins in it. */
const lookAheadBytes = 600;

/**
 * Finds MAVLink 1 and 2 frames in a stream of bytes that may be cut anywhere. A frame is what has the right checksum,
 * wherever it stands: after each failure the search goes on one byte later. What may become a frame is waited for, but is
 * given up as soon as a whole good frame lies behind its beginning, so that no good frame waits for others; where it may carry
 * that frame, as FILE_TRANSFER_PROTOCOL and TUNNEL do, the next bytes are waited for, once. In the end each byte was part of a frame, of
 * a message that nobody knows, or skipped. See https://mavlink.io/en/guide/serialization.html.
 *
 * Where `stampLength` is given, so many bytes before each frame belong to it. In a recording the rest is always there, so
 * that nothing is given up before its end, and what is found does not depend on how its bytes were cut.
 */
export class FrameParser {
  /** Bytes that wait: as many as a stamp has, which were looked at, and from `from` on what may become a frame. */
  private rest: Uint8Array = empty;
  private from = 0;
  /** So many of the bytes that are looked at were there before. */
  private known = 0;
  /** Bytes since the last good frame, and since the last frame, good or damaged. */
  private gap = 0;
  private sinceFrame = 0;
  /** Bytes that are still in the span of something that was told, and whether they count as skipped. */
  private span = 0;
  private isSpanSkipped = false;
  private isInGarbage = false;
  private skipped = 0;
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

  constructor(
    private readonly listener: FrameListener,
    private readonly stampLength = 0,
    private readonly isRecording = false,
  ) {}

  /** Bytes that are needed again to go on behind what was handed in. */
  get pending(): number {
    return this.rest.length - this.from + Math.min(this.gap, this.stampLength);
  }

  /** A copy of the bytes that wait for more. */
  get unfinished(): Uint8Array {
    return this.rest.slice(this.from);
  }

  push(chunk: Uint8Array): void {
    this.known = this.rest.length;
    this.scan(this.known === 0 ? chunk : joined(this.rest, chunk), false);
  }

  /** What comes next was sent apart from what came: it is a run of its own. */
  pause(): void {
    this.isInGarbage = false;
    if (this.rest.length === 0) this.span = 0;
  }

  /** Nothing more comes, or not for long: what waits for more bytes is no frame. */
  finish(): void {
    if (this.rest.length > 0) this.scan(this.rest, true);
    this.isInGarbage = false;
    this.span = this.gap = this.sinceFrame = 0;
  }

  private scan(bytes: Uint8Array, isEnd: boolean): void {
    let at = this.from;
    let good = noFrame;
    const until = isEnd || !this.isRecording ? bytes.length : bytes.length - lookAheadBytes;
    while (at < until) {
      if (this.sinceFrame === this.stampLength && this.stampLength > 0)
        this.listener.stamp?.(bytes, at - this.stampLength);
      const length = frameLength(bytes, at);
      if (length !== 0 && at + length <= bytes.length) {
        const next = this.take(bytes, at, at + length, isEnd);
        if (next === wait) break;
        if (next >= 0) {
          at = next;
          continue;
        }
      } else if (length !== 0 && !isEnd) {
        if (at >= good) good = nextGood(bytes, at + 1, bytes.length, this.listener.crcExtra);
        if (good === noFrame || this.mayCarry(bytes, at, good)) break;
      }
      this.skip();
      at += 1;
    }
    this.keep(bytes, isEnd ? bytes.length : at, isEnd);
    if (this.skipped > 0) this.listener.skipped(this.skipped);
    this.skipped = 0;
  }

  /** Whether the good frame came just now and lies wholly where the one that begins at `at` holds bytes of others. */
  private mayCarry(bytes: Uint8Array, at: number, good: number): boolean {
    const end = good + frameLength(bytes, good);
    const payload = payloadAt(bytes, at);
    if (end <= this.known || payload > good) return false;
    const cargo = this.listener.cargo?.(messageIdAt(bytes, at));
    const payloadLength = bytes[at + 1]!;
    return cargo !== undefined && payload + cargo.start <= good && end <= payload + Math.min(cargo.end, payloadLength);
  }

  private keep(bytes: Uint8Array, at: number, isEnd: boolean): void {
    this.from = isEnd ? 0 : Math.min(at, this.stampLength);
    const start = at - this.from;
    this.rest = start >= bytes.length ? empty : bytes.slice(start);
  }

  private skip(): void {
    const isStamp = this.sinceFrame < this.stampLength;
    this.gap += 1;
    this.sinceFrame += 1;
    if (this.span > 0) {
      this.span -= 1;
      if (this.isSpanSkipped) this.skipped += 1;
      if (this.span === 0) this.sinceFrame = 0;
      return;
    }
    if (isStamp) return;
    this.skipped += 1;
    if (this.isInGarbage) return;
    this.isInGarbage = true;
    this.listener.refused('garbage');
  }

  /** Takes the frame from `at` to `end`, if it is one. Returns where to go on, or why it is not taken. */
  private take(bytes: Uint8Array, at: number, end: number, isEnd: boolean): number {
    const id = messageIdAt(bytes, at);
    const extra = this.listener.crcExtra(id);
    if (extra === undefined) return this.refuseUnknown(bytes, at, end);
    if (!isRight(bytes, at, extra)) {
      this.refuse('bad_checksum', end - at, true);
      return noFrame;
    }
    const isSigned = isSignedAt(bytes, at);
    const next = isSigned ? this.behindSignature(bytes, end, isEnd) : end;
    if (next < 0) return next;
    const isV2 = isVersion2(bytes, at);
    const frame = this.found;
    frame.version = isV2 ? 2 : 1;
    frame.messageId = id;
    frame.sequence = bytes[at + (isV2 ? 4 : 2)]!;
    frame.system = bytes[at + (isV2 ? 5 : 3)]!;
    frame.component = bytes[at + (isV2 ? 6 : 4)]!;
    frame.bytes = bytes;
    frame.start = at;
    frame.payloadStart = payloadAt(bytes, at);
    frame.payloadLength = bytes[at + 1]!;
    frame.isSigned = isSigned;
    this.isInGarbage = false;
    this.gap = this.sinceFrame = 0;
    this.span = end - next;
    this.isSpanSkipped = false;
    this.listener.frame(frame);
    return next;
  }

  /**
   * The checksum does not cover the signature before `end`: where it was cut, a good frame begins within it. Where one may
   * begin there, it is waited for, but not behind the end of what was sent at once, where it hardly does.
   */
  private behindSignature(bytes: Uint8Array, end: number, isEnd: boolean): number {
    const start = end - signatureLength;
    const { crcExtra } = this.listener;
    if (nextGood(bytes, start, end, crcExtra) >= 0) return noFrame;
    const open = nextOpen(bytes, start, end);
    if (open < 0 || isEnd || nextGood(bytes, end, bytes.length, crcExtra) >= 0) return end;
    return end === bytes.length ? open : wait;
  }

  /** Its checksum cannot be verified, so it counts as one only where a frame, or the end, follows, and no good one lies in it. */
  private refuseUnknown(bytes: Uint8Array, at: number, end: number): number {
    const next = end + this.stampLength;
    const isFollowed = next >= bytes.length || isMagic(bytes[next]);
    if (isFollowed && !this.isInGarbage && nextGood(bytes, at + 1, end, this.listener.crcExtra) < 0)
      this.refuse('unknown_message', end - at, false);
    return noFrame;
  }

  /** Counts what is no part of something that was told before. */
  private refuse(reason: 'bad_checksum' | 'unknown_message', length: number, isSkipped: boolean): void {
    if (this.span > 0 || this.sinceFrame < this.stampLength) return;
    this.listener.refused(reason);
    this.span = length;
    this.isSpanSkipped = isSkipped;
  }
}

const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
};
