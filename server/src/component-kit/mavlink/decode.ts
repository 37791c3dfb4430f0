import type { Cargo, Frame } from './frames.ts';

/** A message of a dialect. `decode` reads the fields from `payload` at `offset`, where all `size` bytes must be. */
export interface MessageType {
  readonly id: number;
  readonly name: string;
  readonly dialect: string;
  readonly crcExtra: number;
  readonly size: number;
  /** Where in the payload whole other frames may lie; undefined where there is no place for one. */
  readonly cargo?: Cargo | undefined;
  readonly decode: (frame: Frame, time: number, payload: DataView, offset: number) => Readonly<Record<string, unknown>>;
}

// What the generated decoders read with: all little-endian, as MAVLink has it on the wire.
export const u8 = (view: DataView, at: number): number => view.getUint8(at);
export const i8 = (view: DataView, at: number): number => view.getInt8(at);
export const u16 = (view: DataView, at: number): number => view.getUint16(at, true);
export const i16 = (view: DataView, at: number): number => view.getInt16(at, true);
export const u32 = (view: DataView, at: number): number => view.getUint32(at, true);
export const i32 = (view: DataView, at: number): number => view.getInt32(at, true);

/** JSON knows no NaN and no infinity: they become the texts "NaN", "Infinity" and "-Infinity"; -0 becomes 0. */
export const f32 = (view: DataView, at: number): number | string => sayable(view.getFloat32(at, true));
export const f64 = (view: DataView, at: number): number | string => sayable(view.getFloat64(at, true));
const sayable = (value: number): number | string => (Number.isFinite(value) ? value + 0 : String(value));

/** A number where it is exact, a decimal string beyond 2^53. */
export const u64 = (view: DataView, at: number): number | string => exact(view.getBigUint64(at, true));
export const i64 = (view: DataView, at: number): number | string => exact(view.getBigInt64(at, true));
const exact = (value: bigint): number | string => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
};

/** Bytes that are no UTF-8, in hexadecimal: nothing of them is lost. */
export interface Undecoded {
  readonly bytes: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A character array up to its first NUL. */
export const str = (view: DataView, at: number, length: number): string | Undecoded => {
  let text = '';
  for (let index = 0; index < length; index += 1) {
    const code = view.getUint8(at + index);
    if (code === 0) break;
    if (code >= 0x80) return beyondAscii(view, at, length);
    text += String.fromCharCode(code);
  }
  return text;
};

const beyondAscii = (view: DataView, at: number, length: number): string | Undecoded => {
  const all = Buffer.from(view.buffer, view.byteOffset + at, length);
  const end = all.indexOf(0);
  const bytes = end < 0 ? all : all.subarray(0, end);
  try {
    return utf8.decode(bytes);
  } catch {
    return { bytes: bytes.toString('hex') };
  }
};

export const list = <Value>(
  read: (view: DataView, at: number) => Value,
  view: DataView,
  at: number,
  length: number,
  width: number,
): Value[] => {
  const values: Value[] = [];
  for (let index = 0; index < length; index += 1) values.push(read(view, at + index * width));
  return values;
};

/** The name of an enum's value, without the prefix of the enum; null for one that the definitions do not know. */
export const named = (names: Readonly<Record<number, string>>, value: number): string | null => names[value] ?? null;

/** The names of the bits of a 64-bit mask that are set. */
export const flags64 = (names: Readonly<Record<number, string>>, view: DataView, at: number): readonly string[] => {
  const value = view.getBigUint64(at, true);
  const set: string[] = [];
  for (const bit in names) if (bit !== '0' && (value & BigInt(bit)) === BigInt(bit)) set.push(names[bit]!);
  return set;
};

/** So many different values of one table are remembered: what a vehicle reports hardly changes. */
const mostRemembered = 256;
const remembered = new WeakMap<object, Map<number, readonly string[]>>();

/** The names of the bits that are set. The same list for the same value: nobody may change it. */
export const flags = (names: Readonly<Record<number, string>>, value: number): readonly string[] => {
  let lists = remembered.get(names);
  if (!lists) remembered.set(names, (lists = new Map()));
  const known = lists.get(value);
  if (known) return known;
  const set: string[] = [];
  for (const bit in names) if (Number(bit) !== 0 && (value & Number(bit)) >>> 0 === Number(bit)) set.push(names[bit]!);
  if (lists.size >= mostRemembered) lists.clear();
  lists.set(value, set);
  return set;
};
