import { readJson, writeJson } from './exact-number.ts';
import { InvalidMessage, sentenceOf } from './fault.ts';
import { sizeOfJson } from './json-size.ts';
import { limits } from './limits.ts';

/** A level takes two characters, so a text shorter than this has no more levels than it may. */
const surelyFlat = 2 * limits.levels;
/** A text shorter than this has no more values than it may. */
const surelySmall = 256 * 1024;
/** About what a list or an object takes in memory, and any value in one, in bytes. */
const containerBytes = 64;
const valueBytes = 16;

/**
 * Parses JSON that came from outside. Throws a SyntaxError where it is none, and an InvalidMessage where it is nested
 * deeper, or would take more memory, than a message may.
 */
export const parseJson = (text: string): unknown => {
  if (text.length >= surelyFlat && (text.length >= surelySmall || hasManyContainers(text))) refuseTooMuch(text);
  return readJson(text);
};

/** Why a text could not be parsed, for people. */
export const whyNoJson = (thrown: unknown, text: string): string =>
  thrown instanceof InvalidMessage ? thrown.message : `no JSON: ${JSON.stringify(text.slice(0, 60))}`;

/** A look from bracket to bracket, which is quick where there are few: so it is with nearly every text. */
const hasManyContainers = (text: string): boolean => {
  let left: number = limits.levels;
  for (const bracket of ['{', '['])
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if ((left -= 1) < 0) return true;
  return false;
};

const refuseTooMuch = (text: string): void => {
  const { levels, containers, commas } = sizeOfJson(text, limits);
  if (levels > limits.levels)
    throw new InvalidMessage(`it is nested deeper than the ${limits.levels} levels that a message may have`);
  const bytes = text.length + commas * valueBytes + containers * containerBytes;
  if (bytes > limits.parsed)
    throw new InvalidMessage(
      `it holds so many values that it would take ${megabytes(bytes)} MB of memory; a message may take ${megabytes(limits.parsed)} MB`,
    );
};

const megabytes = (bytes: number): number => Math.ceil(bytes / 1024 ** 2);

/** A payload as JSON on one line. Throws an InvalidMessage, with the reason, where JSON cannot say what it holds. */
export const jsonOf = (payload: unknown): string => {
  const text = written(payload);
  if (text === undefined) throw new InvalidMessage('its payload is nothing that JSON can say');
  // JSON knows neither infinity nor NaN, and `JSON.stringify` makes null of them
  if (text.includes('null') && holdsNoNumber(payload))
    throw new InvalidMessage(
      'a component has put a number into it that JSON cannot say: infinity, or none at all (NaN)',
    );
  return text;
};

const written = (payload: unknown): string | undefined => {
  try {
    return writeJson(payload);
  } catch (cause) {
    throw new InvalidMessage(`it cannot be written as JSON: ${whyNotWritten(cause)}`, { cause });
  }
};

const whyNotWritten = (thrown: unknown): string => {
  const sentence = sentenceOf(thrown).split('\n', 1)[0]!;
  if (!(thrown instanceof RangeError)) return sentence;
  return sentence.includes('stack') ? 'it is nested too deep' : 'it is too long';
};

/** Whether infinity or NaN lies anywhere in a payload that could be written. */
const holdsNoNumber = (payload: unknown): boolean => {
  if (typeof payload === 'number') return !Number.isFinite(payload);
  if (typeof payload !== 'object' || payload === null) return false;
  if (Array.isArray(payload)) return payload.some(holdsNoNumber);
  for (const name in payload) if (holdsNoNumber((payload as Readonly<Record<string, unknown>>)[name])) return true;
  return false;
};
