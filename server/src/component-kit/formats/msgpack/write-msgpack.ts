import { ExactNumber } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { unitsOfText } from '../../times/unit-times.ts';

/** Stands in a payload for bytes, which JSON has not. */
export class MsgpackBytes {
  constructor(readonly bytes: Buffer) {}
}

/** Stands in a payload for a time, in nanoseconds since 1970. */
export class MsgpackTime {
  constructor(readonly nanoseconds: bigint) {}

  /** Throws an InvalidMessage for what tells no time. */
  static of(text: unknown, name: string): MsgpackTime {
    const found = typeof text === 'string' ? unitsOfText(text, 'ns') : undefined;
    if (found !== undefined) return new MsgpackTime(found);
    throw new InvalidMessage(`the field "${name}" is no time such as 2024-05-01T10:00:00Z`);
  }
}

/**
 * A payload as MessagePack, each value in as few bytes as hold it; numbers with a fraction are doubles. A number that neither an
 * integer of 64 bits nor a double holds is the text of its digits. Throws an InvalidMessage for a text that is no Unicode.
 */
export const msgpackOf = (payload: unknown): Buffer => {
  const writer = new Writer();
  writer.value(payload);
  return writer.written();
};

const loneSurrogate = /\p{Surrogate}/u;
const [least, most] = [-(2n ** 63n), 2n ** 64n];

class Writer {
  private bytes = Buffer.allocUnsafe(512);
  private length = 0;

  written(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }

  value(value: unknown): void {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.number(value);
    if (value === null || value === undefined) return this.byte(0xc0);
    if (typeof value === 'boolean') return this.byte(value ? 0xc3 : 0xc2);
    if (Array.isArray(value)) return this.list(value);
    if (value instanceof ExactNumber) return this.exact(String(value));
    if (value instanceof MsgpackBytes) return this.data(value.bytes);
    if (value instanceof MsgpackTime) return this.time(value.nanoseconds);
    this.map(value);
  }

  private room(size: number): number {
    const at = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      const larger = Buffer.allocUnsafe(2 * this.length);
      this.bytes.copy(larger, 0, 0, at);
      this.bytes = larger;
    }
    return at;
  }

  private byte(byte: number): void {
    const at = this.room(1);
    this.bytes[at] = byte;
  }

  private unsigned(type: number, value: number, size: number): void {
    this.byte(type);
    const at = this.room(size);
    this.bytes.writeUIntBE(value, at, size);
  }

  private raw(bytes: Buffer): void {
    const at = this.room(bytes.length);
    bytes.copy(this.bytes, at);
  }

  /** The type with the length in it where that is small, or else behind it in one, two or four bytes. */
  private head(
    length: number,
    small: { readonly type: number; readonly below: number },
    types: readonly number[],
  ): void {
    const [one, two, four] = types.length === 3 ? types : [undefined, ...types];
    if (length < small.below) this.byte(small.type | length);
    else if (length < 0x100 && one !== undefined) this.unsigned(one, length, 1);
    else if (length < 0x1_0000) this.unsigned(two!, length, 2);
    else this.unsigned(four!, length, 4);
  }

  private text(text: string): void {
    if (loneSurrogate.test(text))
      throw new InvalidMessage(`a text in it is no Unicode, so it has no bytes: ${JSON.stringify(text.slice(0, 60))}`);
    const bytes = Buffer.from(text);
    this.head(bytes.length, { type: 0xa0, below: 32 }, [0xd9, 0xda, 0xdb]);
    this.raw(bytes);
  }

  private data(bytes: Buffer): void {
    this.head(bytes.length, { type: 0, below: 0 }, [0xc4, 0xc5, 0xc6]);
    this.raw(bytes);
  }

  private list(list: readonly unknown[]): void {
    this.head(list.length, { type: 0x90, below: 16 }, [0xdc, 0xdd]);
    for (const value of list) this.value(value);
  }

  private map(map: object): void {
    const entries = Object.entries(map);
    this.head(entries.length, { type: 0x80, below: 16 }, [0xde, 0xdf]);
    for (const [name, value] of entries) {
      this.text(name);
      this.value(value);
    }
  }

  private number(value: number): void {
    if (Number.isSafeInteger(value)) return this.small(value);
    // beyond 2^53 its digits count as JSON has them
    if (Number.isInteger(value) && value >= Number(least) && value < Number(most)) return this.exact(String(value));
    if (!Number.isFinite(value)) throw new InvalidMessage('a component has put infinity, or no number at all, into it');
    this.byte(0xcb);
    const at = this.room(8);
    this.bytes.writeDoubleBE(value, at);
  }

  private small(value: number): void {
    if (value >= 0) {
      if (value < 0x80) this.byte(value);
      else if (value < 0x100) this.unsigned(0xcc, value, 1);
      else if (value < 0x1_0000) this.unsigned(0xcd, value, 2);
      else if (value < 0x1_0000_0000) this.unsigned(0xce, value, 4);
      else this.large(BigInt(value));
    } else if (value >= -0x20) this.byte(value + 0x100);
    else if (value >= -0x80) this.unsigned(0xd0, value + 0x100, 1);
    else if (value >= -0x8000) this.unsigned(0xd1, value + 0x1_0000, 2);
    else if (value >= -0x8000_0000) this.unsigned(0xd2, value + 0x1_0000_0000, 4);
    else this.large(BigInt(value));
  }

  private large(value: bigint): void {
    this.byte(value < 0n ? 0xd3 : 0xcf);
    const at = this.room(8);
    this.bytes.writeBigUInt64BE(BigInt.asUintN(64, value), at);
  }

  private exact(digits: string): void {
    const whole = /^-?\d{1,20}$/.test(digits) ? BigInt(digits) : undefined;
    if (whole !== undefined && whole >= least && whole < most) this.large(whole);
    else this.text(digits);
  }

  private time(nanoseconds: bigint): void {
    const second = 1_000_000_000n;
    const rest = ((nanoseconds % second) + second) % second;
    const seconds = (nanoseconds - rest) / second;
    if (rest === 0n && seconds >= 0n && seconds < 2n ** 32n) {
      this.byte(0xd6);
      this.unsigned(0xff, Number(seconds), 4);
    } else if (seconds >= 0n && seconds < 2n ** 34n) {
      this.byte(0xd7);
      this.byte(0xff);
      const at = this.room(8);
      this.bytes.writeBigUInt64BE((rest << 34n) | seconds, at);
    } else {
      this.unsigned(0xc7, 12, 1);
      this.unsigned(0xff, Number(rest), 4);
      const at = this.room(8);
      this.bytes.writeBigInt64BE(seconds, at);
    }
  }
}
