import { InvalidMessage } from '../../engine/fault.ts';
import { messageReader } from '../../engine/header-path.ts';
import type { Message } from '../../engine/message.ts';

/** One piece of a template: a text as it stands, or what a message has at a path. */
type Piece = string | { readonly path: string; readonly read: (message: Message) => unknown };

/** Text with places for fields of a message: `sensors/{site}/{@header.topic}`; `{{` and `}}` are braces. */
export interface MessageTemplate {
  /** What stands in it as it is, with an empty text for each field. */
  readonly fixed: string;
  readonly isFixed: boolean;
  /** Paths of the fields that stand in it. */
  readonly paths: readonly string[];
  /** Throws an InvalidMessage where a field is missing, or is no single value. */
  write(message: Message): string;
}

/** What a template may have beside fields. */
interface TemplateWords {
  /** Words that stand for something else than a field of that name: how that is read. */
  readonly words?: Readonly<Record<string, (message: Message) => unknown>>;
  /** How the value of a field is written; as it is where nothing is said. */
  readonly asText?: (value: string) => string;
}

/** Throws a RangeError that says what is wrong with a text that is no template. */
export const parseMessageTemplate = (
  text: string,
  { words = {}, asText = (value) => value }: TemplateWords = {},
): MessageTemplate => {
  const pieces = text
    .split(/(\{\{|\}\}|\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part) => pieceOf(part, words));
  const fixed = pieces.map((piece) => (typeof piece === 'string' ? piece : '')).join('');
  const isFixed = pieces.every((piece) => typeof piece === 'string');
  const paths = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.path]));
  if (isFixed) return { fixed, isFixed, paths, write: () => fixed };
  return {
    fixed,
    isFixed,
    paths,
    write(message) {
      let written = '';
      for (const piece of pieces)
        written += typeof piece === 'string' ? piece : asText(valueText(piece.read(message), piece.path));
      return written;
    },
  };
};

const pieceOf = (part: string, words: NonNullable<TemplateWords['words']>): Piece => {
  if (part === '{{' || part === '}}') return part[0]!;
  const path = /^\{(.*)\}$/s.exec(part)?.[1]?.trim();
  if (path === undefined) {
    if (/[{}]/.test(part)) throw new RangeError('a brace has no other one: write {{ and }} for braces that are text');
    return part;
  }
  if (path === '') throw new RangeError('"{}" names no field: write one into the braces, such as {site}');
  return { path, read: Object.hasOwn(words, path) ? words[path]! : messageReader(path) };
};

/** Why a text is no template, for people; undefined where it is one. */
export const messageTemplateProblem = (text: string): string | undefined => {
  try {
    parseMessageTemplate(text);
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

const valueText = (value: unknown, path: string): string => {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || value instanceof Number) return String(value);
  const what = value === undefined || value === null ? 'missing' : value === '' ? 'empty' : 'no single value';
  throw new InvalidMessage(`the field "${path}" is ${what}, and its value is needed`);
};
