import { placeOf } from '@semstreams/contract';
import { endOfText } from '../engine/exact-number.ts';

/** Something in a JSON text that its value does not show, or that no program should take. */
export interface WrongInJson {
  readonly place: string;
  readonly sentence: string;
}

/**
 * What is wrong with the names and texts of a JSON text, if something is: a name twice in one object, of which the first
 * would be lost; a name that means something else to JavaScript; half a character. `text` must be JSON.
 */
export const wrongInJson = (text: string): WrongInJson | undefined => {
  const path: (string | number)[] = [];
  const names: (Set<string> | undefined)[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at += 1) {
    const inside = names.length - 1;
    switch (text[at]) {
      case '{':
      case '[':
        isName = text[at] === '{';
        names.push(isName ? new Set() : undefined);
        path.push(isName ? '' : 0);
        break;
      case '}':
      case ']':
        names.pop();
        path.pop();
        isName = false;
        break;
      case ',':
        isName = names[inside] !== undefined;
        if (!isName) path[inside] = Number(path[inside]) + 1;
        break;
      case '"': {
        const end = endOfText(text, at);
        const word = textAt(text, at, end);
        at = end;
        if (isName) path[inside] = word;
        const sentence = wrongWith(word) ?? (isName ? wrongName(word, names[inside]!) : undefined);
        if (sentence !== undefined) return { place: placeOf(path), sentence };
        isName = false;
        break;
      }
    }
  }
  return undefined;
};

const textAt = (text: string, start: number, end: number): string => {
  const inner = text.slice(start + 1, end);
  return inner.includes('\\') ? (JSON.parse(text.slice(start, end + 1)) as string) : inner;
};

/** A surrogate without its other half: programs in other languages cannot even read it. */
const half = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const wrongWith = (word: string): string | undefined =>
  half.test(word) ? 'it holds half a character (a surrogate without its other half)' : undefined;

const wrongName = (name: string, before: Set<string>): string | undefined => {
  if (name === '__proto__') return 'no field may be named "__proto__"';
  if (before.has(name)) return 'it is there twice in one object: keep one of them';
  before.add(name);
  return undefined;
};
