import { type DefinedField, type FieldType, layOut, type MessageDefinition } from './definition.ts';

/** A message with the dialect that defines it. */
export interface BundledMessage extends MessageDefinition {
  readonly dialect: string;
}

/** `type:u8=MAV_TYPE`, `data:u8*96`, `base_mode:u8&MAV_MODE_FLAG`, `lat:i32[degE7]`. */
const fieldPattern = /^(\w+):([a-z]\w+?)(?:\*(\d+))?(?:([=&])(\w+))?(?:\[(.+)\])?$/;

/** Reads a line of the generated definitions: `0 HEARTBEAT minimal custom_mode:u32,…|extensions`. */
export const readDefinitionLine = (line: string): BundledMessage => {
  const [id = '', name = '', dialect = '', ...rest] = line.split(' ');
  const [base = '', extensions = ''] = rest.join(' ').split('|');
  const read = (text: string, isExtension: boolean): DefinedField[] =>
    text === '' ? [] : text.split(',').map((field) => fieldOf(field, isExtension));
  return { ...layOut(Number(id), name, [...read(base, false), ...read(extensions, true)]), dialect };
};

const fieldOf = (text: string, isExtension: boolean): DefinedField => {
  const [, name = '', type, length, sign, enumeration, units] = fieldPattern.exec(text) ?? [];
  return {
    name,
    type: type as FieldType,
    length: Number(length ?? 0),
    isExtension,
    enumeration,
    isMask: sign === '&',
    units,
  };
};
