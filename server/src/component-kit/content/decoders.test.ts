import { expect, it } from 'vitest';
import { decoderOf, type Decoded, type Encoding, type Format } from './decoders.ts';

const decoded = (format: Format, bytes: Buffer | string, encoding: Encoding = 'utf-8'): Decoded[] => [
  ...decoderOf(format, encoding)(Buffer.from(bytes as string), 'me'),
];
const payloads = (all: readonly Decoded[]): unknown[] =>
  all.map((each) => ('payload' in each ? each.payload : each.invalid));

it.each<[Format, string, unknown[]]>([
  ['json', '\uFEFF{"a":1}\r\n\0\0', [{ a: 1 }]],
  ['json', '\0 {"a":1} \0', [{ a: 1 }]],
  ['json', '\x1e{"a":1}\n\x1e{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ['json', '{"a":1}{"a":2}', [{ a: 1 }, { a: 2 }]],
  ['json', '{\n "a": 1\n}\n{\n "a": 2\n}', [{ a: 1 }, { a: 2 }]],
  ['json', '[1,2]', [[1, 2]]],
  ['json', '1 2', ['no JSON: "1 2"']],
  ['json', '"a" {"b":[1,"}"]}', ['a', { b: [1, '}'] }]],
  ['json', '{"a":1}{"a":', ['no JSON: "{\\"a\\":1}{\\"a\\":"']],
  ['json', '{"a":1} x', ['no JSON: "{\\"a\\":1} x"']],
  ['json_lines', '{"a":1}{"a":2}\n{"a":3}', [{ a: 1 }, { a: 2 }, { a: 3 }]],
  ['json_lines', '1\n\n2', [1, 2]],
  ['json_lines', '1\n', [1]],
  ['json', '{"a":1,}', ['no JSON: "{\\"a\\":1,}"']],
  ['json', '', []],
  ['json', ' \r\n\0', []],
  ['json_lines', '\uFEFF{"a":1}\r\n\n{"a":2}\n\0', [{ a: 1 }, { a: 2 }]],
  ['json_lines', '\x1e{"a":1}\n\x1e{"a":2}', [{ a: 1 }, { a: 2 }]],
  ['json_lines', '', []],
  ['text', '\uFEFFhello\r\n', [{ text: 'hello', from: 'me' }]],
  ['text', 'hello\0\0', [{ text: 'hello', from: 'me' }]],
  ['text', 'a\nb\n', [{ text: 'a\nb', from: 'me' }]],
  ['text', '', []],
  [
    'text_lines',
    'a\r\n\nb\0',
    [
      { text: 'a', from: 'me' },
      { text: 'b', from: 'me' },
    ],
  ],
  ['bytes', '', []],
  ['bytes', 'a\0', [{ data: 'YQA=', from: 'me' }]],
])('%s of %j is %j', (format, text, expected) => expect(payloads(decoded(format, text))).toEqual(expected));

it.each<Format>(['json', 'json_lines', 'text', 'text_lines'])(
  '%s in another encoding is said, and read with the setting',
  (format) => {
    const bytes = Buffer.from('"K\xf6ln"', 'latin1');
    expect(payloads(decoded(format, bytes))).toEqual(['it is no UTF-8: set "encoding", such as to "windows-1252"']);
    expect(JSON.stringify(payloads(decoded(format, bytes, 'windows-1252')))).toContain('Köln');
  },
);

it('of a packet of lines that are no JSON only so many are said, and the rest is left out', () => {
  const bad = (count: number) => 'x\n'.repeat(count);
  const leftOut = '100 lines of a packet were no JSON, so the rest of it was left out';
  expect(payloads(decoded('json_lines', `${bad(100)}\n \n`))).toEqual(Array(100).fill('no JSON: "x"'));
  expect(payloads(decoded('json_lines', `${bad(100)}1\n2`))).toEqual([...Array(100).fill('no JSON: "x"'), leftOut]);
  expect(payloads(decoded('json_lines', `${bad(99)}1\n2`))).toEqual([...Array(99).fill('no JSON: "x"'), 1, 2]);
});
