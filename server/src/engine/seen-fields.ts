import { deepestSeenField, mostSeenFields, pathTo, type SeenField, type ValueType } from '@semstreams/contract';
import { doubleOf, writeJson } from './exact-number.ts';
import type { Message } from './message.ts';

const mostValues = 3;
const longestValue = 60;
/** A longer name is no name that anybody wants to choose. */
const longestName = 200;

/** A field of one message: its name as settings write it, what it is, and its value where that is short enough to tell. */
interface Field {
  readonly path: string;
  readonly type: ValueType;
  readonly text: string | undefined;
}

/** The fields of one message, and whether some were left out. */
export interface FieldsOfMessage {
  readonly fields: readonly Field[];
  readonly isCut: boolean;
}

interface Seen {
  types: ValueType[];
  count: number;
  values: string[];
}

/** The fields of messages: their names, what they are, and some of their values. Bounded in number. */
export class SeenFields {
  private readonly seen = new Map<string, Seen>();
  /** Whether something was left out. */
  isCut = false;

  add({ fields, isCut }: FieldsOfMessage): void {
    this.isCut ||= isCut;
    for (const field of fields) this.note(field);
  }

  tell(): SeenField[] {
    return [...this.seen].map(([path, { types, count, values }]) => ({ path, types, count, values }));
  }

  private note({ path, type, text }: Field): void {
    let seen = this.seen.get(path);
    if (!seen) {
      if (this.seen.size >= mostSeenFields) return void (this.isCut = true);
      seen = { types: [], count: 0, values: [] };
      this.seen.set(path, seen);
    }
    if (!seen.types.includes(type)) seen.types = [...seen.types, type];
    seen.count += 1;
    if (text !== undefined && seen.values[0] !== text)
      seen.values = [text, ...seen.values.filter((each) => each !== text)].slice(0, mostValues);
  }
}

/**
 * The fields of a message, bounded in number, depth and length.
 *
 * @param mask takes secrets out of a text
 */
export const fieldsOf = ({ bytes, payload, headers }: Message, mask: (text: string) => string): FieldsOfMessage => {
  const fields: Field[] = [];
  let isCut = false;

  const walk = (value: unknown, path: string, depth: number): void => {
    if (typeOf(value) !== 'object') return;
    for (const name of Object.keys(value as object)) {
      if (name === '__proto__' || name === 'constructor' || name === 'prototype') continue;
      if (name.length > longestName || depth >= deepestSeenField) isCut = true;
      else enter((value as Readonly<Record<string, unknown>>)[name], pathTo(path, name), depth + 1);
    }
  };
  const enter = (value: unknown, path: string, depth: number): void => {
    if (fields.length >= mostSeenFields) return void (isCut = true);
    note(path, value);
    if (!Array.isArray(value)) walk(value, path, depth);
    else if (value.length > 0 && depth < deepestSeenField) enter(value[0], `${path}[0]`, depth + 1);
    else if (value.length > 0) isCut = true;
  };
  const note = (path: string, value: unknown): void => {
    const type = typeOf(value);
    const text = type === 'object' || type === 'list' ? undefined : mask(textOf(value)).slice(0, longestValue);
    fields.push({ path: mask(path), type, text });
  };

  if (!bytes) walk(payload, '', 0);
  for (const [name, text] of Object.entries(headers)) note(pathTo('@header', name), text);
  return { fields, isCut };
};

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
