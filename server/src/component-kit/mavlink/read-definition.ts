import { nearest } from '@semstreams/contract';
import sax from 'sax';
import type { DefinedField, FieldType } from './definition.ts';

/** One value of an enumeration. */
export interface Entry {
  readonly name: string;
  readonly value: number;
  readonly line: number;
}

export interface DefinedEnumeration {
  readonly name: string;
  readonly isMask: boolean;
  readonly entries: readonly Entry[];
}

export interface DefinedMessage {
  /** Undefined where it has none that is one, which is a mistake. */
  readonly id: number | undefined;
  readonly name: string;
  readonly fields: readonly DefinedField[];
  readonly line: number;
}

/** What one file defines. Where `mistakes` has a sentence, each with its line, the rest is not to be used. */
export interface Definition {
  readonly includes: readonly { readonly file: string; readonly line: number }[];
  readonly enumerations: readonly DefinedEnumeration[];
  readonly messages: readonly DefinedMessage[];
  readonly mistakes: readonly string[];
}

const types: Readonly<Record<string, FieldType>> = {
  char: 'char',
  uint8_t: 'u8',
  uint8_t_mavlink_version: 'u8',
  int8_t: 'i8',
  uint16_t: 'u16',
  int16_t: 'i16',
  uint32_t: 'u32',
  int32_t: 'i32',
  uint64_t: 'u64',
  int64_t: 'i64',
  float: 'f32',
  double: 'f64',
};

const remarks = ['description', 'deprecated', 'superseded', 'wip'];
/** What may stand in which element. Those that are not named here hold text for people, or nothing. */
const children: Readonly<Record<string, readonly string[]>> = {
  mavlink: ['include', 'version', 'dialect', 'enums', 'messages'],
  enums: ['enum'],
  enum: ['entry', ...remarks],
  entry: ['param', ...remarks],
  messages: ['message'],
  message: ['field', 'extensions', ...remarks],
};

const identifier = /^[a-z_][a-z0-9_]{0,63}$/i;
const mostId = 0xff_ff_ff;
const mostMistakes = 20;
const mostLevels = 16;

type Attributes = Readonly<Record<string, string>>;
interface OpenMessage {
  id: number | undefined;
  name: string;
  fields: DefinedField[];
  readonly fieldNames: Set<string>;
  line: number;
  isExtended: boolean;
}
interface OpenEnumeration {
  name: string;
  isMask: boolean;
  entries: Entry[];
  readonly entryNames: Set<string>;
  /** The highest value up to now: an entry without one has the next. */
  highest: number;
}

/**
 * Reads a definition of MAVLink messages: XML as https://mavlink.io/en/guide/xml_schema.html describes it. A document type
 * and entities of its own are refused. Never throws: mistakes are sentences.
 */
export const readDefinition = (text: string): Definition => {
  const includes: { file: string; line: number }[] = [];
  const enumerations: OpenEnumeration[] = [];
  const messages: OpenMessage[] = [];
  const mistakes: string[] = [];
  const path: string[] = [];
  const parser = sax.parser(true);
  let isBroken = false;
  const line = (): number => parser.line + 1;
  const mistake = (sentence: string): void => {
    if (mistakes.length < mostMistakes) mistakes.push(`line ${line()}: ${sentence}`);
  };
  const broken = (sentence: string): void => {
    if (!isBroken) mistake(sentence);
    isBroken = true;
  };

  const named = (what: string, { name }: Attributes): string => {
    if (name === undefined) mistake(`a ${what} has no "name"`);
    else if (!identifier.test(name) || name === '__proto__')
      mistake(`"${name.slice(0, 80)}" is no name: letters, digits and "_" make one, 64 at most`);
    return name ?? '';
  };

  const open: Readonly<Record<string, (attributes: Attributes) => void>> = {
    include: () => includes.push({ file: '', line: line() }),
    enum: (attributes) =>
      enumerations.push({
        name: named('enum', attributes),
        isMask: attributes['bitmask'] === 'true',
        entries: [],
        entryNames: new Set(),
        highest: 0,
      }),
    entry: (attributes) => {
      const enumeration = enumerations.at(-1)!;
      const { entries, entryNames } = enumeration;
      const name = named('entry', attributes);
      const given = attributes['value'];
      const value = given === undefined ? enumeration.highest + 1 : valueOf(given);
      if (value === undefined) mistake(`"${given!.slice(0, 80)}" is no value of "${name}": ${values}`);
      else if (entryNames.has(name)) mistake(`the enum has "${name}" twice`);
      else {
        entries.push({ name, value, line: line() });
        entryNames.add(name);
        enumeration.highest = Math.max(enumeration.highest, value);
      }
    },
    message: (attributes) => {
      const name = named('message', attributes);
      const given = valueOf(attributes['id'] ?? '');
      const id = given !== undefined && given >= 0 && given <= mostId ? given : undefined;
      if (id === undefined) mistake(`the message "${name}" has no "id" from 0 to ${mostId}`);
      messages.push({ id, name, fields: [], fieldNames: new Set(), line: line(), isExtended: false });
    },
    extensions: () => {
      const message = messages.at(-1)!;
      if (message.isExtended) mistake(`"${message.name}" has "<extensions/>" twice: one stands before all extensions`);
      message.isExtended = true;
    },
    field: (attributes) => {
      const message = messages.at(-1)!;
      const name = named(`field of "${message.name}"`, attributes);
      const [, word = '', , digits] = /^([^[]*)(\[(\d{1,3})\])?$/.exec(attributes['type'] ?? '') ?? [];
      const type = Object.hasOwn(types, word) ? types[word] : undefined;
      const length = Number(digits ?? 0);
      if (type === undefined || (digits !== undefined && length === 0)) {
        const near = nearest(word, Object.keys(types));
        const said = (attributes['type'] ?? '').slice(0, 80);
        return mistake(`"${name}" of "${message.name}" has the type "${said}", which there is none of${hint(near)}`);
      }
      if (message.fieldNames.has(name)) mistake(`"${message.name}" has "${name}" twice`);
      message.fieldNames.add(name);
      message.fields.push({
        name,
        type,
        length,
        isExtension: message.isExtended,
        enumeration: attributes['enum'],
        isMask: attributes['display'] === 'bitmask',
        units: attributes['units'],
      });
    },
  };

  parser.onerror = (error) => broken(`it is no XML: ${error.message.split('\n', 1)[0]!.toLowerCase()}`);
  parser.ondoctype = () => broken('a definition has no document type and no entities of its own: remove "<!DOCTYPE"');
  parser.onopentag = (tag) => {
    if (isBroken) return;
    const parent = path.at(-1);
    path.push(tag.name);
    if (path.length > mostLevels) return broken(`there are more than ${mostLevels} elements in one another`);
    const known = parent === undefined ? ['mavlink'] : children[parent];
    if (known === undefined) return;
    if (!known.includes(tag.name)) {
      const place = parent === undefined ? 'at the top' : `in "${parent}"`;
      return broken(`there is no element "${tag.name.slice(0, 80)}" ${place}${hint(nearest(tag.name, known))}`);
    }
    open[tag.name]?.(tag.attributes as Attributes);
  };
  parser.onclosetag = () => void path.pop();
  const text_ = (said: string): void => {
    const last = includes.at(-1);
    if (path.at(-1) === 'include' && last) last.file = (last.file + said.trim()).slice(0, 255);
  };
  parser.ontext = text_;
  parser.oncdata = text_;

  for (let at = 0; at < text.length && !isBroken; at += chunkLength) parser.write(text.slice(at, at + chunkLength));
  if (!isBroken) parser.close();
  if (!isBroken && messages.length + enumerations.length + includes.length === 0) mistake('it defines nothing');
  return { includes, enumerations, messages, mistakes };
};

/** So much is handed to the parser at a time, so that the rest of a wrong file is not looked at. */
const chunkLength = 64 * 1024;

const hint = (near: string | undefined): string => (near === undefined ? '' : `; did you mean "${near}"?`);

const values = 'a whole number from -2^63 to 2^64 - 1 is one, beyond 2^53 such as a double holds';

/** The value of an entry: 12, -1, 0x1F, 0b101, 2**5 or 1<<5. One of 64 bits, exact as a double. */
const valueOf = (text: string): number | undefined => {
  const [, power] = /^\s*(?:2\s*\*\*|1\s*<<)\s*(\d{1,2})\s*$/.exec(text) ?? [];
  if (power !== undefined) return Number(power) < 64 ? 2 ** Number(power) : undefined;
  const [, sign, digits] = /^\s*(-?)(\d{1,20}|0x[\da-f]{1,16}|0b[01]{1,64})\s*$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const exact = sign === '-' ? -BigInt(digits) : BigInt(digits);
  const isHeld = exact >= -(2n ** 63n) && exact < 2n ** 64n && BigInt(Number(exact)) === exact;
  return isHeld ? Number(exact) : undefined;
};
