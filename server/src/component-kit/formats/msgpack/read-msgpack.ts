import { isAscii, isUtf8 } from 'node:buffer';
import { type ExactNumber, numberFrom } from '../../../engine/exact-number.ts';
import { limits } from '../../../engine/limits.ts';
import { isoOfUnits } from '../../times/unit-times.ts';
import type { Harvest } from '../harvest.ts';

/** What is no MessagePack, and where: bytes are counted from 1. */
class Problem extends Error {
  constructor(sentence: string, at: number) {
    super(`byte ${at + 1}: ${sentence}`);
  }
}

/** About what a list or a map takes in memory, and any value in one, in bytes. */
const containerBytes = 64;
const valueBytes = 16;

/**
 * The values of MessagePack, one after the other. Integers keep all digits; bytes are base64; timestamps are ISO 8601; other
 * extensions are `{ ext, data }`. NaN and infinity, which JSON has not, are texts; keys that are no texts become some. Behind what
 * is wrong nothing can be read: it is refused to the end.
 */
export const readMsgpack = (bytes: Buffer, harvest: Harvest): void => {
  const reader = new Reader(bytes);
  for (let start = 0; start < bytes.length; start = reader.at) {
    try {
      const payload = reader.value(0);
      harvest.record(payload, reader.at - start + valueBytes);
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      return harvest.refuse(thrown.message, bytes.subarray(start).toString('base64'));
    }
  }
};

class Reader {
  at = 0;
  /** What all values take in memory. */
  private taken = 0;

  constructor(private readonly bytes: Buffer) {}

  value(level: number): unknown {
    const { bytes } = this;
    const start = this.at;
    if (start >= bytes.length) throw new Problem('it ends where a value is expected', start);
    const type = bytes[start]!;
    this.at += 1;
    if (type < 0x80) return type;
    if (type < 0x90) return this.map(type & 0x0f, level, start);
    if (type < 0xa0) return this.list(type & 0x0f, level, start);
    if (type < 0xc0) return this.text(type & 0x1f, start);
    if (type >= 0xe0) return type - 0x100;
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.take(this.unsigned(1 << (type - 0xc4), start), start).toString('base64');
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.extension(this.unsigned(1 << (type - 0xc7), start), start);
      case 0xca:
        return decimal(this.take(4, start).readFloatBE());
      case 0xcb:
        return decimal(this.take(8, start).readDoubleBE());
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.unsigned(1 << (type - 0xcc), start);
      case 0xcf:
        return integer(this.take(8, start).readBigUInt64BE());
      case 0xd0:
      case 0xd1:
      case 0xd2: {
        const size = 1 << (type - 0xd0);
        return this.take(size, start).readIntBE(0, size);
      }
      case 0xd3:
        return integer(this.take(8, start).readBigInt64BE());
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extension(1 << (type - 0xd4), start);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.text(this.unsigned(1 << (type - 0xd9), start), start);
      case 0xdc:
      case 0xdd:
        return this.list(this.unsigned(2 << (type - 0xdc), start), level, start);
      case 0xde:
      case 0xdf:
        return this.map(this.unsigned(2 << (type - 0xde), start), level, start);
      default:
        throw new Problem('0xc1 begins no value of MessagePack', start);
    }
  }

  private take(size: number, start: number): Buffer {
    const from = this.at;
    if (size > this.bytes.length - from)
      throw new Problem(`a value is cut off: it has ${size} bytes, and ${this.bytes.length - from} are there`, start);
    this.at += size;
    return this.bytes.subarray(from, this.at);
  }

  private unsigned(size: number, start: number): number {
    return this.take(size, start).readUIntBE(0, size);
  }

  private text(size: number, start: number): string {
    const found = this.take(size, start);
    if (isAscii(found)) return found.toString('latin1');
    if (!isUtf8(found)) throw new Problem('a text is no UTF-8', start);
    return found.toString('utf8');
  }

  private extension(size: number, start: number): unknown {
    const type = this.take(1, start).readInt8();
    const data = this.take(size, start);
    if (type !== timestampType) return { ext: type, data: data.toString('base64') };
    const time = timeOf(data);
    if (time === undefined) throw new Problem('a timestamp is none that a calendar has', start);
    return time;
  }

  private list(length: number, level: number, start: number): unknown[] {
    this.hold(length, length, level, start);
    const list: unknown[] = [];
    for (let index = 0; index < length; index += 1) list.push(this.value(level + 1));
    return list;
  }

  private map(length: number, level: number, start: number): Readonly<Record<string, unknown>> {
    this.hold(length, 2 * length, level, start);
    const entries: [string, unknown][] = [];
    for (let index = 0; index < length; index += 1) entries.push([this.key(level), this.value(level + 1)]);
    const map = Object.fromEntries(entries) as Record<string, unknown>;
    if (Object.keys(map).length !== length) throw new Problem('two entries of a map have one name', start);
    return map;
  }

  private key(level: number): string {
    const start = this.at;
    const key = this.value(level + 1);
    if (typeof key === 'object' && key !== null && !(key instanceof Number))
      throw new Problem('the name in a map is no single value', start);
    return String(key);
  }

  /** Before anything is made of a list or a map: as many bytes must be there, and as much memory. */
  private hold(length: number, leastBytes: number, level: number, start: number): void {
    const left = this.bytes.length - this.at;
    if (leastBytes > left) throw new Problem(`a list or map of ${length} is cut off: ${left} bytes are there`, start);
    if (level >= limits.levels)
      throw new Problem(`it is nested deeper than the ${limits.levels} levels that a message may have`, start);
    this.taken += containerBytes + leastBytes * valueBytes;
    if (this.taken > limits.parsed)
      throw new Problem(`it holds so many values that it would take more than ${limits.parsed / 1024 ** 2} MB`, start);
  }
}

const timestampType = -1;

const integer = (whole: bigint): number | ExactNumber => numberFrom(String(whole))!;

/** -0 is 0, everywhere. */
const decimal = (value: number): number | string => (Number.isFinite(value) ? value + 0 : String(value));

/** A timestamp of 4, 8 or 12 bytes as ISO 8601. */
const timeOf = (data: Buffer): string | undefined => {
  if (data.length === 4) return isoOfUnits(BigInt(data.readUInt32BE()), 's');
  if (data.length !== 8 && data.length !== 12) return undefined;
  const first = data.length === 8 ? data.readBigUInt64BE() : 0n;
  const seconds = data.length === 8 ? first & 0x3_ffff_ffffn : data.readBigInt64BE(4);
  const nanoseconds = data.length === 8 ? first >> 34n : BigInt(data.readUInt32BE());
  return nanoseconds > 999_999_999n ? undefined : isoOfUnits(seconds * 1_000_000_000n + nanoseconds, 'ns');
};
