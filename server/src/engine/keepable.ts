import { ExactNumber } from './exact-number.ts';
import type { Failure } from './world.ts';

/** What is shown of a payload that JSON cannot hold, in characters, and how deep. */
const longestOutline = 16 * 1024;
const deepestOutline = 20;

/** The same failure with a message that can be kept: a payload that cannot be written becomes a text about it, as bytes. */
export const keepable = (failure: Failure): Failure => {
  const { message } = failure;
  if (!message) return failure;
  try {
    if (!message.bytes) void message.json;
    return failure;
  } catch {
    return { ...failure, message: message.with(Buffer.from(outlineOf(message.payload))) };
  }
};

/** Something like JSON, of anything: cut where it is long, deep, or in a circle. */
const outlineOf = (payload: unknown): string => {
  let left = longestOutline;
  const say = (text: string): string => {
    const said = text.slice(0, Math.max(0, left));
    left -= text.length;
    return said;
  };
  const outline = (value: unknown, level: number): string => {
    if (left <= 0) return '';
    if (typeof value === 'string') return say(JSON.stringify(value.slice(0, left)));
    if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return say(String(value));
    if (level > deepestOutline) return say('…');
    const parts = Array.isArray(value) ? listed(value, level) : named(value, level);
    return Array.isArray(value) ? `[${parts}]` : `{${parts}}`;
  };
  const listed = (values: readonly unknown[], level: number): string => {
    let text = '';
    for (let at = 0; at < values.length && left > 0; at += 1)
      text += `${at === 0 ? '' : say(',')}${outline(values[at], level + 1)}`;
    return text;
  };
  const named = (values: object, level: number): string => {
    let text = '';
    for (const name in values) {
      if (left <= 0) break;
      text += `${text === '' ? '' : say(',')}${say(JSON.stringify(name))}:${outline((values as Readonly<Record<string, unknown>>)[name], level + 1)}`;
    }
    return text;
  };
  return outline(payload, 0);
};
