import { parsePath, reader } from '../../../engine/field-path.ts';
import { jsonOf } from '../../../engine/json-text.ts';

/** What texts of a payload may name. */
export interface Named {
  /** When it was due, as a date, and in milliseconds since 1970. */
  readonly time: string;
  readonly unix_ms: number;
  /** Which one it is, from 1. */
  readonly count: number;
  readonly device?: unknown;
}

type Make = (named: Named) => unknown;
const names: ReadonlySet<unknown> = new Set(['time', 'unix_ms', 'count', 'device']);
const mark = /(\{\{|\}\}|\{[^{}]*\})/;

/** A payload as a function of what its texts name, made once. Throws an Error for a name that there is not. */
export const compilePayload = (payload: unknown): Make => {
  if (typeof payload === 'string') return compileText(payload);
  if (Array.isArray(payload)) {
    const made = payload.map(compilePayload);
    return (named) => made.map((make) => make(named));
  }
  if (typeof payload !== 'object' || payload === null) return () => payload;
  const entries = Object.entries(payload).map(([key, value]) => [key, compilePayload(value)] as const);
  return (named) => Object.fromEntries(entries.map(([key, make]) => [key, make(named)]));
};

/** A text that is one name alone becomes the value itself, such as a number. */
const compileText = (text: string): Make => {
  const parts = text.split(mark).filter((part) => part !== '');
  const made = parts.map((part): Make => {
    if (part === '{{' || part === '}}') return () => part[0];
    return part.startsWith('{') && part.endsWith('}') ? readName(part.slice(1, -1).trim()) : () => part;
  });
  if (made.length === 1) return made[0]!;
  return (named) => made.map((make) => textOf(make(named))).join('');
};

const readName = (path: string): Make => {
  if (!names.has(parsePath(path)[0]))
    throw new Error(
      `"${path}" is none of {time}, {unix_ms}, {count} and {device}; write {{ and }} for braces that are text`,
    );
  const read = reader(path);
  return (named) => read(named) ?? null;
};

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : jsonOf(value);

/** Why a payload cannot be made, for people; undefined where it can. */
export const payloadProblem = (payload: unknown): string | undefined => {
  try {
    compilePayload(payload);
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

/** Whether a payload tells of the device: only then it is looked at. */
export const tellsOfDevice = (payload: unknown): boolean => /\{\s*device/.test(JSON.stringify(payload));
