import { doubleOf, ExactNumber } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { messageReader } from '../../../engine/header-path.ts';
import type { Message } from '../../../engine/message.ts';
import { isoOfUnits } from '../../../component-kit/times/unit-times.ts';
import type { TimeUnit } from '../../../component-kit/times/time-units.ts';
import type { Column } from './database.ts';
import type { SqlOutputConfig } from './sql-output.definition.ts';

/** What is written of a message, by the names that the settings or the message itself give. */
export type Fields = Readonly<Record<string, unknown>>;

type Settings = Pick<SqlOutputConfig, 'columns' | 'key' | 'id_column' | 'time_column'>;

/** Reads what is written of a message. It throws an InvalidMessage where there is nothing, or no key. */
export const fieldsReader = (config: Settings): ((message: Message) => Fields) => {
  const { key, id_column: id, time_column: time } = config;
  const readers = config.columns.map(
    ({ name, field }) => [name, field === '' ? ownField(name) : messageReader(field)] as const,
  );
  const read =
    readers.length === 0
      ? (message: Message): [string, unknown][] => Object.entries(objectOf(message.payload))
      : (message: Message): [string, unknown][] => readers.map(([name, value]) => [name, value(message)]);
  return (message) => {
    const told = read(message).filter(([name, value]) => value !== undefined && name !== id && name !== time);
    if (id !== '') told.push([id, message.id]);
    if (time !== '') told.push([time, new Date(message.time).toISOString()]);
    const fields = Object.fromEntries(told);
    const missing = key.find((name) => !Object.hasOwn(fields, name) || fields[name] === null);
    if (missing !== undefined)
      throw new InvalidMessage(`it has nothing for "${missing}", which rows are told apart by`);
    if (told.length === 0) throw new InvalidMessage('it has no field for any column');
    return fields;
  };
};

const ownField =
  (name: string) =>
  ({ payload }: Message): unknown =>
    typeof payload === 'object' && payload !== null && Object.hasOwn(payload, name)
      ? (payload as Readonly<Record<string, unknown>>)[name]
      : undefined;

const objectOf = (payload: unknown): object => {
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload) && !(payload instanceof Uint8Array))
    return payload;
  throw new InvalidMessage('it is no object with fields: name what is written in "columns"');
};

/** A value as it goes into a column. Throws an InvalidMessage where it says nothing that such a column holds. */
export const valueFor = ({ name, holds }: Column, value: unknown, unit: TimeUnit): unknown => {
  if (value === null) return null;
  if (holds === 'time')
    return doubleOf(value) === undefined ? value : timeText(name, value as number | ExactNumber, unit);
  if (holds === 'bytes' || value instanceof Uint8Array) return bytesOf(name, value);
  return value;
};

const places: Readonly<Record<TimeUnit, number>> = { s: 9, ms: 6, us: 3, ns: 0 };

/** A time as ISO 8601, with all digits that the number has down to nanoseconds. */
const timeText = (name: string, value: number | ExactNumber, unit: TimeUnit): string => {
  const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? [];
  const digits = `${sign}${whole}${part.slice(0, places[unit]).padEnd(places[unit], '0')}`;
  const iso = whole === undefined ? undefined : isoOfUnits(BigInt(digits), 'ns');
  // databases write longer years in ways of their own
  if (iso !== undefined && /^\d{4}-/.test(iso)) return iso;
  throw new InvalidMessage(`"${name}" is no time in the unit of the settings ("time_unit"): ${String(value)}`);
};

const bytesOf = (name: string, value: unknown): Uint8Array => {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value))
    return Buffer.from(value, 'base64');
  throw new InvalidMessage(`"${name}" holds no bytes: they are base64`);
};
