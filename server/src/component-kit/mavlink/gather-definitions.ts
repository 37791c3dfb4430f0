import { type DefinedField, keyOf, layOut, longestPayload, type MessageDefinition } from './definition.ts';
import { type DefinedMessage, type Definition, readDefinition } from './read-definition.ts';

/** The names of an enumeration's values, without what they have in common. */
export interface Enumeration {
  /** What all names begin with, such as `MAV_TYPE_`. */
  readonly prefix: string;
  readonly isMask: boolean;
  readonly names: Readonly<Record<number, string>>;
}

/** An enumeration as files define it, with whole names. */
export interface GatheredEnumeration {
  /** What the names of the file that begins it have in common. */
  readonly prefix: string;
  readonly isMask: boolean;
  readonly wholeNames: Readonly<Record<number, string>>;
  /** File and line of each value. */
  readonly places: Readonly<Record<number, string>>;
}

/** A message with the file that defines it, without its folder and `.xml`. */
export interface GatheredMessage extends MessageDefinition {
  readonly file: string;
  /** File and line, for people. */
  readonly place: string;
}

export interface Gathered {
  readonly messages: readonly GatheredMessage[];
  readonly enumerations: ReadonlyMap<string, GatheredEnumeration>;
  /** Files in the order of reading: those that include others before them. */
  readonly files: readonly string[];
  /** Files that were asked for and come with the product. */
  readonly bundled: readonly string[];
  /** A sentence for each mistake, with file and line. */
  readonly mistakes: readonly string[];
}

export interface Library {
  /** The text of a file; rejects with a sentence. */
  read(file: string): Promise<string>;
  /** Whether this file need not be read, since what it defines is known. */
  isBundled(file: string): Promise<boolean>;
  /** An enumeration that comes with the product. */
  readonly enumeration: (name: string) => Pick<Enumeration, 'isMask'> | undefined;
}

const mostFiles = 64;
const mostFields = 64;

/** What an enumeration is called that is a yes or a no, though the definitions make a mask of it. */
const yesOrNo = 'MAV_BOOL';

/** Reads a definition and all that it includes, each file once. */
export const gatherDefinitions = async (first: string, library: Library): Promise<Gathered> => {
  const met = new Set<string>();
  const read: (readonly [string, Definition])[] = [];
  const bundled = new Set<string>();
  const mistakes: string[] = [];

  const visit = async (file: string, way: readonly string[]): Promise<void> => {
    if (way.includes(file)) return void mistakes.push(`"${way.at(-1)}" includes "${file}", which includes it: a loop`);
    if (met.has(file)) return;
    met.add(file);
    if (await library.isBundled(file)) return void bundled.add(file);
    if (met.size > mostFiles) return void mistakes.push(`there are more than ${mostFiles} files`);
    let definition: Definition;
    try {
      definition = readDefinition(await library.read(file));
    } catch (thrown) {
      const by = way.length === 0 ? '' : `, which "${way.at(-1)}" includes`;
      return void mistakes.push(`${(thrown as Error).message}${by}`);
    }
    mistakes.push(...definition.mistakes.map((sentence) => `"${file}", ${sentence}`));
    for (const { file: included, line } of definition.includes)
      if (/^[\w.-]{1,120}\.xml$/i.test(included) && !included.startsWith('.')) await visit(included, [...way, file]);
      else
        mistakes.push(`"${file}", line ${line}: "${included}" names no file of the same folder, such as "common.xml"`);
    // what is included comes before what includes it
    read.push([file, definition]);
  };
  await visit(first, []);

  const enumerations = mergeEnumerations(read, mistakes);
  const messages = layOutAll(read, enumerations, library, mistakes);
  return { messages, enumerations, files: read.map(([file]) => file), bundled: [...bundled], mistakes };
};

type Read = readonly (readonly [string, Definition])[];

interface OpenEnumeration extends GatheredEnumeration {
  isMask: boolean;
  readonly wholeNames: Record<number, string>;
  readonly places: Record<number, string>;
  readonly values: Map<string, number>;
}

/** Files that extend an enumeration of another one add to it. */
const mergeEnumerations = (definitions: Read, mistakes: string[]): ReadonlyMap<string, GatheredEnumeration> => {
  const merged = new Map<string, OpenEnumeration>();
  for (const [file, { enumerations }] of definitions)
    for (const { name, isMask, entries } of enumerations) {
      const prefix = prefixOf(
        name,
        entries.map((entry) => entry.name),
      );
      const known: OpenEnumeration = merged.get(name) ?? {
        prefix,
        isMask: false,
        wholeNames: {},
        places: {},
        values: new Map(),
      };
      merged.set(name, known);
      known.isMask ||= isMask && name !== yesOrNo;
      for (const { name: entry, value, line } of entries) {
        const place = `"${file}", line ${line}`;
        const before = known.wholeNames[value];
        if (before !== undefined && before !== entry)
          mistakes.push(`${place}: ${value} of "${name}" is "${before}" already, not "${entry}"`);
        const other = known.values.get(entry);
        if (other !== undefined && other !== value)
          mistakes.push(`${place}: "${entry}" of "${name}" is ${other} already, not ${value}`);
        known.wholeNames[value] = entry;
        known.places[value] = place;
        known.values.set(entry, value);
      }
    }
  return merged;
};

/** What all names have in common, up to a "_": the name of the enumeration, or what there is. */
const prefixOf = (enumeration: string, names: readonly string[]): string => {
  const own = `${enumeration}_`;
  if (names.every((name) => name.startsWith(own))) return own;
  const [first = '', ...others] = names;
  let length = others.length === 0 ? first.length - 1 : first.length;
  for (const name of others) while (!name.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, first.lastIndexOf('_', length - 1) + 1) || own;
};

/** Names without what they begin with; one that would begin with a digit then stays whole. */
export const shortened = (wholeNames: Readonly<Record<number, string>>, prefix: string): Record<number, string> =>
  Object.fromEntries(
    Object.entries(wholeNames).map(([value, name]) => {
      const isShort = prefix !== '' && name.startsWith(prefix) && /^[a-z]/i.test(name.slice(prefix.length));
      return [value, isShort ? name.slice(prefix.length) : name];
    }),
  );

const layOutAll = (
  definitions: Read,
  enumerations: ReadonlyMap<string, Pick<Enumeration, 'isMask'>>,
  library: Library,
  mistakes: string[],
): readonly GatheredMessage[] => {
  const byId = new Map<number, string>();
  const byName = new Set<string>();
  const laidOut: GatheredMessage[] = [];
  for (const [file, { messages }] of definitions)
    for (const message of messages) {
      const place = `"${file}", line ${message.line}`;
      const other = message.id === undefined ? undefined : byId.get(message.id);
      if (other !== undefined)
        mistakes.push(`${place}: "${message.name}" has the id ${message.id}, which "${other}" has`);
      else if (byName.has(message.name)) mistakes.push(`${place}: there is a message "${message.name}" already`);
      if (message.id !== undefined) byId.set(message.id, message.name);
      byName.add(message.name);
      const known = (name: string) => enumerations.get(name) ?? library.enumeration(name);
      for (const sentence of mistakesIn(message, (name) => known(name) !== undefined))
        mistakes.push(`${place}: ${sentence}`);
      const fields = message.fields.map((field): DefinedField => {
        const { enumeration } = field;
        if (enumeration === undefined) return field;
        const isMask = field.isMask || known(enumeration)?.isMask || false;
        return { ...field, isMask: enumeration !== yesOrNo && isMask };
      });
      if (message.id === undefined) continue;
      laidOut.push({ ...layOut(message.id, message.name, fields), file: file.replace(/\.xml$/i, ''), place });
    }
  return laidOut;
};

function* mistakesIn({ name, fields, id = 0 }: DefinedMessage, isKnown: (name: string) => boolean): Iterable<string> {
  const { size } = layOut(id, name, fields);
  if (fields.length === 0) yield `"${name}" has no fields`;
  if (fields.length > mostFields) yield `"${name}" has ${fields.length} fields: ${mostFields} are the most`;
  if (size > longestPayload) yield `"${name}" takes ${size} bytes: ${longestPayload} are the most`;
  for (const { name: field } of fields)
    if (keyOf(field) !== field && fields.some((other) => other.name === keyOf(field)))
      yield `"${field}" of "${name}" is called "${keyOf(field)}" in payloads, as another field is: rename one of them`;
  for (const { enumeration, name: field } of fields)
    if (enumeration !== undefined && !isKnown(enumeration))
      yield `"${field}" of "${name}" names the enum "${enumeration}", which there is none of`;
}
