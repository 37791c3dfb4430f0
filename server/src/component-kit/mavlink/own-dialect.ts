import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FatalFault } from '../../engine/fault.ts';
import { resolveDataPath, whyNoFile } from '../files/data-files.ts';
import { openToRead } from '../files/open-file.ts';
import { bundledEnumeration, definitionsOf } from './bundled.ts';
import type { BundledMessage } from './definition-text.ts';
import type { MessageDefinition } from './definition.ts';
import { dialectParts } from './dialect-names.generated.ts';
import type { Dialect } from './dialects.ts';
import {
  type Enumeration,
  gatherDefinitions,
  type GatheredEnumeration,
  type GatheredMessage,
  shortened,
} from './gather-definitions.ts';

/** A dialect that somebody has defined, with what it builds on. */
export interface OwnDialect {
  /** Dialects that come with the product and that it includes. */
  readonly bundled: readonly Dialect[];
  readonly messages: readonly MessageDefinition[];
  /** Enumerations of its own, and those of the product that it extends, whole. */
  readonly enumerations: ReadonlyMap<string, Enumeration>;
}

/** Largest file, in bytes, and how much all of them may be together. */
const mostBytes = 4 * 1024 ** 2;
const mostBytesInAll = 8 * 1024 ** 2;
/** So many mistakes are told at once. */
const mostTold = 5;

const isDialect = (name: string): name is Dialect => Object.hasOwn(dialectParts, name);
const dialectOf = (file: string): string => file.replace(/\.xml$/i, '').toLowerCase();

/**
 * Reads a definition with its includes, which lie in the same folder; one that does not, and is called like a dialect of the
 * product, is that one. Rejects with a FatalFault that has a sentence for each mistake.
 */
export const loadOwnDialect = async (dataDir: string, path: string): Promise<OwnDialect> => {
  const whole = await resolveDataPath(dataDir, path);
  const folder = dirname(whole);
  let bytes = 0;
  const gathered = await gatherDefinitions(basename(whole), {
    async read(file) {
      const place = join(folder, file);
      const { handle, stats } = await openToRead(place).catch((thrown: unknown) => {
        throw thrown instanceof FatalFault ? thrown : new Error(whyNoFile(thrown, place), { cause: thrown });
      });
      try {
        bytes += stats.size;
        if (stats.size > mostBytes || bytes > mostBytesInAll)
          throw new Error(`"${file}" is too large for a definition`);
        return await handle.readFile('utf8');
      } finally {
        await handle.close();
      }
    },
    async isBundled(file) {
      if (file === basename(whole) || !isDialect(dialectOf(file))) return false;
      return stat(join(folder, file)).then(
        () => false,
        () => true,
      );
    },
    enumeration: bundledEnumeration,
  });
  const bundled = gathered.bundled.map((file) => dialectOf(file) as Dialect);
  const mistakes = [...gathered.mistakes, ...clashesAmong(bundled), ...clashesOf(bundled, gathered.messages)];
  const enumerations = new Map<string, Enumeration>();
  for (const [name, own] of gathered.enumerations) enumerations.set(name, extended(name, own, mistakes));
  if (mistakes.length > 0) throw new FatalFault(told(path, mistakes));
  return { bundled, messages: gathered.messages, enumerations };
};

/** Dialects of the product that cannot stand together, since an id or a name means something else in each: a sentence a pair. */
const clashesAmong = (bundled: readonly Dialect[]): string[] => {
  const sentences = new Map<string, string>();
  const known = new Map<number | string, { readonly by: Dialect; readonly message: BundledMessage }>();
  for (const by of bundled)
    for (const message of definitionsOf(by))
      for (const key of [message.id, message.name]) {
        const other = known.get(key);
        if (other === undefined) known.set(key, { by, message });
        else if (other.message.id !== message.id || other.message.name !== message.name)
          sentences.set(
            `${other.by} ${by}`,
            `it builds on "${other.by}.xml" and "${by}.xml", which do not go together: ${message.id} is "${message.name}" of "${message.dialect}", and "${other.message.name}" of "${other.message.dialect}" is ${other.message.id}; leave one of them out`,
          );
      }
  return [...sentences.values()];
};

/** Messages that take the id or the name of one of a dialect that they build on. */
const clashesOf = (bundled: readonly Dialect[], messages: readonly GatheredMessage[]): string[] => {
  const all = bundled.flatMap(definitionsOf);
  return messages.flatMap(({ id, name, place }) => {
    const other = all.find((known) => known.id === id);
    if (other) return [`${place}: "${name}" has the id ${id}, which "${other.name}" of "${other.dialect}" has`];
    const same = all.find((known) => known.name === name);
    return same ? [`${place}: there is a message "${name}" already, ${same.id} of "${same.dialect}"`] : [];
  });
};

/** What is defined together with what the product knows of the same enumeration. */
const extended = (name: string, own: GatheredEnumeration, mistakes: string[]): Enumeration => {
  const known = bundledEnumeration(name);
  const prefix = known?.prefix ?? own.prefix;
  const names = shortened(own.wholeNames, prefix);
  const values = new Map(Object.entries(known?.names ?? {}).map(([value, entry]) => [entry, value]));
  for (const [value, entry] of Object.entries(names)) {
    const place = own.places[Number(value)];
    const before = known?.names[Number(value)];
    if (before !== undefined && before !== entry)
      mistakes.push(`${place}: ${value} of "${name}" is "${before}" already, not "${entry}"`);
    const other = values.get(entry);
    if (other !== undefined && other !== value)
      mistakes.push(`${place}: "${entry}" of "${name}" is ${other} already, not ${value}`);
  }
  return { prefix, isMask: known?.isMask ?? own.isMask, names: { ...known?.names, ...names } };
};

const told = (path: string, mistakes: readonly string[]): string => {
  const more = mistakes.length > mostTold ? `, and ${mistakes.length - mostTold} more` : '';
  return `the dialect "${path}" cannot be used: ${mistakes.slice(0, mostTold).join('; ')}${more}`;
};
