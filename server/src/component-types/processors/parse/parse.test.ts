import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal } from '../../../component-kit/testing/rehearsal.ts';
import { readJson, writeJson } from '../../../engine/exact-number.ts';
import { parse } from './parse.component.ts';

const parsed = async (
  payload: unknown,
  config: object,
): Promise<Pick<Rehearsal, 'invalid' | 'raws' | 'drops'> & { out: unknown[] }> => {
  const tested = rehearse(parse, config);
  const { out = [] } = await tested.feed([payload]);
  return { out, invalid: tested.invalid, raws: tested.raws, drops: tested.drops };
};
const recordsOf = async (payload: unknown, config: object): Promise<unknown[]> => {
  const { out, invalid } = await parsed(payload, config);
  expect(invalid).toEqual([]);
  return out;
};
const bytes = (content: Buffer | string) => ({ data: Buffer.from(content).toString('base64'), from: 'x:1' });

/** Files that Python's `csv` module wrote, in several encodings, delimiters, line ends and quotings, and the texts in them. */
interface Written {
  readonly bytes: string;
  readonly encoding: string;
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
const written = readFileSync(join(import.meta.dirname, '../../inputs/file-input/csv-of-other-programs.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Written);
const encodings: Readonly<Record<string, string>> = { 'latin-1': 'windows-1252', 'utf-16-le': 'utf-16le' };

it.each(written.map((each, index) => [index, each] as const))('CSV of another program, %i', async (_, each) => {
  const { delimiter, encoding, header, rows } = each;
  const config = { format: 'csv', delimiter, encoding: encodings[encoding] ?? 'utf-8', numbers: false };
  expect(await recordsOf({ data: each.bytes, from: 'x:1' }, config)).toEqual(
    rows.map((row) => Object.fromEntries(row.map((text, index) => [header[index], text]))),
  );
});

describe('where it is found', () => {
  it.each<[string, unknown, object]>([
    ['the message itself', 'n=1', {}],
    ['its text', { text: 'n=1', from: 'x:1' }, {}],
    ['its bytes', bytes('n=1'), {}],
    ['bytes with a mark in front', bytes(Buffer.from('\uFEFFn=1', 'utf16le')), {}],
    ['a field', { line: 'n=1', number: 1 }, { field: 'line' }],
    ['a field below', { body: { raw: 'n=1' } }, { field: 'body.raw' }],
    ['a field of bytes', { body: 'bj0x' }, { field: 'body', holds: 'base64' }],
    ['bytes of MessagePack', { data: 'gaFuAQ==' }, { format: 'msgpack' }],
    ['a field of MessagePack', { body: 'gaFuAQ==' }, { format: 'msgpack', field: 'body' }],
  ])('%s', async (_, payload, config) =>
    expect(await recordsOf(payload, { format: 'key_value', ...config })).toEqual([{ n: 1 }]),
  );

  it.each<[string, unknown, object, RegExp]>([
    ['nowhere', { a: 1 }, {}, /^it is no text and has none in "text": name the field/],
    ['in no field', { a: 1 }, { field: 'line' }, /^the field "line" is missing$/],
    ['in a number', { line: 1 }, { field: 'line' }, /^the field "line" is no text$/],
    ['in what is no base64', { data: 'ä' }, { format: 'msgpack' }, /^the field "data" holds no bytes/],
    [
      'in no UTF-8',
      bytes(Buffer.from('a=1\nb=\xff', 'latin1')),
      {},
      /^line 2, column 3: it is no UTF-8: set "encoding"/,
    ],
  ])('or not: %s', async (_, payload, config, words) =>
    expect(parsed(payload, { format: 'key_value', ...config })).rejects.toThrow(words),
  );
});

describe('where it goes', () => {
  it('takes the place of the message', async () =>
    expect(await recordsOf({ text: '{"a":1}{"a":2}', x: 1 }, {})).toEqual([{ a: 1 }, { a: 2 }]));

  it('goes into a field, beside all that is there', async () =>
    expect(await recordsOf({ text: 'n=1\nn=2', x: 1 }, { format: 'key_value', into: 'found.pairs' })).toEqual(
      [1, 2].map((n) => ({ text: 'n=1\nn=2', x: 1, found: { pairs: { n } } })),
    ));

  it('goes into the field that held it', async () =>
    expect(await recordsOf({ line: 'n=1', x: 1 }, { format: 'key_value', field: 'line', into: 'line' })).toEqual([
      { line: { n: 1 }, x: 1 },
    ]));

  it('is counted where there is nothing', async () =>
    expect((await parsed(' \n', { format: 'csv' })).drops).toEqual({ empty: 1 }));
});

describe('JSON', () => {
  it.each<[string, unknown[]]>([
    ['{"a":1}', [{ a: 1 }]],
    ['[1,2]', [[1, 2]]],
    ['{\n  "a": 1\n}\n{\n  "a": {"b": "}{"}\n}', [{ a: 1 }, { a: { b: '}{' } }]],
    ['{"a":1}{"a":2}\n3\n"x"\nnull', [{ a: 1 }, { a: 2 }, 3, 'x', null]],
    ['\u001e{"a":1}\n\u001e{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ])('%j', async (text, records) => expect(await recordsOf(text, {})).toEqual(records));

  it('keeps all digits', async () => {
    const text = '{"id":12345678901234567890,"v":0.12345678901234567891,"big":1e400}';
    expect(writeJson((await recordsOf(text, {}))[0])).toBe(text);
  });

  it.each([
    ['{"a":1}\n{"a":}', 'line 2, column 6: it is no JSON: "}" stands where a value is expected'],
    ['{\n "a": 1,\n}', 'line 3, column 1: it is no JSON: "}" stands where a name is expected'],
    ['{"a" 1}', 'line 1, column 6: it is no JSON: "1" stands where ":" is expected'],
    ['[1 2]', 'line 1, column 4: it is no JSON: "2" stands where "," or "]" is expected'],
    ['{"a":NaN}', 'line 1, column 6: it is no JSON: "NaN" stands where a value is expected'],
    ['{"a":"b', 'line 1, column 6: it is no JSON: a text has no end'],
    ['{"a":[1,', 'line 1, column 9: it is no JSON: it ends where a value is expected'],
    ['{"a":"\t"}', /^line 1, column 7: it is no JSON: a line end, a tab/],
    ['{"a":"\\x"}', 'line 1, column 7: it is no JSON: a backslash in a text escapes nothing'],
    ['{"a":01}', 'line 1, column 6: it is no JSON: "01" stands where a value is expected'],
    [`${'['.repeat(501)}${']'.repeat(501)}`, /^line 1, column 1: it is nested deeper than the 500 levels/],
  ])('refuses %j with its place', async (text, words) => expect(parsed(text, {})).rejects.toThrow(words));

  it('on lines refuses a line by itself', async () => {
    const { out, invalid, raws } = await parsed('{"a":1}\r\n{"a":\n\n{"a":3}', { format: 'json_lines' });
    expect(out).toEqual([{ a: 1 }, { a: 3 }]);
    expect(invalid).toEqual(['line 2, column 6: it is no JSON: it ends where a value is expected']);
    expect(raws).toEqual(['{"a":']);
  });
});

describe('CSV', () => {
  it('refuses a row by itself, with its line', async () => {
    const { out, invalid, raws } = await parsed('a,b\n1,2\n3\n"4",5', { format: 'csv' });
    expect([out, invalid, raws]).toEqual([
      [
        { a: 1, b: 2 },
        { a: 4, b: 5 },
      ],
      ['line 3 has 1 fields, the header has 2'],
      ['3'],
    ]);
  });

  it('refuses the message where nothing of it is a row', async () =>
    expect(parsed('a,b\n1', { format: 'csv' })).rejects.toThrow('line 2 has 1 fields, the header has 2'));

  it.each([
    ['names', `${'a,'.repeat(500_000)}b\n1,2`],
    ['fields of a row', `a,b\n${'1,'.repeat(500_000)}2`],
    ['fields without a header', '1,'.repeat(500_000)],
  ])('refuses half a million %s, with the bound', async (_, text) =>
    expect(parsed(text, { format: 'csv', ...(!text.includes('\n') && { header: 'none' }) })).rejects.toThrow(
      /^line \d has 50000[01] fields, and a table has 16384 columns at most$/,
    ),
  );

  it('takes a row of sixteen thousand columns', async () => {
    const text = Array.from({ length: 16_384 }, (_, column) => `c${column}`).join(',');
    const { out } = await parsed(`${text}\n${text}`, { format: 'csv' });
    expect(Object.keys(out[0] as object)).toHaveLength(16_384);
  });

  it('takes each message by itself, with names by hand', async () => {
    const tested = rehearse(parse, { format: 'csv', header: 'none', columns: ['__proto__', 'b'] });
    await expect(tested.feed(['1,"x'])).rejects.toThrow('line 1 is no CSV: a quote is not closed');
    const { out } = await tested.feed(['2,y\r\n3,"z\r\n"', '4,007']);
    expect(out).toEqual([
      JSON.parse('{"__proto__":2,"b":"y"}'),
      JSON.parse('{"__proto__":3,"b":"z\\r\\n"}'),
      JSON.parse('{"__proto__":4,"b":"007"}'),
    ]);
    expect(({} as Record<string, unknown>)['b']).toBeUndefined();
  });

  it('goes by all its settings', async () =>
    expect(
      await recordsOf('made by hand\na;b;c\n(C);;\n# note\n1.234,5;0;yes\n', {
        format: 'csv',
        delimiter: ';',
        skip_lines: 1,
        skip_below_header: 1,
        comment: '#',
        decimal_comma: true,
        text_columns: ['b'],
        column_types: { c: 'boolean' },
      }),
    ).toEqual([{ a: 1234.5, b: '0', c: true }]));
});

describe('key=value', () => {
  it.each<[string, object, unknown]>([
    ['level=info  msg="a \\"b\\"\\n" n=-1.50 id=007', {}, { level: 'info', msg: 'a "b"\n', n: -1.5, id: '007' }],
    ['a: 1; b: x y ;c:', { pair_separator: ';', key_separator: ':' }, { a: 1, b: 'x y', c: '' }],
    ['Host: a\r\nAge: 3', { pair_separator: '\n', key_separator: ':' }, { Host: 'a', Age: 3 }],
    ['a=1 a=2 a=3', {}, { a: [1, 2, 3] }],
    ['on a=1', { flags: true }, { on: true, a: 1 }],
    ['"two words"=1 q="1"', {}, { 'two words': 1, q: '1' }],
    ['t=a=b', {}, { t: 'a=b' }],
    ['__proto__=1', {}, JSON.parse('{"__proto__":1}')],
    ['path="C:\\dir"', {}, { path: 'C:\\dir' }],
    ['n=1,5', { decimal_comma: true, column_types: { n: 'number' } }, { n: 1.5 }],
  ])('%j', async (text, config, record) =>
    expect(await recordsOf(text, { format: 'key_value', ...config })).toEqual([record]),
  );

  it.each([
    ['hello', 'line 1, column 1: "hello" has no "=" and no value'],
    ['a=1 b="x', 'line 1, column 7: a quote is not closed'],
    ['a=1 =2', 'line 1, column 5: a pair has no name'],
    ['a="x"y', 'line 1, column 6: something stands behind a quote before the pair ends'],
  ])('refuses %j with its place', async (text, words) =>
    expect(parsed(text, { format: 'key_value' })).rejects.toThrow(words),
  );
});

describe('a pattern', () => {
  const config = { format: 'pattern', pattern: '(?P<room>\\w+)(?: (?<temp>[0-9.]+))?$' };
  it('names fields, of each line', async () =>
    expect(await recordsOf('x hall 20.50\nlab\n', config)).toEqual([{ room: 'hall', temp: 20.5 }, { room: 'lab' }]));

  it('refuses a line without it', async () =>
    expect(await parsed('hall 1\n!\n', config)).toMatchObject({
      out: [{ room: 'hall', temp: 1 }],
      invalid: ['line 2: the pattern is not in it'],
      raws: ['!'],
    }));

  it('that makes others hang takes no time, and too much of it is refused', async () => {
    const hostile = { format: 'pattern', pattern: '(?<a>(x+x+)+)y' };
    await expect(parsed('x'.repeat(50_000), hostile)).rejects.toThrow('line 1: the pattern is not in it');
    await expect(parsed('x'.repeat(5_000_000), { format: 'pattern', pattern: '(?<a>.{400}z)' })).rejects.toThrow(
      /would take too long/,
    );
  });
});

describe('XML', () => {
  it.each<[string, object, unknown[]]>([
    ['<a/>', {}, [{ a: null }]],
    ['<?xml version="1.0"?><!-- x --><a b="1" c="x"> t </a>', {}, [{ a: { '@b': 1, '@c': 'x', '#text': 't' } }]],
    ['<a><b>1</b><b>2</b><c><![CDATA[<&>]]></c></a>', {}, [{ a: { b: [1, 2], c: '<&>' } }]],
    ['<a><b>1</b></a>', { lists: ['b'] }, [{ a: { b: [1] } }]],
    ['<a>&lt;&#65;&amp;</a>\r\n', {}, [{ a: '<A&' }]],
    ['<a>007</a>', {}, [{ a: '007' }]],
    ['<n:a xmlns:n="u"><__proto__>1</__proto__></n:a>', {}, [{ 'n:a': JSON.parse('{"@xmlns:n":"u","__proto__":1}') }]],
    ['<a>12345678901234567890.5</a>', { numbers: false }, [{ a: '12345678901234567890.5' }]],
  ])('%s', async (text, config, records) =>
    expect(await recordsOf(text, { format: 'xml', ...config })).toEqual(records),
  );

  it.each([
    ['<a>\n<b></a>', /^line 2, column \d+: unexpected close tag/],
    ['<a>&copy;</a>', /invalid character entity/],
    ['<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>', /invalid character entity/],
    ['<a', /unclosed root tag|unexpected end/],
    ['text', /non-whitespace before first tag/],
    ['<a>'.repeat(600), /nested deeper than the 500 levels/],
    [`<a>${'<b/>'.repeat(600_000)}</a>`, /so many elements that it would take more than 64 MB/],
  ])('refuses %.60s', async (text, words) => expect(parsed(text, { format: 'xml' })).rejects.toThrow(words));
});

it('line protocol is read in its unit', async () =>
  expect(await recordsOf('m,t=a v=1i,s="x y" 1\n', { format: 'line_protocol', time_unit: 's' })).toEqual([
    { measurement: 'm', tags: { t: 'a' }, fields: { v: 1, s: 'x y' }, time: '1970-01-01T00:00:01.000Z' },
  ]));

describe('what would be too much', () => {
  it.each<[string, unknown, object, RegExp]>([
    ['records', '1\n'.repeat(300_000), { format: 'json_lines' }, /records and more would take more than 64 MB/],
    ['beside', { x: 1, t: 'a=1\n'.repeat(100_000) }, { format: 'key_value', field: 't', into: 'r' }, /64 MB/],
    [
      'that is wrong',
      'x\n'.repeat(200),
      { format: 'json_lines' },
      /^more than 100 parts of it are none; the first: line 1/,
    ],
  ])('is refused as a whole: %s', async (_, payload, config, words) => {
    const sent = writeJson(payload)!;
    const message = rehearse(parse, config);
    await expect(message.feed([readJson(sent)])).rejects.toThrow(words);
  });
});

describe('settings that cannot work', () => {
  const problems = (config: object) =>
    (parse.config.safeParse(config).error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]);
  it('are told at their place', () => {
    expect(problems({ format: 'csv', columns: ['a'] })).toEqual([['columns', expect.stringContaining('"none"')]]);
    expect(problems({ format: 'pattern' })).toEqual([['pattern', expect.stringContaining('write a pattern')]]);
    expect(problems({ format: 'pattern', pattern: '(' })).toEqual([['pattern', expect.stringContaining('no pattern')]]);
    expect(problems({ format: 'pattern', pattern: 'a' })).toEqual([['pattern', expect.stringContaining('no field')]]);
    expect(problems({ format: 'pattern', pattern: '(?<a>.{1000}){9}' })[0]).toEqual([
      'pattern',
      expect.stringContaining('4000 steps'),
    ]);
    expect(problems({ format: 'key_value', pair_separator: '=' })).toEqual([
      ['key_separator', expect.stringContaining('same')],
    ]);
  });
});
