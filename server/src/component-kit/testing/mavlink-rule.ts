import type { Cargo } from '../mavlink/frames.ts';

/**
 * What the rule for MAVLink says of bytes, found in the plainest way, for tests alone: all bytes are kept, each place is looked at by
 * itself, and nothing of the parser is used. A frame is what has the right checksum, wherever it stands; after a failure the
 * search goes on one byte later. A candidate that is not complete is given up as soon as a whole good frame lies behind its
 * beginning. The checksum does not cover a signature: where a good frame begins within one, the signature was cut.
 */
export interface Known {
  readonly crcExtra: (messageId: number) => number | undefined;
  /** Where a message may carry whole other frames: it waits for the bytes behind those in which such a one came. */
  readonly cargo?: (messageId: number) => Cargo | undefined;
}

/** A frame from `at` to `end`, found when so many bytes had been `seen`. */
export interface FoundFrame {
  readonly at: number;
  readonly end: number;
  readonly isSigned: boolean;
  readonly seen: number;
}

/** What begins at a place: how many bytes tell its length, the length (0 where it can be no frame), and what it is. */
interface Candidate {
  readonly tells: number;
  readonly length: number;
  readonly header: number;
  readonly payload: number;
  readonly signature: number;
  readonly id: number;
  readonly is: 'good' | 'bad' | 'unknown';
}

/** CRC-16/MCRF4XX, bit by bit. */
const sumOf = (bytes: Uint8Array, extra: number): number => {
  let sum = 0xffff;
  for (let at = 0; at <= bytes.length; at += 1) {
    sum ^= bytes[at] ?? extra;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >> 1) ^ 0x8408 : sum >> 1;
  }
  return sum;
};

const candidateAt = (bytes: Buffer, at: number, crcExtra: Known['crcExtra']): Candidate => {
  const isV1 = bytes[at] === 0xfe;
  const [tells, header, payload] = [isV1 ? 2 : 3, isV1 ? 6 : 10, bytes[at + 1] ?? 0];
  const flags = isV1 ? 0 : (bytes[at + 2] ?? 0);
  const signature = flags === 1 ? 13 : 0;
  const length = flags > 1 ? 0 : header + payload + 2 + signature;
  const common = { tells, length, header, payload, signature };
  if (length === 0 || at + length > bytes.length) return { ...common, id: -1, is: 'bad' };
  const id = isV1 ? bytes[at + 5]! : bytes.readUIntLE(at + 7, 3);
  const extra = crcExtra(id);
  if (extra === undefined) return { ...common, id, is: 'unknown' };
  const sumAt = at + header + payload;
  const isRight = sumOf(bytes.subarray(at + 1, sumAt), extra) === bytes.readUInt16LE(sumAt);
  return { ...common, id, is: isRight ? 'good' : 'bad' };
};

/** All places of bytes at which a frame may begin, and questions about them when so many bytes are `seen`. */
class Places {
  readonly candidates = new Map<number, Candidate>();
  private readonly good: number[] = [];

  constructor(bytes: Buffer, known: Known) {
    for (let at = 0; at < bytes.length; at += 1) {
      if (bytes[at] !== 0xfd && bytes[at] !== 0xfe) continue;
      const candidate = candidateAt(bytes, at, known.crcExtra);
      this.candidates.set(at, candidate);
      if (candidate.is === 'good') this.good.push(at);
    }
  }

  endOf(at: number): number {
    return at + this.candidates.get(at)!.length;
  }

  isOpen(at: number, seen: number): boolean {
    const candidate = this.candidates.get(at);
    return candidate !== undefined && (at + candidate.tells > seen || at + candidate.length > seen);
  }

  /** The first good frame that begins from `from` on and before `to`, and is whole. */
  firstGood(from: number, to: number, seen: number): number | undefined {
    return this.good.find((at) => at >= from && at < to && this.endOf(at) <= seen);
  }

  firstOpen(from: number, to: number, seen: number): number | undefined {
    for (let at = from; at < to; at += 1) if (this.isOpen(at, seen)) return at;
    return undefined;
  }
}

/** The frames of a stream that comes in pieces with these ends. */
export const framesByRule = (bytes: Buffer, ends: readonly number[], known: Known): readonly FoundFrame[] => {
  const places = new Places(bytes, known);
  const found: FoundFrame[] = [];
  let at = 0;

  const mayCarry = (good: number, before: number): boolean => {
    const { header, payload, id } = places.candidates.get(at)!;
    const start = at + header;
    if (start > good || places.endOf(good) <= before) return false;
    const cargo = known.cargo?.(id === -1 ? idAt(bytes, at) : id);
    if (!cargo) return false;
    return start + cargo.start <= good && places.endOf(good) <= start + Math.min(cargo.end, payload);
  };

  /** Where to go on behind a signed frame; the place itself where its signature was cut, undefined where that cannot be told yet. */
  const behindSigned = (seen: number, isEnd: boolean): number | undefined => {
    const end = places.endOf(at);
    const start = end - places.candidates.get(at)!.signature;
    if (places.firstGood(start, end, seen) !== undefined) return at;
    const open = places.firstOpen(start, end, seen);
    if (open === undefined || isEnd || places.firstGood(end, seen, seen) !== undefined) return end;
    return end === seen ? open : undefined;
  };

  const go = (seen: number, before: number, isEnd: boolean): void => {
    for (; at < seen; at += 1) {
      const candidate = places.candidates.get(at);
      if (candidate === undefined) continue;
      if (places.isOpen(at, seen)) {
        if (isEnd) continue;
        const good = places.firstGood(at + 1, seen, seen);
        if (good === undefined || mayCarry(good, before)) return;
      } else if (candidate.is === 'good' && candidate.length > 0) {
        const next = candidate.signature > 0 ? behindSigned(seen, isEnd) : places.endOf(at);
        if (next === undefined) return;
        if (next === at) continue;
        found.push({ at, end: places.endOf(at), isSigned: candidate.signature > 0, seen });
        at = next - 1;
      }
    }
  };

  let before = 0;
  for (const end of ends) {
    go(end, before, false);
    before = end;
  }
  go(bytes.length, bytes.length, true);
  return found;
};

/** The id of a message of which not all is there yet. */
const idAt = (bytes: Buffer, at: number): number =>
  bytes[at] === 0xfe ? (bytes[at + 5] ?? -1) : at + 10 <= bytes.length ? bytes.readUIntLE(at + 7, 3) : -1;

const stampLength = 8;
const dayUs = 86_400e6;

/**
 * The frames of a recording and their times in milliseconds: the eight bytes before a frame, if they are near the last good time,
 * else the time where its record begins, if that is near, else the last good time. A record begins behind a frame, and behind
 * what looks like a damaged or unknown one.
 */
export const recordsByRule = (
  bytes: Buffer,
  first: number,
  known: Known,
): readonly (FoundFrame & { readonly time: number })[] => {
  const places = new Places(bytes, known);
  const frames = new Map(framesByRule(bytes, [], known).map((frame) => [frame.at, frame]));
  const found = [];
  const stampAt = (at: number): number => (at < stampLength ? NaN : Number(bytes.readBigUInt64BE(at - stampLength)));
  const isNear = (stamp: number, last: number): boolean => stamp > 0 && Math.abs(stamp - last) <= dayUs;
  let [last, noted, begun, behindSpan, isGarbage] = [first * 1000, NaN, 0, 0, false];
  for (let at = 0; at < bytes.length; at += 1) {
    if (at === behindSpan) begun = Math.max(begun, behindSpan);
    const isBehindStamp = at >= begun + stampLength;
    if (at === begun + stampLength && isNear(stampAt(at), last)) noted = stampAt(at);
    const frame = frames.get(at);
    if (frame) {
      const own = stampAt(at);
      last = isNear(own, last) ? own : Number.isNaN(noted) ? last : noted;
      found.push({ ...frame, time: Math.floor(last / 1000) });
      [noted, begun, behindSpan, isGarbage] = [NaN, frame.end, 0, false];
      at = frame.end - 1;
      continue;
    }
    if (at < behindSpan || !isBehindStamp) continue;
    const candidate = places.candidates.get(at);
    const isWhole = candidate !== undefined && candidate.length > 0 && at + candidate.length <= bytes.length;
    const next = isWhole ? places.endOf(at) + stampLength : 0;
    const isFollowed = next >= bytes.length || bytes[next] === 0xfd || bytes[next] === 0xfe;
    const isTold =
      isWhole &&
      (candidate.is === 'bad' ||
        (candidate.is === 'unknown' &&
          isFollowed &&
          !isGarbage &&
          places.firstGood(at + 1, places.endOf(at), bytes.length) === undefined));
    if (isTold) behindSpan = places.endOf(at);
    else isGarbage = true;
  }
  return found;
};
