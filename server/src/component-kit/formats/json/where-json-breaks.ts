/** Where a text stops to be JSON, and why. */
export interface JsonBreak {
  readonly at: number;
  readonly why: string;
}

type Expected =
  'a value' | 'a value or "]"' | 'a name or "}"' | 'a name' | '":"' | '"," or "}"' | '"," or "]"' | 'the end';

const word = /[-+.\w]{1,100}/y;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const constants = new Set(['true', 'false', 'null']);
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** Looks for the first mistake of a text that is known to be no JSON. */
export const whereJsonBreaks = (text: string): JsonBreak => {
  const open: ('}' | ']')[] = [];
  let expected: Expected = 'a value';
  let at = 0;
  const behindValue = (): Expected =>
    open.length === 0 ? 'the end' : open.at(-1) === '}' ? '"," or "}"' : '"," or "]"';
  const wrong = (): JsonBreak => ({
    at,
    why:
      at >= text.length
        ? `it ends where ${expected} is expected`
        : `${shown(text, at)} stands where ${expected} is expected`,
  });
  for (;;) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
    if (at >= text.length) return wrong();
    const letter = text[at]!;
    if (letter === '"' && (expected.startsWith('a name') || expected.startsWith('a value'))) {
      const end = endOfText(text, at);
      if (typeof end !== 'number') return end;
      expected = expected.startsWith('a name') ? '":"' : behindValue();
      at = end;
      continue;
    }
    if (expected.startsWith('a value') && (letter === '{' || letter === '[')) {
      open.push(letter === '{' ? '}' : ']');
      expected = letter === '{' ? 'a name or "}"' : 'a value or "]"';
    } else if (letter === open.at(-1) && expected.includes(`"${letter}"`)) {
      open.pop();
      expected = behindValue();
    } else if (letter === ':' && expected === '":"') expected = 'a value';
    else if (letter === ',' && expected.startsWith('","')) expected = open.at(-1) === '}' ? 'a name' : 'a value';
    else {
      const found = expected.startsWith('a value') ? wordAt(text, at) : '';
      if (found === '' || !(number.test(found) || constants.has(found))) return wrong();
      at += found.length;
      expected = behindValue();
      continue;
    }
    at += 1;
  }
};

const wordAt = (text: string, at: number): string => {
  word.lastIndex = at;
  return word.exec(text)?.[0] ?? '';
};

const shown = (text: string, at: number): string =>
  JSON.stringify(wordAt(text, at) || String.fromCodePoint(text.codePointAt(at)!));

/** Behind the quote that ends a text, or what is wrong with it. */
const endOfText = (text: string, start: number): number | JsonBreak => {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return { at, why: 'a line end, a tab or the like stands in a text as it is' };
    if (code !== 0x5c) continue;
    const escape = text.slice(at + 1, at + 6);
    if (!/^(?:["\\/bfnrt]|u[\da-fA-F]{4})/.test(escape)) return { at, why: 'a backslash in a text escapes nothing' };
    at += 1;
  }
  return { at: start, why: 'a text has no end' };
};
