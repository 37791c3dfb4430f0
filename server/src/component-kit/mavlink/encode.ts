import { doubleOf, ExactNumber, writeJson } from '../../engine/exact-number.ts';
import { nearest } from '@semstreams/contract';
import { InvalidMessage } from '../../engine/fault.ts';
import { type Field, type MessageDefinition, widths } from './definition.ts';
import { derivedKey } from './interpret.ts';

type Payload = Readonly<Record<string, unknown>>;

/** Values by name of an enumeration, by short names and whole ones; undefined for one that nobody knows. */
export type ValuesOf = (enumeration: string) => ReadonlyMap<string, number> | undefined;

/** Writes the fields of a payload into zeroed bytes. Throws an InvalidMessage that names the field. */
export type Encode = (payload: Payload, view: DataView, at: number) => void;

/** What every payload of `mavlink_input` has beside the fields. */
const frameKeys = ['message', 'message_id', 'system_id', 'component_id', 'sequence', 'time'];

/** Fields that are missing are 0; a key that is none of the message is a mistake. */
export const encoder = ({ name, fields }: MessageDefinition, valuesOf: ValuesOf): Encode => {
  const keys = fields.map(({ key }) => key);
  const taken = new Set(keys);
  const writes = fields.map((field) => writeOf(field, name, valuesOf, taken));
  const known = new Set([...frameKeys, ...keys, ...fields.flatMap(derivedKeyOf)]);
  return (payload, view, at) => {
    for (const key in payload)
      if (!known.has(key)) {
        const near = nearest(key, keys);
        throw new InvalidMessage(
          `${name} has no field "${key.slice(0, 80)}"${near ? `; did you mean "${near}"?` : ''}`,
        );
      }
    for (const write of writes) write(payload, view, at);
  };
};

const derivedKeyOf = (field: Field): string[] => (field.enumeration === undefined ? [] : [derivedKey(field)]);

const writeOf = (field: Field, message: string, valuesOf: ValuesOf, taken: ReadonlySet<string>): Encode => {
  const { key, type, length, offset } = field;
  const wrong = (value: unknown, why: string): InvalidMessage =>
    new InvalidMessage(`"${key}" of ${message} is ${shown(value)}: ${why}`);
  if (type === 'char') {
    const most = Math.max(1, length);
    return (payload, view, at) => {
      const value = payload[key];
      if (value !== undefined) writeText(value, { most, view, at: at + offset, wrong });
    };
  }
  const values = field.enumeration === undefined ? undefined : valuesOf(field.enumeration);
  const valueOf = (given: unknown): unknown => (values ? byName(given, values, wrong) : given);
  const write = writers[type];
  const put = (given: unknown, view: DataView, at: number): void => {
    const value = valueOf(given);
    if (!write(view, at, value)) throw wrong(given, whyNot(field, value));
  };
  if (length === 0) {
    const derived = derivedKey(field);
    const isNamed = values !== undefined && !taken.has(derived);
    return (payload, view, at) => {
      const given = payload[key] ?? (isNamed ? payload[derived] : undefined);
      if (given !== undefined && given !== null) put(given, view, at + offset);
      else if (payload[key] === null) throw wrong(null, whyNot(field, null));
    };
  }
  const width = widths[type];
  return (payload, view, at) => {
    const given = payload[key];
    if (given === undefined) return;
    if (!Array.isArray(given)) throw wrong(given, `it is a list of ${length} values`);
    if (given.length > length) throw wrong(given, `it holds ${length} values, not ${given.length}`);
    given.forEach((each, index) => put(each, view, at + offset + index * width));
  };
};

/** Writes where it can; false where the type cannot hold the value. */
type Write = (view: DataView, at: number, value: unknown) => boolean;

const whole =
  (least: number, most: number, set: (view: DataView, at: number, value: number) => void): Write =>
  (view, at, value) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) return false;
    set(view, at, value);
    return true;
  };

/** A number, or a text of digits. */
const bigOf = (value: unknown): bigint | undefined => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  const digits = value instanceof ExactNumber ? String(value) : value;
  return typeof digits === 'string' && /^-?\d{1,20}$/.test(digits) ? BigInt(digits) : undefined;
};
const big =
  (least: bigint, most: bigint, set: (view: DataView, at: number, value: bigint) => void): Write =>
  (view, at, value) => {
    const exact = bigOf(value);
    if (exact === undefined || exact < least || exact > most) return false;
    set(view, at, exact);
    return true;
  };

/** Texts for what JSON cannot say. */
const unsayable = new Map<unknown, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);
/** A number of more digits is rounded; one that lies beyond all doubles is none. */
const numberOf = (value: unknown): number | undefined => {
  const double = doubleOf(value);
  if (double === undefined) return unsayable.get(value);
  return typeof value === 'number' || Number.isFinite(double) ? double : undefined;
};

const writers: Readonly<Record<Exclude<Field['type'], 'char'>, Write>> = {
  u8: whole(0, 0xff, (view, at, value) => view.setUint8(at, value)),
  i8: whole(-0x80, 0x7f, (view, at, value) => view.setInt8(at, value)),
  u16: whole(0, 0xffff, (view, at, value) => view.setUint16(at, value, true)),
  i16: whole(-0x8000, 0x7fff, (view, at, value) => view.setInt16(at, value, true)),
  u32: whole(0, 0xffff_ffff, (view, at, value) => view.setUint32(at, value, true)),
  i32: whole(-0x8000_0000, 0x7fff_ffff, (view, at, value) => view.setInt32(at, value, true)),
  u64: big(0n, 2n ** 64n - 1n, (view, at, value) => view.setBigUint64(at, value, true)),
  i64: big(-(2n ** 63n), 2n ** 63n - 1n, (view, at, value) => view.setBigInt64(at, value, true)),
  f32: (view, at, value) => {
    const number = numberOf(value);
    if (number === undefined || (Number.isFinite(number) && !Number.isFinite(Math.fround(number)))) return false;
    view.setFloat32(at, number, true);
    return true;
  },
  f64: (view, at, value) => {
    const number = numberOf(value);
    if (number === undefined) return false;
    view.setFloat64(at, number, true);
    return true;
  },
};

const ranges: Readonly<Record<Exclude<Field['type'], 'char'>, string>> = {
  u8: 'a whole number from 0 to 255',
  i8: 'a whole number from -128 to 127',
  u16: 'a whole number from 0 to 65535',
  i16: 'a whole number from -32768 to 32767',
  u32: 'a whole number from 0 to 4294967295',
  i32: 'a whole number from -2147483648 to 2147483647',
  u64: 'a whole number from 0 to 18446744073709551615',
  i64: 'a whole number from -9223372036854775808 to 9223372036854775807',
  f32: 'a number up to 3.4e38, or "NaN", "Infinity", "-Infinity"',
  f64: 'a number, or "NaN", "Infinity", "-Infinity"',
};

const whyNot = ({ type, units, enumeration }: Field, value: unknown): string => {
  const takes = `it takes ${ranges[type as keyof typeof ranges]}${units === undefined ? '' : ` in ${units}`}`;
  if (type === 'u64' || type === 'i64') return `${takes}, as a text where it is beyond 2^53`;
  if (typeof value !== 'string') return takes;
  const wanted = enumeration === undefined ? 'a number' : `a number, or a name of "${enumeration}",`;
  return `it is a text, and ${wanted} is wanted: ${takes}`;
};

/** A name, or names of bits, as the number that they stand for; other values as they are. */
const byName = (
  given: unknown,
  values: ReadonlyMap<string, number>,
  wrong: (value: unknown, why: string) => InvalidMessage,
): unknown => {
  if (Array.isArray(given)) {
    const bits = given.map((name) => {
      const bit = values.get(String(name));
      if (bit === undefined) throw wrong(name, `there is no such name${hint(String(name), values)}`);
      return BigInt(bit);
    });
    const sum = bits.reduce((all, bit) => all | bit, 0n);
    return sum <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sum) : String(sum);
  }
  if (typeof given !== 'string' || /^-?\d+$/.test(given)) return given;
  const value = values.get(given);
  if (value === undefined) throw wrong(given, `there is no such name${hint(given, values)}`);
  return value;
};

const hint = (name: string, values: ReadonlyMap<string, number>): string => {
  const near = nearest(name.slice(0, 80), [...values.keys()]);
  return near === undefined ? '' : `; did you mean "${near}"?`;
};

interface TextPlace {
  readonly most: number;
  readonly view: DataView;
  readonly at: number;
  readonly wrong: (value: unknown, why: string) => InvalidMessage;
}

/** Text as UTF-8, or bytes in hexadecimal where it is none, as `mavlink_input` gives them. */
const writeText = (value: unknown, { most, view, at, wrong }: TextPlace): void => {
  const bytes = bytesOf(value);
  const more = bytes && typeof value === 'object' ? Object.keys(value!).find((key) => key !== 'bytes') : undefined;
  if (more !== undefined) throw wrong(value, `beside "bytes" there is no key "${more.slice(0, 80)}"`);
  if (!bytes) throw wrong(value, `it is a text of ${most} bytes at most, or { "bytes": "…" } in hexadecimal`);
  if (bytes.length > most) throw wrong(value, `it takes ${bytes.length} bytes, and ${most} are the most`);
  bytes.forEach((byte, index) => view.setUint8(at + index, byte));
};

const bytesOf = (value: unknown): Buffer | undefined => {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  const hex = (value as { readonly bytes?: unknown } | null)?.bytes;
  return typeof hex === 'string' && /^([\da-f]{2})*$/i.test(hex) ? Buffer.from(hex, 'hex') : undefined;
};

/** A value for people, no longer than a line. */
export const shown = (value: unknown): string => {
  const text = writeJson(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};
