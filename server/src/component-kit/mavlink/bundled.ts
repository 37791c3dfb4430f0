import { definitions, masks, otherEnumerations, prefixes } from './definitions.generated.ts';
import { type BundledMessage, readDefinitionLine } from './definition-text.ts';
import { dialectParts } from './dialect-names.generated.ts';
import type { Dialect } from './dialects.ts';
import { enumerations } from './enumerations.generated.ts';
import type { Enumeration } from './gather-definitions.ts';

const tables: Readonly<Record<string, Readonly<Record<number, string>>>> = { ...enumerations, ...otherEnumerations };
const maskNames = new Set(masks);

/** An enumeration that comes with the product; undefined where there is none of that name. */
export const bundledEnumeration = (name: string): Enumeration | undefined =>
  Object.hasOwn(tables, name)
    ? { prefix: prefixes[name] ?? `${name}_`, isMask: maskNames.has(name), names: tables[name]! }
    : undefined;

/** The definitions of a dialect and of those that it builds on. */
export const definitionsOf = (dialect: Dialect): readonly BundledMessage[] => {
  const parts: readonly string[] = dialectParts[dialect];
  return definitions
    .trim()
    .split('\n')
    .filter((line) => parts.includes(line.split(' ', 3)[2]!))
    .map(readDefinitionLine);
};
