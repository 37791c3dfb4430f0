type Key = string | number;

/** Names that lead out of the data into the language itself. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The keys of a path: `position.altitude`, `items[0].name`, `["a.b"].c`. Throws a RangeError that says what is wrong, for
 * malformed paths and for names such as `__proto__`.
 */
export const parsePath = (path: string): Key[] => {
  const keys: Key[] = [];
  const part = /\.?([^.[\]"]+)|\[(\d{1,6})\]|\["((?:[^"\\]|\\.)*)"\]/y;
  while (part.lastIndex < path.length) {
    const at = part.lastIndex;
    const found = part.exec(path);
    if (!found || (at === 0 && path.startsWith('.')))
      throw new RangeError(`"${path}" is no path: look at character ${at + 1}`);
    const key = found[2] !== undefined ? Number(found[2]) : (found[1] ?? found[3]!.replace(/\\(.)/g, '$1'));
    if (typeof key === 'string' && forbidden.has(key)) throw new RangeError(`"${key}" may not stand in a path`);
    keys.push(key);
  }
  if (keys.length === 0) throw new RangeError('the path is empty');
  return keys;
};

const own = (object: unknown, key: Key): unknown => {
  if (typeof object !== 'object' || object === null) return undefined;
  return Object.hasOwn(object, key) ? (object as Record<Key, unknown>)[key] : undefined;
};

/** Reads what lies at a path; undefined where there is nothing. The path is parsed once. */
export const reader = (path: string): ((payload: unknown) => unknown) => {
  const keys = parsePath(path);
  const [first, second] = keys;
  if (keys.length === 1) return (payload) => own(payload, first!);
  if (keys.length === 2) return (payload) => own(own(payload, first!), second!);
  return (payload) => {
    let value = payload;
    for (let index = 0; index < keys.length && value !== undefined; index += 1) value = own(value, keys[index]!);
    return value;
  };
};

/**
 * Objects and arrays that nobody else has seen: copies that were made on the way to one new payload. They are changed in
 * place, so that several changes of a payload copy it once. What gets a second place in the payload must leave the list.
 */
export type Own = unknown[];

/**
 * A payload with another value at a path; what lies beside is shared, what is missing on the way is made. Changes nothing
 * but what is in `mine`, and puts its copies there.
 */
export const writer = (path: string): ((payload: unknown, value: unknown, mine?: Own) => unknown) => {
  const keys = parsePath(path);
  const write = (target: unknown, at: number, value: unknown, mine: Own | undefined): unknown => {
    if (at === keys.length) return value;
    const key = keys[at]!;
    const inner = write(own(target, key), at + 1, value, mine);
    const isList = Array.isArray(target) && typeof key === 'number';
    const changed = (mine?.includes(target) ? target : isList ? [...target] : copyOf(target)) as Record<Key, unknown>;
    changed[isList ? Math.min(key, target.length) : key] = inner;
    if (changed !== target) mine?.push(changed);
    return changed;
  };
  return (payload, value, mine) => write(payload, 0, value, mine);
};

const copyOf = (target: unknown): object => ({ ...(typeof target === 'object' && target !== null ? target : {}) });

/** A payload without what lies at a path; the same one where there is nothing. Puts its copies into `mine`. */
export const remover = (path: string): ((payload: unknown, mine?: Own) => unknown) => {
  const keys = parsePath(path);
  const remove = (target: unknown, at: number, mine: Own | undefined): unknown => {
    const key = keys[at]!;
    if (typeof target !== 'object' || target === null || !Object.hasOwn(target, key)) return target;
    const changed = at < keys.length - 1 ? removeWithin(target, at, mine) : without(target, key);
    if (changed !== target) mine?.push(changed);
    return changed;
  };
  const removeWithin = (target: object, at: number, mine: Own | undefined): unknown => {
    const key = keys[at]!;
    const present = own(target, key);
    const inner = remove(present, at + 1, mine);
    if (inner === present) return target;
    if (Array.isArray(target)) return target.with(key as number, inner);
    return { ...target, [key]: inner };
  };
  return (payload, mine) => remove(payload, 0, mine);
};

const without = (target: object, key: Key): object => {
  if (Array.isArray(target)) return target.toSpliced(key as number, 1);
  const fields = target as Readonly<Record<Key, unknown>>;
  if (Object.hasOwn(fields, '__proto__')) {
    const { [key]: _, ...kept } = fields;
    return kept;
  }
  const kept: Record<string, unknown> = {};
  for (const name in fields) if (name !== key) kept[name] = fields[name];
  return kept;
};
