import { checksum } from './checksum.ts';

/** Says which CRC_EXTRA a message has; undefined for one that nobody knows. */
export type CrcExtra = (messageId: number) => number | undefined;

const magic1 = 0xfe;
const magic2 = 0xfd;
const header1 = 6;
const header2 = 10;
const sumLength = 2;
const signedFlag = 0x01;
export const signatureLength = 13;

export const isMagic = (byte: number | undefined): boolean => byte === magic1 || byte === magic2;

/** Length of the frame that would begin here: 0 where none can, infinite where there are too few bytes to tell. */
export const frameLength = (bytes: Uint8Array, at: number): number => {
  const magic = bytes[at];
  if (magic === magic1) return at + 1 < bytes.length ? bytes[at + 1]! + header1 + sumLength : Infinity;
  if (magic !== magic2) return 0;
  if (at + 2 >= bytes.length) return Infinity;
  const incompatible = bytes[at + 2]!;
  if ((incompatible & ~signedFlag) !== 0) return 0;
  return bytes[at + 1]! + header2 + sumLength + (incompatible === signedFlag ? signatureLength : 0);
};

export const isVersion2 = (bytes: Uint8Array, at: number): boolean => bytes[at] === magic2;

export const isSignedAt = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === magic2 && bytes[at + 2] === signedFlag;

export const payloadAt = (bytes: Uint8Array, at: number): number => at + (bytes[at] === magic2 ? header2 : header1);

export const messageIdAt = (bytes: Uint8Array, at: number): number =>
  bytes[at] === magic2 ? bytes[at + 7]! | (bytes[at + 8]! << 8) | (bytes[at + 9]! << 16) : bytes[at + 5]!;

/** Whether the checksum of the whole frame that begins at `at` is right. */
export const isRight = (bytes: Uint8Array, at: number, extra: number): boolean => {
  const sumAt = payloadAt(bytes, at) + bytes[at + 1]!;
  return checksum(bytes, at + 1, sumAt, extra) === (bytes[sumAt]! | (bytes[sumAt + 1]! << 8));
};

/** Where the first whole frame with a right checksum begins, from `from` on and before `to`; -1 where there is none. */
export const nextGood = (bytes: Uint8Array, from: number, to: number, crcExtra: CrcExtra): number => {
  for (let at = from; at < to; at += 1) {
    const length = frameLength(bytes, at);
    if (length === 0 || at + length > bytes.length) continue;
    const extra = crcExtra(messageIdAt(bytes, at));
    if (extra !== undefined && isRight(bytes, at, extra)) return at;
  }
  return -1;
};

/** Where the first frame would begin, from `from` on and before `to`, that is not whole yet; -1 where there is none. */
export const nextOpen = (bytes: Uint8Array, from: number, to: number): number => {
  for (let at = from; at < to; at += 1) if (at + frameLength(bytes, at) > bytes.length) return at;
  return -1;
};
