import { InvalidMessage, sentenceOf } from './fault.ts';
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
  return JSON.parse(text) as unknown;
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

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

const refuseTooMuch = (text: string): void => {
  let level = 0;
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfText(text, at);
    else if (code === comma) bytes += valueBytes;
    else if (code === closeList || code === closeObject) level -= 1;
    else if (code === openList || code === openObject) {
      level += 1;
      bytes += containerBytes;
      if (level > limits.levels)
        throw new InvalidMessage(`it is nested deeper than the ${limits.levels} levels that a message may have`);
    }
  }
  if (bytes > limits.parsed)
    throw new InvalidMessage(
      `it holds so many values that it would take ${megabytes(bytes)} MB of memory; a message may take ${megabytes(limits.parsed)} MB`,
    );
};

const megabytes = (bytes: number): number => Math.ceil(bytes / 1024 ** 2);

/** Where the quote stands that ends the text which begins at `start`; the end of all where there is none. */
const endOfText = (text: string, start: number): number => {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === backslash) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
};

/** A payload as JSON on one line. Throws an InvalidMessage, with the reason, where JSON cannot say what it holds. */
export const jsonOf = (payload: unknown): string => {
  const text = written(payload);
  if (text === undefined) throw new InvalidMessage('its payload is nothing that JSON can say');
  // JSON has no infinity, and what has none is written as null
  if (text.includes('null') && holdsInfinity(payload))
    throw new InvalidMessage('it holds a number that is too large for a computer to write again');
  return text;
};

const written = (payload: unknown): string | undefined => {
  try {
    return JSON.stringify(payload);
  } catch (cause) {
    throw new InvalidMessage(`it cannot be written as JSON: ${whyNotWritten(cause)}`, { cause });
  }
};

const whyNotWritten = (thrown: unknown): string => {
  const sentence = sentenceOf(thrown).split('\n', 1)[0]!;
  if (!(thrown instanceof RangeError)) return sentence;
  return sentence.includes('stack') ? 'it is nested too deep' : 'it is too long';
};

/** Whether an infinite number lies anywhere in a payload that could be written. */
const holdsInfinity = (payload: unknown): boolean => {
  if (typeof payload === 'number') return payload === Infinity || payload === -Infinity;
  if (typeof payload !== 'object' || payload === null) return false;
  if (Array.isArray(payload)) return payload.some(holdsInfinity);
  for (const name in payload) if (holdsInfinity((payload as Readonly<Record<string, unknown>>)[name])) return true;
  return false;
};
