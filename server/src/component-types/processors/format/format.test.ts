import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rehearse } from '../../../component-kit/testing/rehearsal.ts';
import { readJson, writeJson } from '../../../engine/exact-number.ts';
import { parse } from '../parse/parse.component.ts';
import { format } from './format.component.ts';

const formatted = async (payload: unknown, config: object): Promise<unknown> =>
  (await rehearse(format, config).feed([payload]))['out']?.[0];
const textOf = async (payload: unknown, config: object): Promise<string> =>
  ((await formatted(payload, config)) as { text: string }).text;

describe('where it goes', () => {
  it.each<[string, object, unknown]>([
    ['the whole message as its text', {}, { text: '{"a":{"b":1},"c":2}' }],
    ['a part', { field: 'a' }, { text: '{"b":1}' }],
    ['beside all else', { field: 'a', into: 'body' }, { a: { b: 1 }, c: 2, body: '{"b":1}' }],
    ['in place of what was written', { field: 'a', into: 'a' }, { a: '{"b":1}', c: 2 }],
    ['bytes', { format: 'msgpack', field: 'a' }, { data: 'gaFiAQ==' }],
    ['bytes in a field', { format: 'msgpack', field: 'a', into: 'a.raw' }, { a: { b: 1, raw: 'gaFiAQ==' }, c: 2 }],
  ])('%s', async (_, config, out) => expect(await formatted({ a: { b: 1 }, c: 2 }, config)).toEqual(out));

  it('or nowhere, where the field is missing', async () =>
    expect(formatted({ a: 1 }, { field: 'b' })).rejects.toThrow('the field "b" is missing'));
});

describe('CSV', () => {
  it.each<[string, unknown, object, string]>([
    ['a row under its header', { a: 1, b: 'x,y' }, {}, 'a,b\n1,"x,y"'],
    ['a list of rows', [{ a: 1 }, { b: null, a: 'q"' }], {}, 'a,b\n1,\n"q""",'],
    [
      'columns by path',
      { p: { lat: 1.5 }, 'pm2.5': 3, z: 1 },
      { columns: ['pm2.5', 'p.lat', 'none'] },
      'pm2.5,p.lat,none\n3,1.5,',
    ],
    ['no header', { a: true, b: [1] }, { header: 'none', columns: ['b', 'a'] }, '[1],true'],
    [
      'another delimiter and line end',
      [{ a: '1;2', b: 'two\nlines' }],
      { delimiter: ';', line_end: 'crlf' },
      'a;b\r\n"1;2";"two\nlines"',
    ],
    ['an empty field alone', { a: '' }, { header: 'none', columns: ['a'] }, '""'],
    [
      'formulas',
      { a: '=1+1', b: '@x', c: -1.5, d: '-1' },
      { guard_formulas: true, header: 'none', columns: ['a', 'b', 'c', 'd'] },
      "'=1+1,'@x,-1.5,'-1",
    ],
    ['formulas as they are', { a: '=1+1' }, { header: 'none', columns: ['a'] }, '=1+1'],
  ])('%s', async (_, payload, config, text) => expect(await textOf(payload, { format: 'csv', ...config })).toBe(text));

  it('with its header once, and the columns of the first message', async () => {
    const tested = rehearse(format, { format: 'csv', header: 'first' });
    const { out } = await tested.feed([{ a: 1, b: 2 }, { b: 3 }]);
    expect(out).toEqual([{ text: 'a,b\n1,2' }, { text: ',3' }]);
    await expect(tested.feed([{ c: 1 }])).rejects.toThrow(/^its field "c" has no column/);
  });

  it.each<[string, unknown, RegExp]>([
    ['a number', 1, /it is no row/],
    ['an empty list', [], /it is no row/],
    ['an empty object', {}, /it has no fields/],
    [
      'names that are data',
      Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`c${n}`, n])),
      /more than 1000 columns/,
    ],
  ])('refuses %s', async (_, payload, words) => expect(formatted(payload, { format: 'csv' })).rejects.toThrow(words));

  it('needs names where there is no header', () =>
    expect(format.config.safeParse({ format: 'csv', header: 'none' }).error?.issues[0]?.path).toEqual(['columns']));
});

describe('key=value', () => {
  it.each<[unknown, object, string]>([
    [{ a: 1, b: 'x', c: true, d: null }, {}, 'a=1 b=x c=true'],
    [{ a: 'x y', b: '', c: '12', d: '007', e: 'a=b' }, {}, 'a="x y" b="" c="12" d=007 e="a=b"'],
    [{ a: 'q"\\\n', list: [1, 'x'] }, {}, 'a="q\\"\\\\\\n" list="[1,\\"x\\"]"'],
    [{ 'two words': 1, b: 'x;y' }, { pair_separator: '; ', key_separator: ':' }, '"two words":1; b:x;y'],
  ])('%j', async (payload, config, text) =>
    expect(await textOf(payload, { format: 'key_value', ...config })).toBe(text),
  );
});

describe('XML', () => {
  it.each<[unknown, string]>([
    [{ a: { '@id': 1, b: [1, null], c: 'x<&>"' } }, '<a id="1"><b>1</b><b/><c>x&lt;&amp;&gt;"</c></a>'],
    [{ a: 1, b: 2 }, '<message><a>1</a><b>2</b></message>'],
    [[1, [2]], '<message><item>1</item><item><item>2</item></item></message>'],
    ['x\r', '<message>x&#13;</message>'],
    [{ a: { '@n': 'a"\n', '#text': 'b' } }, '<a n="a&quot;&#10;">b</a>'],
    [{ a: [] }, '<message/>'],
  ])('%j', async (payload, text) => expect(await textOf(payload, { format: 'xml' })).toBe(text));

  it.each([
    [{ a: { 'no name': 1 } }, /"no name" cannot be the name of an XML element/],
    [{ a: '\u0001' }, /a character that XML has not/],
    [{ a: '\uD800' }, /a character that XML has not/],
    [{ a: { '@b': [1] } }, /"@b" is no single value/],
  ])('refuses %j', async (payload, words) => expect(formatted(payload, { format: 'xml' })).rejects.toThrow(words));
});

it('MessagePack has bytes and times where they are named', async () => {
  const config = { format: 'msgpack', bytes_fields: ['b'], time_fields: ['t', 'none'] };
  const { data } = (await formatted({ b: 'AAH/', t: '2026-01-02T03:04:05.678Z' }, config)) as { data: string };
  expect(Buffer.from(data, 'base64').toString('hex')).toBe('82a162c4030001ffa174d7ffa1a5d600695735a5');
  await expect(formatted({ b: 'no' }, config)).rejects.toThrow('the field "b" holds no bytes');
  await expect(formatted({ t: 5 }, config)).rejects.toThrow('the field "t" is no time');
});

it.each([['json'], ['csv'], ['key_value'], ['xml']])('%s keeps all digits', async (kind) => {
  const payload = readJson('{"id":12345678901234567890,"v":0.12345678901234567891,"zero":-0}');
  const text = await textOf(payload, { format: kind });
  expect(text.match(/\d{5,}|0\.\d+/g)).toEqual(['12345678901234567890', '0.12345678901234567891']);
  expect(text).not.toContain('-0');
});

/** Points, and lines that influxdb-client writes of them. */
interface Line {
  readonly measurement: string;
  readonly tags: object;
  readonly fields: object;
  readonly time_ms: number | null;
  readonly line: string;
}
const influxLines = readFileSync(
  join(import.meta.dirname, '../../../component-kit/formats/line-protocol/lines-of-influxdb-client.ndjson'),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);

it.each(influxLines)('$measurement is read as the line of influxdb-client is', async ({ line, time_ms, ...point }) => {
  const config = { time_unit: 'ms', integer_fields: ['i', 'big', 'neg'] };
  const text = await textOf({ ...point, time: time_ms }, { format: 'line_protocol', ...config });
  const read = async (given: string): Promise<unknown> =>
    (await rehearse(parse, { format: 'line_protocol', time_unit: 'ms' }).feed([given]))['out'];
  expect(await read(text)).toEqual(await read(line));
});

/** What each format can say and is read as again. */
const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('__proto__', 'a b', 'x"y', 'ä'));
/** Whole numbers beyond 2^53 stay texts, as in CSV. */
const double = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21);
const single = fc.oneof(fc.string(), double, fc.constantFrom('', ' ', '"', '007', '1e3'));

describe('what was written is read again', () => {
  const again = async (payload: unknown, write: object, read: object): Promise<unknown[]> => {
    const { out = [] } = await rehearse(format, write).feed([payload]);
    return (await rehearse(parse, read).feed(out))['out'] ?? [];
  };
  const holds = async (given: fc.Arbitrary<unknown>, write: object, read: object): Promise<void> =>
    fc.assert(
      fc.asyncProperty(given, async (value) => {
        const payload = readJson(writeJson(value)!);
        expect((await again(payload, write, read)).map(writeJson)).toEqual([writeJson(payload)]);
      }),
      { numRuns: 500 },
    );

  it('JSON', async () => holds(fc.jsonValue(), { format: 'json' }, { format: 'json' }));

  it('MessagePack', async () => holds(fc.jsonValue(), { format: 'msgpack' }, { format: 'msgpack' }));

  it('CSV of texts', async () =>
    holds(
      fc.array(fc.string(), { minLength: 3, maxLength: 3 }).map(([a, b, c]) => ({ a, b, c })),
      { format: 'csv', columns: ['a', 'b', 'c'] },
      { format: 'csv', numbers: false },
    ));

  it('key=value', async () =>
    holds(fc.dictionary(name, single, { minKeys: 1 }), { format: 'key_value' }, { format: 'key_value' }));
});
