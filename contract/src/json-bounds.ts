/** How much a flow document may hold. What is beyond is refused before anything looks at it more closely. */
export const documentBounds = {
  /** Lists and objects within each other. */
  depth: 64,
  /** Texts, numbers, lists, objects, … in all. */
  values: 50_000,
  /** Entries of one list. */
  entries: 10_000,
  /** Keys of one object. */
  keys: 2000,
  /** Characters of one text. */
  text: 100_000,
  /** Characters of one key. */
  key: 500,
} as const;

/** Where a value is more than it may be, and how. */
export interface Excess {
  readonly path: readonly PropertyKey[];
  readonly sentence: string;
  readonly hint?: string;
}

interface Opened {
  readonly name: PropertyKey | undefined;
  /** Undefined for a list, whose keys are numbers. */
  readonly keys: readonly string[] | undefined;
  readonly value: object;
  next: number;
}

/** The first place where a JSON value is beyond the bounds of a document. Takes one look at each value, and no recursion. */
export const excessOf = (document: unknown): Excess | undefined => {
  const opened: Opened[] = [];
  let values = 0;
  const pathTo = (name: PropertyKey | undefined): PropertyKey[] =>
    [...opened.map((each) => each.name), name].filter((each) => each !== undefined);
  /** Notes a value, and opens it where there is something inside. */
  const enter = (name: PropertyKey | undefined, value: unknown): Omit<Excess, 'path'> | undefined => {
    values += 1;
    if (values > documentBounds.values)
      return {
        sentence: `the document has more than ${spaced(documentBounds.values)} values`,
        hint: 'use several flows',
      };
    if (typeof value === 'string') return textExcess(value);
    if (typeof value !== 'object' || value === null) return undefined;
    if (opened.length >= documentBounds.depth)
      return { sentence: `lists and objects lie within each other more than ${documentBounds.depth} times` };
    const keys = Array.isArray(value) ? undefined : Object.keys(value);
    opened.push({ name, keys, value, next: 0 });
    return sizeExcess(value, keys);
  };

  const first = enter(undefined, document);
  if (first) return { path: [], ...first };
  for (let inner = opened.at(-1); inner; inner = opened.at(-1)) {
    const { keys, value } = inner;
    const size = keys ? keys.length : (value as readonly unknown[]).length;
    if (inner.next >= size) {
      opened.pop();
      continue;
    }
    const name = keys ? keys[inner.next]! : inner.next;
    inner.next += 1;
    const depth = opened.length;
    const excess = keyExcess(name) ?? enter(name, (value as Record<PropertyKey, unknown>)[name]);
    if (excess) return { path: opened.length > depth ? pathTo(undefined) : pathTo(name), ...excess };
  }
  return undefined;
};

const sizeExcess = (value: object, keys: readonly string[] | undefined): Omit<Excess, 'path'> | undefined => {
  const [size, most, what] = keys
    ? ([keys.length, documentBounds.keys, 'an object has'] as const)
    : ([(value as readonly unknown[]).length, documentBounds.entries, 'a list has'] as const);
  if (size <= most) return undefined;
  return { sentence: `${what} ${spaced(most)} entries at most, and this one ${spaced(size)}` };
};

/** Half a character: what is written down with it is not what is read again. */
const halfCharacter = /\p{Surrogate}/u;

const textExcess = (text: string): Omit<Excess, 'path'> | undefined => {
  if (text.length > documentBounds.text)
    return {
      sentence: `a text has ${spaced(documentBounds.text)} characters at most, and this one ${spaced(text.length)}`,
    };
  return halfCharacter.test(text) ? { sentence: 'the text holds half a character (a lone surrogate)' } : undefined;
};

const keyExcess = (key: PropertyKey): Omit<Excess, 'path'> | undefined => {
  if (typeof key !== 'string') return undefined;
  if (key.length > documentBounds.key)
    return { sentence: `a key has ${documentBounds.key} characters at most, and this one ${spaced(key.length)}` };
  if (key === '__proto__') return { sentence: '"__proto__" cannot be a key' };
  return halfCharacter.test(key) ? { sentence: 'the key holds half a character (a lone surrogate)' } : undefined;
};

/** `1234567` as `1 234 567`. */
export const spaced = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ' ');
