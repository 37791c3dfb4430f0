import { checksum } from './checksum.ts';

/** Width of each type of a field on the wire, in bytes. `char` is text. */
export const widths = {
  char: 1,
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
  i64: 8,
  f32: 4,
  f64: 8,
} as const;
export type FieldType = keyof typeof widths;

/** What the definitions call each type: part of CRC_EXTRA. */
const wireNames: Readonly<Record<FieldType, string>> = {
  char: 'char',
  u8: 'uint8_t',
  i8: 'int8_t',
  u16: 'uint16_t',
  i16: 'int16_t',
  u32: 'uint32_t',
  i32: 'int32_t',
  u64: 'uint64_t',
  i64: 'int64_t',
  f32: 'float',
  f64: 'double',
};

/** A field as the definitions have it. */
export interface DefinedField {
  readonly name: string;
  readonly type: FieldType;
  /** Length of an array; 0 where it is a single value. */
  readonly length: number;
  readonly isExtension: boolean;
  readonly enumeration?: string | undefined;
  /** Whether the enumeration names bits of it. */
  readonly isMask?: boolean;
  readonly units?: string | undefined;
}

/** A field with its place in the payload, in bytes. */
export interface Field extends DefinedField {
  /** Its name in payloads of messages. */
  readonly key: string;
  readonly offset: number;
}

export interface MessageDefinition {
  readonly id: number;
  readonly name: string;
  readonly crcExtra: number;
  /** Bytes of the whole payload, and of the payload without extensions, as MAVLink 1 has it. */
  readonly size: number;
  readonly baseSize: number;
  /** In the order of the wire. */
  readonly fields: readonly Field[];
}

/** Longest payload, in bytes. */
export const longestPayload = 255;

/** Fields that are called like something that every payload has get another name. */
const reserved = new Set(['message', 'message_id', 'system_id', 'component_id', 'sequence', 'time']);
export const keyOf = (name: string): string => (reserved.has(name) ? `${name}_field` : name);

/**
 * Lays a message out: the widest fields first, extensions behind all others as they stand. See
 * https://mavlink.io/en/guide/serialization.html.
 */
export const layOut = (id: number, name: string, defined: readonly DefinedField[]): MessageDefinition => {
  const base = defined.filter(({ isExtension }) => !isExtension).sort((a, b) => widths[b.type] - widths[a.type]);
  const extensions = defined.filter(({ isExtension }) => isExtension);
  let size = 0;
  const fields = [...base, ...extensions].map((field): Field => {
    const offset = size;
    size += bytesOf(field);
    return { ...field, key: keyOf(field.name), offset };
  });
  const baseSize = base.reduce((sum, field) => sum + bytesOf(field), 0);
  return { id, name, crcExtra: crcExtraOf(name, base), size, baseSize, fields };
};

/** Bytes of a field on the wire. */
export const bytesOf = ({ type, length }: Pick<DefinedField, 'type' | 'length'>): number =>
  widths[type] * Math.max(1, length);

/** Folds the names and types of the fields of the wire into one byte, by which both sides know that they mean the same. */
export const crcExtraOf = (name: string, base: readonly DefinedField[]): number => {
  const parts = base.flatMap((field) => [
    Buffer.from(`${wireNames[field.type]} ${field.name} `),
    Buffer.from(field.length > 0 ? [field.length] : []),
  ]);
  const bytes = Buffer.concat([Buffer.from(`${name} `), ...parts]);
  const sum = checksum(bytes, 0, bytes.length - 1, bytes.at(-1)!);
  return (sum & 0xff) ^ (sum >> 8);
};
