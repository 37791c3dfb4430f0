import type { MessageType } from './decode.ts';
import type { MessageDefinition } from './definition.ts';
import { type DialectChoice, ownDialect } from './dialect-settings.ts';
import type { ValuesOf } from './encode.ts';
import type { Enumeration } from './gather-definitions.ts';

/**
 * The decoders of the messages of a dialect, by id. The tables are loaded here and not before. Rejects with a FatalFault for
 * a dialect of one's own that cannot be used.
 */
export const loadTypes = async (
  { dialect, definition }: DialectChoice,
  dataDir: string,
): Promise<ReadonlyMap<number, MessageType>> => {
  const [{ messagesOf }, { bundledEnumeration, definitionsOf }, { withCargo }] = await Promise.all([
    import('./dialects.ts'),
    import('./bundled.ts'),
    import('./cargo.ts'),
  ]);
  if (dialect !== ownDialect) return withCargo(messagesOf(dialect), definitionsOf(dialect));
  const [{ loadOwnDialect }, { interpret }] = await Promise.all([import('./own-dialect.ts'), import('./interpret.ts')]);
  const { bundled, messages, enumerations } = await loadOwnDialect(dataDir, definition);
  const namesOf = (name: string) => (enumerations.get(name) ?? bundledEnumeration(name))?.names;
  const isExtended = ({ fields }: MessageDefinition): boolean =>
    fields.some(({ enumeration }) => enumeration !== undefined && enumerations.has(enumeration));
  const types = new Map(bundled.flatMap((part) => [...messagesOf(part)]));
  const builtOn = bundled.flatMap(definitionsOf);
  // what names values that the dialect adds is decoded with all of them
  for (const extended of builtOn.filter(isExtended))
    types.set(extended.id, interpret(extended, extended.dialect, namesOf));
  for (const own of messages) types.set(own.id, interpret(own, ownDialect, namesOf));
  return withCargo(types, [...builtOn, ...messages]);
};

/** What is needed to make frames of a dialect. Rejects as `loadTypes`. */
export const loadDefinitions = async (
  { dialect, definition }: DialectChoice,
  dataDir: string,
): Promise<{ readonly definitions: readonly MessageDefinition[]; readonly valuesOf: ValuesOf }> => {
  const { bundledEnumeration, definitionsOf } = await import('./bundled.ts');
  if (dialect !== ownDialect) return { definitions: definitionsOf(dialect), valuesOf: valuesBy(bundledEnumeration) };
  const { loadOwnDialect } = await import('./own-dialect.ts');
  const { bundled, messages, enumerations } = await loadOwnDialect(dataDir, definition);
  const known = new Map([...bundled.flatMap(definitionsOf), ...messages].map((message) => [message.id, message]));
  const enumeration = (name: string) => enumerations.get(name) ?? bundledEnumeration(name);
  return { definitions: [...known.values()], valuesOf: valuesBy(enumeration) };
};

/** Values by their names, the short ones that payloads have and the whole ones of the definitions. */
const valuesBy = (enumeration: (name: string) => Enumeration | undefined): ValuesOf => {
  const made = new Map<string, ReadonlyMap<string, number> | undefined>();
  return (name) => {
    if (!made.has(name)) made.set(name, valuesOf(enumeration(name)));
    return made.get(name);
  };
};

const valuesOf = (enumeration: Enumeration | undefined): ReadonlyMap<string, number> | undefined => {
  if (!enumeration) return undefined;
  const { prefix, names } = enumeration;
  return new Map(
    Object.entries(names).flatMap(([value, name]): [string, number][] => [
      [name, Number(value)],
      [prefix + name, Number(value)],
    ]),
  );
};
