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

describe('tables of other programs', () => {
  it.each<[string, string, object, unknown[]]>([
    [
      'TOA5 of a data logger',
      '"TOA5","station","CR1000"\n"TIMESTAMP","RECORD","AirTC"\n"TS","RN","Deg C"\n"","","Avg"\n"2024-05-01 10:00:00",0,21.5\n',
      { skip_lines: 1, skip_below_header: 2 },
      [{ TIMESTAMP: '2024-05-01 10:00:00', RECORD: 0, AirTC: 21.5 }],
    ],
    [
      'FlySight',
      'time,lat,hMSL\n,(deg),(m)\n2024-05-01T10:00:00.00Z,53.2,1200.5\n',
      { skip_below_header: 1 },
      [{ time: '2024-05-01T10:00:00.00Z', lat: 53.2, hMSL: 1200.5 }],
    ],
    [
      'HOBO',
      '"Plot Title: pond"\n"#","Date Time","Temp, °C"\n1,05/01/24 10:00:00 AM,21.5\n',
      { skip_lines: 1 },
      [{ '#': 1, 'Date Time': '05/01/24 10:00:00 AM', 'Temp, °C': 21.5 }],
    ],
    [
      'comments anywhere',
      '# made by hand\na,b\n1,2\n  # later\n3,4\n',
      { comment: '#' },
      [
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ],
    ],
    [
      'no header',
      '1,21.5\n2,22\n',
      { header: 'none' },
      [
        { column_1: 1, column_2: 21.5 },
        { column_1: 2, column_2: 22 },
      ],
    ],
    [
      'names by hand',
      '1,21.5\n2,\n',
      { header: 'none', columns: ['n', 'temp'] },
      [
        { n: 1, temp: 21.5 },
        { n: 2, temp: '' },
      ],
    ],
    [
      'a decimal comma',
      'a;b;c;d\n21,5;1.234,5;-0,25;1.5\n',
      { delimiter: ';', decimal_comma: true },
      [{ a: 21.5, b: 1234.5, c: -0.25, d: '1.5' }],
    ],
    [
      'a type for each column',
      'tag,n,on,rest\n007,1e5,yes,8\n1.10,,0,x\n',
      { column_types: { tag: 'text', n: 'number', on: 'boolean' } },
      [
        { tag: '007', n: 100_000, on: true, rest: 8 },
        { tag: '1.10', n: null, on: false, rest: 'x' },
      ],
    ],
  ])('are read: %s', async (_, text, config, expected) => {
    const input = await read(text, config);
    expect([input.payloads(), input.invalid]).toEqual([expected, []]);
  });

  it('refuse a row whose field is not what its column holds, with the line', async () => {
    const input = await read('n\n1\nmany\n3\n', { column_types: { n: 'number' } });
    expect([input.payloads(), input.invalid, input.raws]).toEqual([
      [{ n: 1 }, { n: 3 }],
      ['line 3 has "many" in "n", which is no number'],
      ['many'],
    ]);
  });

  it('take names by hand only where there is no header', () => {
    const { error } = fileInput.config.safeParse({ path: 'x', format: 'csv', columns: ['a'] });
    expect(error?.issues[0]?.path).toEqual(['columns']);
  });
});
