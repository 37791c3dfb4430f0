import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonMistake, parseJson } from './parse-json.ts';

const mistakeIn = (text: string): string => {
  try {
    parseJson(text);
  } catch (thrown) {
    if (thrown instanceof JsonMistake) return `${thrown.place.line}:${thrown.place.column} ${thrown.message}`;
    throw thrown;
  }
  return 'none';
};

describe('reading JSON', () => {
  it('gives what JSON.parse gives', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(parseJson(text).value).toEqual(JSON.parse(text));
      }),
    ));

  it('refuses what JSON.parse refuses', () =>
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', 'x', '\n', '1'), (text, seed, extra) => {
        const cut = seed % (text.length + 1);
        const broken = text.slice(0, cut) + extra + text.slice(cut + (seed % 3));
        const isJson = (read: (text: string) => unknown): boolean => {
          try {
            read(broken);
            return true;
          } catch (thrown) {
            if (thrown instanceof SyntaxError || thrown instanceof JsonMistake) return false;
            throw thrown;
          }
        };
        expect(isJson(parseJson)).toBe(isJson(JSON.parse));
      }),
    ));

  it.each([
    ['', '1:1 the text ends where a value must stand'],
    ['{\n  "a": 1,\n}', '3:1 there is a comma too many before "}"'],
    ['{\n  "a": 1\n  "b": 2\n}', '3:3 a "," or "}" is missing here'],
    ['{"a" 1}', '1:6 a ":" is missing after "a"'],
    ['[1,\n]', '2:1 there is a comma too many before "]"'],
    ['{"a": [1, 2}', '1:12 a "," or "]" is missing here'],
    ["{'a': 1}", '1:2 a name in double quotes must stand here'],
    ['{"a": \'b\'}', '1:7 JSON wants double quotes instead of single ones'],
    ['{"a": yes}', '1:7 "yes" is neither a number, true, false nor null; a text needs double quotes'],
    ['{"a": 01}', '1:7 "01" is neither a number, true, false nor null; a text needs double quotes'],
    ['{\n"a": "b\n}', '2:6 a text that begins here has no end on its line'],
    ['{"a": "\\q"}', '1:7 this text holds a character or a "\\" that JSON does not allow'],
    ['{"a": {}', '1:9 the text ends before its last "}"'],
    ['{} {}', '1:4 the document has ended before this'],
    ['['.repeat(100_000), '1:202 this is nested too deeply'],
  ])('says of %j where and what', (text, expected) => expect(mistakeIn(text)).toBe(expected));

  it('knows the line of every place, and of the nearest one around what is not there', () => {
    const { lineOf } = parseJson(`\ufeff{
  "components": [
    { "id": "a",
      "config": {
        "rules": [1, 2] } }
  ]
}`);
    expect(
      ['', 'components', 'components[0]', 'components[0].config.rules[1]', 'components[0].config.gone.deeper', 'x'].map(
        lineOf,
      ),
    ).toEqual([1, 2, 3, 5, 4, 1]);
  });
});
