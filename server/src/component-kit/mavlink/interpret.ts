import {
  f32,
  f64,
  flags,
  flags64,
  i16,
  i32,
  i64,
  i8,
  list,
  type MessageType,
  named,
  str,
  u16,
  u32,
  u64,
  u8,
} from './decode.ts';
import { type Field, type MessageDefinition, widths } from './definition.ts';

/** Names by value of an enumeration; undefined for one that nobody knows. */
export type NamesOf = (enumeration: string) => Readonly<Record<number, string>> | undefined;

type Put = (payload: Record<string, unknown>, view: DataView, at: number) => void;

const reads = { u8, i8, u16, i16, u32, i32, u64, i64, f32, f64 } as const;

/**
 * A message that was defined while the product runs, decoded as the generated decoders do it with theirs. They are two to
 * three times as fast.
 */
export const interpret = (definition: MessageDefinition, dialect: string, namesOf: NamesOf): MessageType => {
  const { id, name, crcExtra, size, fields } = definition;
  const taken = new Set(fields.map(({ key }) => key));
  const puts = fields.flatMap((field) => putsOf(field, taken, namesOf));
  return {
    id,
    name,
    dialect,
    crcExtra,
    size,
    decode: (frame, time, view, offset) => {
      const { system, component, sequence } = frame;
      const payload: Record<string, unknown> = {
        message: name,
        message_id: id,
        system_id: system,
        component_id: component,
        sequence,
        time,
      };
      for (const put of puts) put(payload, view, offset);
      return payload;
    },
  };
};

const putsOf = (field: Field, taken: ReadonlySet<string>, namesOf: NamesOf): Put[] => {
  const { key, type, length, offset, enumeration, isMask } = field;
  if (type === 'char') return [(payload, view, at) => (payload[key] = str(view, at + offset, Math.max(1, length)))];
  const read: (view: DataView, at: number) => unknown = reads[type];
  if (length > 0) return [(payload, view, at) => (payload[key] = list(read, view, at + offset, length, widths[type]))];
  const value: Put = (payload, view, at) => (payload[key] = read(view, at + offset));
  const names = enumeration === undefined ? undefined : namesOf(enumeration);
  const derived = derivedKey(field);
  if (!names || taken.has(derived)) return [value];
  if (isMask && widths[type] === 8)
    return [value, (payload, view, at) => (payload[derived] = flags64(names, view, at + offset))];
  const nameOf = isMask ? flags : named;
  return [value, (payload, view, at) => (payload[derived] = nameOf(names, Number(read(view, at + offset))))];
};

/** Where the name, or the names, of a field's value stand in payloads. */
export const derivedKey = ({ key, isMask }: Pick<Field, 'key' | 'isMask'>): string =>
  `${key}_${isMask ? 'names' : 'name'}`;
