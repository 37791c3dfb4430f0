import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EndOfQuoted, nextQuote, quoteBeforeDelimiter, splitLiterally, splitRow } from './csv-row.ts';
import { OpenRow } from './open-row.ts';

const readings: [string, EndOfQuoted, typeof splitRow][] = [
  ['by the standard', quoteBeforeDelimiter, splitRow],
  ['as it stands', nextQuote, splitLiterally],
];
const line = fc.string({ unit: fc.constantFrom('"', '""', '",', ',', 'a', ' '), maxLength: 12 });

it.each(readings)('line by line, a row %s is what it is at once', (_, endOf, split) => {
  const rows = fc.tuple(fc.array(line, { minLength: 1, maxLength: 8 }), fc.constantFrom('\n', '\r\n'), fc.nat(6));
  fc.assert(
    fc.property(rows, ([lines, lineEnd, most]) => {
      const begun = new OpenRow(endOf, ',', Infinity, lines[0]!);
      const bounded = new OpenRow(endOf, ',', most + 1, lines[0]!);
      for (let count = 1; count <= lines.length; count += 1) {
        const { fields, isOpen } = split(lines.slice(0, count).join(lineEnd), ',');
        expect(begun.fields).toEqual(isOpen ? undefined : fields);
        expect(begun.has(fields.length)).toBe(!isOpen);
        if (fields.length <= most + 1) expect(bounded.fields).toEqual(begun.fields);
        else expect(bounded.fields).toBeUndefined();
        const next = lines[count];
        if (next === undefined) return;
        begun.add(lineEnd, next);
        bounded.add(lineEnd, next);
      }
    }),
    { numRuns: 2000 },
  );
});

it.each([
  ['a quote each', '1,"x'],
  ['a quote at the end', 'x"'],
  ['quotes alone', '"'],
  ['doubled quotes', '""x""'],
  ['a quote before a delimiter', ',"'],
  ['nothing but delimiters', ',,,'],
  ['nothing', ''],
])('a million characters in lines of %s are gone over once', (_, text) => {
  const lines = Array<string>(Math.floor(1_000_000 / (text.length + 1))).fill(text);
  const literal = new OpenRow(nextQuote, ',', Infinity, '1,"x" y "');
  let standard = new OpenRow(quoteBeforeDelimiter, ',', Infinity, '1,"x');
  for (const each of lines) {
    literal.add('\n', each);
    // what is whole is a row, and gets no further lines
    if (standard.fields) standard = new OpenRow(quoteBeforeDelimiter, ',', Infinity, each);
    else standard.add('\n', each);
  }
  expect(literal.has(0)).toBe(false);
});
