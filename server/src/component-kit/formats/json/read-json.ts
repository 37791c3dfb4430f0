import { InvalidMessage } from '../../../engine/fault.ts';
import { parseJson } from '../../../engine/json-text.ts';
import { JsonTexts } from '../../content/json-texts.ts';
import { bareJson } from '../../content/marks.ts';
import { type Harvest, type LineStart, placeOf } from '../harvest.ts';
import { whereJsonBreaks } from './where-json-breaks.ts';

/**
 * One JSON text, or several however they are written: over several lines, one after the other. Throws an InvalidMessage, with
 * the place, where one of them is none: then nobody knows where the next one begins.
 */
export const readJsonTexts = (text: string, harvest: Harvest): void => {
  const bare = bareJson(text);
  if (bare === '') return;
  const whole = parsed(bare);
  if ('payload' in whole) return harvest.record(whole.payload, bare.length);
  const found: { readonly payload: unknown; readonly size: number }[] = [];
  let at = 0;
  for (const each of textsIn(text)) {
    at = text.indexOf(each, at);
    const one = parsed(each);
    if (!('payload' in one)) throw new InvalidMessage(problemOf(one.thrown, text, { from: at, each }));
    found.push({ payload: one.payload, size: each.length });
    at += each.length;
  }
  for (const { payload, size } of found) harvest.record(payload, size);
};

/** Each line a JSON text; one that is none is refused by itself. Empty lines hold none. */
export const readJsonLine = (line: string, number: number, harvest: Harvest): void => {
  const text = bareJson(line);
  if (text === '') return;
  const one = parsed(text);
  if ('payload' in one) return harvest.record(one.payload, text.length);
  const at = line.indexOf(text);
  harvest.refuse(problemOf(one.thrown, line, { from: at, each: text, line: { line: number, start: 0 } }), line);
};

const parsed = (text: string): { readonly payload: unknown } | { readonly thrown: unknown } => {
  try {
    return { payload: parseJson(text) };
  } catch (thrown) {
    return { thrown };
  }
};

/** Handed over in pieces, so that a text of brackets alone is never as many texts at once. */
function* textsIn(text: string): Iterable<string> {
  const texts = new JsonTexts({
    longest: Infinity,
    tooLong: () => undefined,
    splitsLists: false,
    bytesOf: ({ length }) => length,
  });
  for (let start = 0; start < text.length; start += pieceLength)
    yield* texts.push(text.slice(start, start + pieceLength));
  yield* texts.finish();
}
const pieceLength = 64 * 1024;

const problemOf = (
  thrown: unknown,
  text: string,
  { from, each, line }: { readonly from: number; readonly each: string; readonly line?: LineStart },
): string => {
  if (thrown instanceof InvalidMessage) return `${placeOf(text, from, line)}: ${thrown.message}`;
  const { at, why } = whereJsonBreaks(each);
  return `${placeOf(text, from + at, line)}: it is no JSON: ${why}`;
};
