import { deepestSeenField, mostSeenFields, pathTo, type SeenField, type ValueType } from '@semstreams/contract';
import { doubleOf, writeJson } from '../../engine/exact-number.ts';
import type { Message } from '../../engine/message.ts';

const mostValues = 3;
const longestValue = 60;
/** A longer name is no name that anybody wants to choose. */
const longestName = 200;

interface Seen {
  readonly types: Set<ValueType>;
  count: number;
  values: string[];
}

/** The fields of messages: their names as settings write them, what they are, and some of their values. Bounded in number, depth and length. */
export class SeenFields {
  private readonly seen = new Map<string, Seen>();
  /** Whether something was left out. */
  isCut = false;

  /** @param mask takes secrets out of a text */
  constructor(private readonly mask: (text: string) => string) {}

  add({ bytes, payload, headers }: Message): void {
    if (!bytes) this.walk(payload, '', 0);
    for (const [name, text] of Object.entries(headers)) this.note(pathTo('@header', name), text);
  }

  tell(): SeenField[] {
    return [...this.seen].map(([path, { types, count, values }]) => ({
      path: this.mask(path),
      types: [...types],
      count,
      values,
    }));
  }

  private walk(value: unknown, path: string, depth: number): void {
    if (typeOf(value) !== 'object') return;
    for (const name of Object.keys(value as object)) {
      if (name === '__proto__' || name === 'constructor' || name === 'prototype') continue;
      if (name.length > longestName || depth >= deepestSeenField) {
        this.isCut = true;
        continue;
      }
      this.enter((value as Readonly<Record<string, unknown>>)[name], pathTo(path, name), depth + 1);
    }
  }

  private enter(value: unknown, path: string, depth: number): void {
    if (!this.note(path, value)) return;
    if (!Array.isArray(value)) this.walk(value, path, depth);
    else if (value.length > 0 && depth < deepestSeenField) this.enter(value[0], `${path}[0]`, depth + 1);
    else if (value.length > 0) this.isCut = true;
  }

  /** Whether there was room for it. */
  private note(path: string, value: unknown): boolean {
    let seen = this.seen.get(path);
    if (!seen) {
      if (this.seen.size >= mostSeenFields) {
        this.isCut = true;
        return false;
      }
      seen = { types: new Set(), count: 0, values: [] };
      this.seen.set(path, seen);
    }
    const type = typeOf(value);
    seen.types.add(type);
    seen.count += 1;
    if (type === 'object' || type === 'list') return true;
    const text = this.mask(textOf(value)).slice(0, longestValue);
    if (seen.values[0] !== text)
      seen.values = [text, ...seen.values.filter((each) => each !== text)].slice(0, mostValues);
    return true;
  }
}

const typeOf = (value: unknown): ValueType => {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'yes_no';
  if (value === null || value === undefined) return 'empty';
  if (value instanceof Uint8Array) return 'bytes';
  if (doubleOf(value) !== undefined) return 'number';
  return Array.isArray(value) ? 'list' : 'object';
};

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value instanceof Uint8Array ? `${value.length} bytes` : (writeJson(value) ?? '');
