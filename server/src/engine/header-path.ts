import { InvalidMessage } from './fault.ts';
import { parsePath, reader } from './field-path.ts';
import { jsonOf } from './json-text.ts';
import type { Headers, Message } from './message.ts';

/**
 * Paths such as `@header.topic` or `@header["content-type"]` lead to the headers of a message, which are texts. A field of a payload
 * that has this name is reached by `["@header"]`.
 */
const firstKey = '@header';
/** So many characters may all headers of a message take together. */
const mostCharacters = 16 * 1024;

const isHeaderPath = (path: string): boolean => /^@header[.[]/.test(path);

/** Whether any field of a config is a header: only then headers need be looked at. */
export const namesHeaders = (config: unknown): boolean => JSON.stringify(config).includes(firstKey);

/** Reads what lies at a path: in the payload of a message, or among its headers. The path is parsed once. */
export const messageReader = (path: string): ((message: Message) => unknown) => {
  const read = reader(path);
  if (!isHeaderPath(path)) return (message) => read(message.payload);
  const [, name] = parsePath(path);
  return ({ headers }) => (Object.hasOwn(headers, name!) ? headers[name!] : undefined);
};

/** The payload with the headers as one more field, for changes of both. */
export const joined = ({ payload, headers }: Message): unknown =>
  isPlain(payload) ? { ...payload, [firstKey]: { ...headers } } : payload;

/** A message of what `joined` has become: its headers are texts again. Throws an InvalidMessage where they are too much. */
export const parted = (message: Message, changed: unknown, grown = 0): Message => {
  if (!isPlain(changed) || !isPlain(message.payload)) return message.with(changed, grown);
  const { [firstKey]: headers, ...payload } = changed;
  return message.with(payload, grown).withHeaders(asHeaders(headers));
};

/** Headers of what somebody has made of them: texts. Throws an InvalidMessage where they are too much. */
export const asHeaders = (given: unknown): Headers => {
  const headers: Record<string, string> = {};
  let characters = 0;
  if (!isPlain(given)) return headers;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    const text = typeof value === 'string' ? value : jsonOf(value);
    characters += name.length + text.length;
    headers[name] = text;
  }
  if (characters > mostCharacters)
    throw new InvalidMessage(`its headers would take more than the ${mostCharacters / 1024} KB that they may take`);
  return headers;
};

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
