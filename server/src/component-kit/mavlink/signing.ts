import { createHash, timingSafeEqual } from 'node:crypto';
import { signatureLength } from './candidate.ts';
import type { Frame } from './frames.ts';

/** The signature of a frame, as MAVLink 2 has it: link id, time in units of 10 µs since 2015, and six bytes of a hash. */
export interface Signature {
  readonly stream: string;
  readonly time: number;
  readonly hash: Uint8Array;
  /** All that is signed, after the key: header, payload, checksum, link id and time. */
  readonly signed: Uint8Array;
}

/** Makes the thirteen bytes of a signature for a frame without it. */
export type Sign = (frame: Uint8Array) => Uint8Array;

/**
 * What a signature is found to be: new and right, wrong or seen before, or right but of an unknown stream whose time lies
 * behind that of the others.
 */
export type Verdict = 'accepted' | 'bad_signature' | 'late_signature';

export type Verify = (signature: Signature) => Verdict;

const hashLength = 6;
/** A new stream may lie this far behind the newest one, in units of 10 µs: one minute. */
const mostBehind = 6_000_000;
const mostStreams = 256;

export const readSignature = ({ bytes, start, payloadStart, payloadLength, system, component }: Frame): Signature => {
  const at = payloadStart + payloadLength + 2;
  const end = at + signatureLength;
  let time = 0;
  for (let index = 6; index >= 1; index -= 1) time = time * 256 + bytes[at + index]!;
  return {
    stream: `${system}:${component}:${bytes[at]}`,
    time,
    hash: bytes.subarray(end - hashLength, end),
    signed: bytes.subarray(start, end - hashLength),
  };
};

/**
 * Says whether signatures are right and new: the time of each stream must grow, so that nothing recorded is accepted again.
 * See https://mavlink.io/en/guide/message_signing.html.
 */
export const verifier = (key: Buffer): Verify => {
  const lastTimes = new Map<string, number>();
  let newest = 0;
  /** Nothing that was signed before this time is new where its stream is not remembered. */
  let forgotten = 0;
  return ({ stream, time, hash, signed }) => {
    const expected = createHash('sha256').update(key).update(signed).digest().subarray(0, hashLength);
    if (!timingSafeEqual(expected, hash)) return 'bad_signature';
    const last = lastTimes.get(stream);
    if (last !== undefined && time <= last) return 'bad_signature';
    if (last === undefined && (time + mostBehind < newest || time <= forgotten)) return 'late_signature';
    if (last === undefined && lastTimes.size >= mostStreams) {
      const [oldest, oldestTime] = [...lastTimes].reduce((one, other) => (other[1] < one[1] ? other : one));
      lastTimes.delete(oldest);
      forgotten = Math.max(forgotten, oldestTime);
    }
    lastTimes.set(stream, time);
    newest = Math.max(newest, time);
    return 'accepted';
  };
};

/** When MAVLink's clock began, 2015, in milliseconds since 1970; it counts in units of 10 µs. */
const epochMs = 1_420_070_400_000;
const unitsPerMs = 100;

/** Signs frames as one stream: each has a later time than the one before, whatever the clock does. */
export const signer = (key: Buffer, link: number, now: () => number): Sign => {
  let last = 0;
  return (frame) => {
    last = Math.max(last + 1, Math.floor((now() - epochMs) * unitsPerMs));
    const stamp = Buffer.alloc(signatureLength);
    stamp[0] = link;
    stamp.writeUIntLE(last, 1, 6);
    const hash = createHash('sha256').update(key).update(frame).update(stamp.subarray(0, -hashLength)).digest();
    hash.copy(stamp, signatureLength - hashLength, 0, hashLength);
    return stamp;
  };
};

/** A key of 32 bytes: 64 hexadecimal digits as they are, any other text hashed, as ground stations do it. */
export const signingKey = (text: string): Buffer =>
  /^[\da-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : createHash('sha256').update(text).digest();
