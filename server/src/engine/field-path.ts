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

/** A payload with another value at a path; what lies beside is shared, what is missing on the way is made. */
export const writer = (path: string): ((payload: unknown, value: unknown) => unknown) => {
  const keys = parsePath(path);
  const write = (target: unknown, at: number, value: unknown): unknown => {
    if (at === keys.length) return value;
    const key = keys[at]!;
    const inner = write(own(target, key), at + 1, value);
    if (Array.isArray(target) && typeof key === 'number')
      return target.length > key ? target.with(key, inner) : [...target, inner];
    const kept = typeof target === 'object' && target !== null ? target : {};
    return { ...kept, [key]: inner };
  };
  return (payload, value) => write(payload, 0, value);
};

/** A payload without what lies at a path; the same one where there is nothing. */
export const remover = (path: string): ((payload: unknown) => unknown) => {
  const keys = parsePath(path);
  const remove = (target: unknown, at: number): unknown => {
    const key = keys[at]!;
    if (
      own(target, key) === undefined &&
      !(typeof target === 'object' && target !== null && Object.hasOwn(target, key))
    )
      return target;
    if (at < keys.length - 1) {
      const inner = remove(own(target, key), at + 1);
      if (inner === own(target, key)) return target;
      if (Array.isArray(target)) return target.with(key as number, inner);
      return { ...(target as object), [key]: inner };
    }
    if (Array.isArray(target)) return target.toSpliced(key as number, 1);
    const { [key]: _, ...rest } = target as Record<Key, unknown>;
    return rest;
  };
  return (payload) => remove(payload, 0);
};
