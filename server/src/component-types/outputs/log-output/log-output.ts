import { messageReader } from '../../../engine/header-path.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import type { Message } from '../../../engine/message.ts';

/** Longest line, in characters. */
const longestLine = 500;

/** The line of a message, as a function made once: on one line, and cut where it is long. Throws an Error for a bad path. */
export const compileLine = (text: string): ((message: Message) => string) => {
  if (text === '') return ({ json }) => oneLine(json);
  const parts = text.split(/(\{\{|\}\}|\{[^{}]+\})/).map((part) => {
    if (part === '{{' || part === '}}') return () => part[0]!;
    if (!part.startsWith('{') || !part.endsWith('}') || part.length < 3) return () => part;
    const read = messageReader(part.slice(1, -1).trim());
    return (message: Message) => textOf(read(message));
  });
  return (message) => oneLine(parts.map((part) => part(message)).join(''));
};

/** Why a text is none, for people; undefined where it is one. */
export const lineProblem = (text: string): string | undefined => {
  try {
    compileLine(text);
    return undefined;
  } catch (thrown) {
    return `${(thrown as Error).message}; write {{ and }} for braces that are text`;
  }
};

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : jsonOf(value);

/** What would begin a line of its own, or change how a terminal shows it, is a space. */
const oneLine = (text: string): string => {
  const line = text.slice(0, 2 * longestLine).replace(/\p{C}+/gu, ' ');
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
};
