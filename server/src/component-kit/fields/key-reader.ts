import { hash } from 'node:crypto';
import { writeJson } from '../../engine/exact-number.ts';
import { messageReader } from '../../engine/header-path.ts';
import type { Message } from '../../engine/message.ts';

/** A longer text is remembered by its hash, which takes less memory. */
const longestText = 40;

/** What tells messages apart, as a short text; undefined for a message that has nothing of it. */
export const keyReader = (fields: readonly string[]): ((message: Message) => string | undefined) => {
  if (fields.length === 0)
    return (message) => shortened(message.bytes ? Buffer.from(message.bytes).toString('latin1') : message.json);
  const readers = fields.map(messageReader);
  return (message) => {
    const values = readers.map((read) => read(message));
    return values.every((value) => value === undefined) ? undefined : shortened(writeJson(values)!);
  };
};

/** The text itself, or its hash where it is long. */
export const shortened = (text: string, longest = longestText): string =>
  text.length > longest ? hash('sha1', text, 'base64url') : text;

/** What messages are grouped by; all are one group without fields, and so are those that have none of them. */
export const groupReader = (fields: readonly string[]): ((message: Message) => string) => {
  if (fields.length === 0) return () => '';
  const keyOf = keyReader(fields);
  return (message) => keyOf(message) ?? '';
};
