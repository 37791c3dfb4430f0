import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitLiterally, splitRow } from './csv-row.ts';

/** The same rules, without anything that makes them fast. */
const slowly = (text: string, delimiter: string, isLiteral: boolean): ReturnType<typeof splitRow> => {
  const blanksFrom = (at: number): number => (text[at] === ' ' || text[at] === '\t' ? blanksFrom(at + 1) : at);
  const isEnd = (at: number): boolean => [undefined, delimiter].includes(text[blanksFrom(at)]);
  const endOf = (from: number): number => {
    for (let at = from; at < text.length; at += 1) {
      if (text[at] !== '"') continue;
      if (text[at + 1] === '"') at += 1;
      else if (isLiteral || isEnd(at + 1)) return at;
    }
    return -1;
  };
  const fields: string[] = [];
  let isOpen = false;
  for (let at = 0; at <= text.length;) {
    const start = blanksFrom(at);
    const end = text[start] === '"' ? endOf(start + 1) : -1;
    if (end >= 0 && isEnd(end + 1)) {
      fields.push(text.slice(start + 1, end).replaceAll('""', '"'));
      at = blanksFrom(end + 1) + 1;
      continue;
    }
    if (text[start] === '"' && end < 0) isOpen = true;
    const next = text.indexOf(delimiter, at);
    fields.push(text.slice(at, next < 0 ? text.length : next));
    at = next < 0 ? text.length + 1 : next + 1;
  }
  return { fields, isOpen };
};

it.each([
  ['by the standard', splitRow, false],
  ['as it stands', splitLiterally, true],
])('splits any row %s as the rules say', (_, split, isLiteral) => {
  const row = fc.string({ unit: fc.constantFrom('"', '""', ',', 'a', ' ', '\n'), maxLength: 40 });
  fc.assert(
    fc.property(row, (text) => {
      expect(split(text, ',')).toEqual(slowly(text, ',', isLiteral));
    }),
    { numRuns: 20_000 },
  );
});

it.each([
  ['quotes that nothing ends', '"x,'],
  ['doubled quotes', '""x""y,'],
  ['quotes within', 'a"",'],
  ['quotes alone', '"'],
  ['quotes and blanks', '" '],
  ['an end far away', '"a"b,'],
])('a million of %s take no longer than others', (_, part) => {
  const text = part.repeat(1_000_000 / part.length);
  const { fields } = splitRow(`"${text}`, ',');
  expect(fields.length + splitLiterally(text, ',').fields.length).toBeGreaterThan(0);
});
