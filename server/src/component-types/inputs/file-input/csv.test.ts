import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { valueOf } from '../../../component-kit/content/csv-value.ts';
import { fileInput } from './file-input.component.ts';

const read = async (content: string | Buffer, config: object = {}): Promise<Rehearsal> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-'));
  writeFileSync(join(dataDir, 'table'), content);
  const input = rehearse(fileInput, { path: 'table', format: 'csv', ...config }, { dataDir });
  await input.open();
  await until(
    'it is read',
    () => input.reports.some((said) => said.includes('Read to the end')) || input.faults.length > 0,
  );
  await input.close();
  return input;
};

describe('a quote that stands for itself', () => {
  it.each([
    ['within a field', '1,pipe 2" steel,5', { id: 1, name: 'pipe 2" steel', flow: 5 }],
    ['twice within a field', '1,2" to 3" adapter,5', { id: 1, name: '2" to 3" adapter', flow: 5 }],
    ['within a quoted field', '1,"a 2" pipe",5', { id: 1, name: 'a 2" pipe', flow: 5 }],
    ['behind a quoted word', '1,"2 inch" pipe,5', { id: 1, name: '"2 inch" pipe', flow: 5 }],
    ['around each of two words', '1,"a" or "b",5', { id: 1, name: 'a" or "b', flow: 5 }],
    ['with blanks before it', '1, "a, b" ,5', { id: 1, name: 'a, b', flow: 5 }],
  ])('is a character: %s', async (_, row, expected) => {
    const input = await read(`id,name,flow\n${row}\n2,valve,6\n`);
    expect([input.payloads(), input.invalid]).toEqual([[expected, { id: 2, name: 'valve', flow: 6 }], []]);
  });

  it('costs no other row: each one by itself', async () => {
    const input = await read('id,name\n1,"open\n2,two\n3,"also open\n4,four\n');
    expect(input.payloads()).toEqual([
      { id: 2, name: 'two' },
      { id: 4, name: 'four' },
    ]);
    expect(input.raws).toEqual(['1,"open', '3,"also open']);
  });
});

describe('columns', () => {
  it.each([
    ['of one name', 'time,temp,temp,hum\n1,20.5,21.5,40\n', { time: 1, temp: 20.5, temp_2: 21.5, hum: 40 }],
    ['of one name but for blanks', 'time,temp, temp \n1,20.5,21.5\n', { time: 1, temp: 20.5, temp_2: 21.5 }],
    ['of a name that is made for another one', 'a,a,a_2\n1,2,3\n', { a: 1, a_3: 2, a_2: 3 }],
    ['without a name', 'time,,\n1,20.5,21.5\n', { time: 1, column_2: 20.5, column_3: 21.5 }],
    ['that end with a delimiter in the header', 'time,temp,\n1,2\n', { time: 1, temp: 2 }],
    ['that end with a delimiter in the rows', 'time;temp\n1;2;\n', { time: 1, temp: 2 }],
    ['that end with one in both', 'time,temp,\n1,2,\n', { time: 1, temp: 2 }],
  ])('keep all values, each under its name: %s', async (_, text, expected) => {
    const input = await read(text, { delimiter: text.includes(';') ? ';' : ',' });
    expect([input.payloads(), input.invalid]).toEqual([[expected], []]);
  });

  it.each([
    ['a value too many', 'id,temp\n1,21,more\n2,22\n'],
    ['a value too few', 'id,temp\n1\n2,22\n'],
  ])('refuse a row with %s, and say nothing about the others', async (_, text) => {
    const input = await read(text);
    expect([input.payloads(), input.invalid.length, input.raws]).toEqual([
      [{ id: 2, temp: 22 }],
      1,
      [text.split('\n')[1]],
    ]);
  });

  it('are called "row" where the rows are numbered and the header does not say so', async () => {
    const input = await read('"date","temp"\n"140","x",1\n"141","y",2\n');
    expect(input.payloads()).toEqual([
      { row: 140, date: 'x', temp: 1 },
      { row: 141, date: 'y', temp: 2 },
    ]);
  });

  it.each([
    ['no UTF-8', Buffer.from('temp_\xb0C\n1\n2\n', 'latin1'), /^the header, .* is no UTF-8: set "encoding"/],
    ['too long', Buffer.from(`${'x'.repeat(200)}\n1\n`), /^the header, .* is longer than "max_line"/],
  ])('are not taken from a row where the header is %s', async (_, bytes, words) => {
    const input = await read(bytes, { max_line: '100B' });
    expect([input.payloads(), input.faults[0]?.message]).toEqual([[], expect.stringMatching(words)]);
  });
});

describe('a field', () => {
  it.each<[string, string | number]>([
    ['   12.5', 12.5],
    [' -3.0 ', -3],
    ['+21.5', 21.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1.500000e-03', 0.0015],
    ['2.1E+02', 210],
    ['1e-05', 0.00001],
    ['1e5', '1e5'],
    ['7E10', '7E10'],
    ['0e12', '0e12'],
    ['12e3', '12e3'],
    ['4f2a', '4f2a'],
    ['007', '007'],
    ['+31612345678', '+31612345678'],
    ['9007199254740993', '9007199254740993'],
    ['1e-400', '1e-400'],
    ['1.2.3', '1.2.3'],
    ['', ''],
    [' ', ' '],
    ['NaN', 'NaN'],
    ['0x10', '0x10'],
  ])('%j is %j', (text, expected) => expect(valueOf(text)).toBe(expected));

  it('stays a text in a column that is named so', async () => {
    const input = await read('tag,temp\n1.10,20\n', { text_columns: ['tag'] });
    expect(input.payloads()).toEqual([{ tag: '1.10', temp: 20 }]);
  });
});

describe('characters', () => {
  it.each([
    ['windows-1252', Buffer.from('zeit;temp_\xb0C;ort\n1;21;K\xf6ln\n', 'latin1')],
    ['utf-16le', Buffer.from('zeit;temp_°C;ort\n1;21;Köln\n', 'utf16le')],
    ['utf-8', Buffer.from('\uFEFFzeit;temp_°C;ort\n1;21;Köln\n', 'utf16le')],
    ['utf-8', Buffer.from('\uFEFFzeit;temp_°C;ort\n1;21;Köln\n', 'utf16le').swap16()],
    ['utf-8', Buffer.from('\0zeit;temp_°C;ort\r1;21;Köln\0\r')],
  ])('of %s are read', async (encoding, bytes) => {
    const input = await read(bytes, { encoding, delimiter: ';' });
    expect([input.payloads(), input.invalid]).toEqual([[{ zeit: 1, 'temp_°C': 21, ort: 'Köln' }], []]);
  });
});

/** Files that Python's `csv` module wrote, in several encodings, delimiters, line ends and quotings, and the texts in them. */
interface Written {
  readonly bytes: string;
  readonly encoding: string;
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
const written = readFileSync(join(import.meta.dirname, 'csv-of-other-programs.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Written);
const encodings: Readonly<Record<string, string>> = { 'latin-1': 'windows-1252', 'utf-16-le': 'utf-16le' };

it(`reads the ${written.length} files of another program as it does`, async () => {
  for (const { bytes, encoding, delimiter, header, rows } of written) {
    const config = { delimiter, encoding: encodings[encoding] ?? 'utf-8', numbers: false };
    const input = await read(Buffer.from(bytes, 'base64'), config);
    const expected = rows.map((row) => Object.fromEntries(row.map((text, index) => [header[index], text])));
    expect([input.payloads(), input.invalid]).toEqual([expected, []]);
  }
});
