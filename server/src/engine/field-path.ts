import { InvalidMessage } from './fault.ts';

/** A name, or a place in a list: from 0, or backwards from -1. */
type Key = string | number;

/** Names that lead out of the data into the language itself. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** A key, and how it stands in its path. */
interface Part {
  readonly key: Key;
  readonly from: number;
  readonly to: number;
  readonly isQuoted: boolean;
}

const parseParts = (path: string): Part[] => {
  const parts: Part[] = [];
  const part = /\.?([^.[\]"]+)|\[(-?\d{1,6})\]|\["((?:[^"\\]|\\.)*)"\]/y;
  while (part.lastIndex < path.length) {
    const at = part.lastIndex;
    const found = part.exec(path);
    if (!found || (at === 0 && path.startsWith('.')))
      throw new RangeError(
        `"${path}" is no path: look at character ${at + 1}; a name with dots or brackets in it is written ["so.and.so"]`,
      );
    const [whole, name, place, quoted] = found;
    const key = place !== undefined ? Number(place) : (name ?? quoted!.replace(/\\(.)/g, '$1'));
    if (typeof key === 'string' && forbidden.has(key)) throw new RangeError(`"${key}" may not stand in a path`);
    const from = whole.startsWith('.') ? at + 1 : at;
    parts.push({ key, from, to: part.lastIndex, isQuoted: quoted !== undefined });
  }
  if (parts.length === 0) throw new RangeError('the path is empty');
  return parts;
};

/**
 * The keys of a path: `position.altitude`, `items[0].name`, `items[-1].name` (of the last one), `["a.b"].c`. Throws a
 * RangeError that says what is wrong, for malformed paths and for names such as `__proto__`.
 */
export const parsePath = (path: string): Key[] => parseParts(path).map(({ key }) => key);

const own = (object: unknown, key: Key): unknown => {
  if (typeof object !== 'object' || object === null) return undefined;
  const place = placeIn(object, key);
  return Object.hasOwn(object, place) ? (object as Record<Key, unknown>)[place] : undefined;
};

/** The key from the front, where it is a place in a list that is counted from its end. */
const placeIn = <Given extends Key>(target: unknown, key: Given): Given | number =>
  typeof key === 'number' && key < 0 && Array.isArray(target) ? target.length + key : key;

/** A name that holds what looks like several keys, such as `pm2.5`, and the number of the key behind it. */
interface LongName {
  readonly name: string;
  readonly next: number;
}

/** The names that may begin at each key, the longest first. What stands in quotes is a name by itself. */
const longNames = (path: string, parts: readonly Part[]): readonly (readonly LongName[])[] =>
  parts.map(({ from }, at) => {
    const end = parts.findIndex((part, index) => index >= at && (part.isQuoted || index - at >= mostJoined));
    const joined = parts.slice(at, end < 0 ? undefined : end);
    return joined
      .slice(1)
      .map(({ to }, index) => ({ name: path.slice(from, to), next: at + index + 2 }))
      .reverse();
  });
const mostJoined = 8;

/** The keys that lead to what lies at a path, by names with dots in them where the payload has those; undefined where nothing does. */
const finder = (path: string): ((payload: unknown) => readonly Key[] | undefined) => {
  const parts = parseParts(path);
  const long = longNames(path, parts);
  const find = (value: unknown, at: number): readonly Key[] | undefined => {
    if (at === parts.length) return value === undefined ? undefined : [];
    for (const { name, next } of long[at]!) {
      const rest = has(value, name) ? find(own(value, name), next) : undefined;
      if (rest) return [name, ...rest];
    }
    const { key } = parts[at]!;
    const rest = find(own(value, key), at + 1);
    return rest && [key, ...rest];
  };
  return (payload) => find(payload, 0);
};

const has = (value: unknown, name: string): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name);

/**
 * Reads what lies at a path; undefined where there is nothing. The path is parsed once. A name that holds dots, such as
 * `pm2.5`, is found as it stands: it goes before what lies deeper.
 */
export const reader = (path: string): ((payload: unknown) => unknown) => {
  const parts = parseParts(path);
  const keys = parts.map(({ key }) => key);
  const long = longNames(path, parts);
  const [first, second] = keys;
  if (keys.length === 1) return (payload) => own(payload, first!);
  if (keys.length === 2) {
    const name = long[0]![0]?.name;
    if (name === undefined) return (payload) => own(own(payload, first!), second!);
    return (payload) => {
      const found = own(payload, name);
      return found === undefined ? own(own(payload, first!), second!) : found;
    };
  }
  const read = (value: unknown, at: number): unknown => {
    if (value === undefined || at === keys.length) return value;
    for (const { name, next } of long[at]!) {
      const found = has(value, name) ? read(own(value, name), next) : undefined;
      if (found !== undefined) return found;
    }
    return read(own(value, keys[at]!), at + 1);
  };
  return (payload) => read(payload, 0);
};

/** Stands for every element of a list, in paths that lead to several values. */
const everyElement = '[*]';

/** As `reader`, for a path that may lead through all elements of lists, such as `items[*].name`: what lies at each of them. */
export const valuesReader = (path: string): ((payload: unknown) => readonly unknown[]) => {
  const steps = path.split(everyElement).map((part, index) => {
    const rest = index > 0 && part.startsWith('.') ? part.slice(1) : part;
    return rest === '' ? (value: unknown) => value : reader(rest);
  });
  return (payload) =>
    steps.reduce<unknown[]>(
      (values, read, index) => {
        const elements =
          index === 0 ? values : values.flatMap((value): unknown[] => (Array.isArray(value) ? value : []));
        return elements.map(read).filter((value) => value !== undefined);
      },
      [payload],
    );
};

/** Whether a path leads to several values. */
export const leadsToMany = (path: string): boolean => path.includes(everyElement);

/**
 * Objects and arrays that nobody else has seen: copies that were made on the way to one new payload. They are changed in
 * place, so that several changes of a payload copy it once. What gets a second place in the payload must leave the list.
 */
export type Own = unknown[];

/**
 * A payload with another value at a path; what lies beside is shared, what is missing on the way is made: objects for names,
 * lists for places. Changes nothing but what is in `mine`, and puts its copies there. Throws an InvalidMessage where
 * something else would be lost by it, such as a number that has no fields.
 */
export const writer = (path: string): ((payload: unknown, value: unknown, mine?: Own) => unknown) => {
  const keys = parsePath(path);
  const find = finder(path);
  const write = (target: unknown, along: readonly Key[], at: number, value: unknown, mine?: Own): unknown => {
    if (at === along.length) return value;
    const key = along[at]!;
    refuseLoss(target, key, path);
    const inner = write(own(target, key), along, at + 1, value, mine);
    const changed = (mine?.includes(target) ? target : copyOf(target, key)) as Record<Key, unknown>;
    changed[typeof key === 'number' ? Math.max(placeIn(changed, key), 0) : key] = inner;
    if (changed !== target) mine?.push(changed);
    return changed;
  };
  return (payload, value, mine) => write(payload, keys.length === 1 ? keys : (find(payload) ?? keys), 0, value, mine);
};

const refuseLoss = (target: unknown, key: Key, path: string): void => {
  if (target === undefined || target === null) return refuseGap(0, key, path);
  if (Array.isArray(target) && typeof key === 'number') return refuseGap(target.length, key, path);
  if (!isObject(target))
    throw new InvalidMessage(
      `"${path}" cannot be written: what has to hold it is ${Array.isArray(target) ? 'a list' : shown(target)}, which would be lost`,
    );
};

/** A place in a list is one that it has, or the next one. */
const refuseGap = (length: number, key: Key, path: string): void => {
  if (typeof key !== 'number' || (key >= 0 ? key <= length : -key <= Math.max(length, 1))) return;
  throw new InvalidMessage(`"${path}" cannot be written: the list has ${length} elements`);
};

const isObject = (value: NonNullable<unknown>): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value);

const copyOf = (target: unknown, key: Key): object => {
  if (Array.isArray(target)) return [...(target as unknown[])];
  if (target === undefined || target === null) return typeof key === 'number' ? [] : {};
  return { ...target };
};

/** A payload without what lies at a path; the same one where there is nothing. Puts its copies into `mine`. */
export const remover = (path: string): ((payload: unknown, mine?: Own) => unknown) => {
  const find = finder(path);
  const remove = (target: unknown, along: readonly Key[], at: number, mine: Own | undefined): unknown => {
    const key = along[at]!;
    const place = placeIn(target, key);
    const changed =
      at < along.length - 1
        ? replaced(target as object, place, remove(own(target, key), along, at + 1, mine))
        : without(target as object, place);
    mine?.push(changed);
    return changed;
  };
  return (payload, mine) => {
    const along = find(payload);
    return along ? remove(payload, along, 0, mine) : payload;
  };
};

const replaced = (target: object, key: Key, inner: unknown): object =>
  Array.isArray(target) ? target.with(key as number, inner) : { ...target, [key]: inner };

const without = (target: object, key: Key): object => {
  if (Array.isArray(target)) return target.toSpliced(key as number, 1);
  const fields = target as Readonly<Record<Key, unknown>>;
  if (Object.hasOwn(fields, '__proto__')) {
    const { [key]: _, ...kept } = fields;
    return kept;
  }
  const kept: Record<string, unknown> = {};
  const removed = String(key);
  for (const name in fields) if (name !== removed) kept[name] = fields[name];
  return kept;
};
