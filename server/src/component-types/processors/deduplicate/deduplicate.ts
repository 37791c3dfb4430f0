import { writeJson } from '../../../engine/exact-number.ts';
import { hash } from 'node:crypto';
import { messageReader } from '../../../engine/header-path.ts';
import type { KeptMap } from '../../../engine/kept-map.ts';
import type { Message } from '../../../engine/message.ts';

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

const shortened = (text: string): string => (text.length > longestText ? hash('sha1', text, 'base64url') : text);

/**
 * Whether a message is the first of its kind, or the first since `withinMs`. Time is that at which messages came in, so that what
 * is handed over again after a crash is judged as it was.
 */
export const firstOfItsKind =
  (keyOf: (message: Message) => string | undefined, seen: KeptMap<number>, withinMs = Infinity) =>
  (message: Message): boolean => {
    const key = keyOf(message);
    if (key === undefined) return true;
    const before = seen.get(key);
    if (before !== undefined && message.time - before < withinMs) return false;
    seen.set(key, message.time);
    return true;
  };
