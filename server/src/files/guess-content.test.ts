import { expect, it } from 'vitest';
import { rangeOf } from './byte-range.ts';
import { refuseName } from './flow-files.ts';
import { guessContent, guessEncoding, isRecording } from './guess-content.ts';

it.each([
  ['a,b\n1,2\n', { format: 'csv', delimiter: ',', header: 'first_line', decimal_comma: false }],
  [
    'zeit;temp\n2026-01-01;21,5\n2026-01-02;20,5\n',
    { format: 'csv', delimiter: ';', header: 'first_line', decimal_comma: true },
  ],
  ['a\tb\n1\t2\n', { format: 'csv', delimiter: '\t', header: 'first_line', decimal_comma: false }],
  ['1;2\n3;4\n', { format: 'csv', delimiter: ';', header: 'none', decimal_comma: false }],
  ['name,say\nx,"a;b;c;d"\n', { format: 'csv', delimiter: ',', header: 'first_line', decimal_comma: false }],
  ['{"a":1}\n{"a":2}\n', { format: 'json_lines' }],
  ['{"a":1}', { format: 'json_lines' }],
  ['{\n  "a": 1\n}\n', { format: 'json' }],
  ['[{"a":1},{"a":2}]', { format: 'json' }],
  ['\u001e{"a":1}\n\u001e{"a":2}\n', { format: 'json_lines' }],
  ['Hello world\nSecond line\n', { format: 'text' }],
  ['', { format: 'text' }],
])('%j is read as it is written', (text, expected) => expect(guessContent(text, true)).toEqual(expected));

it.each([
  [Buffer.from('grün'), 'utf-8'],
  [Buffer.from('grün').subarray(0, 3), 'utf-8'],
  [Buffer.from('grün,1\n', 'latin1'), 'windows-1252'],
  [Buffer.from('\ufeffa,b', 'utf16le'), 'utf-16le'],
  [Buffer.from('name,value\n', 'utf16le'), 'utf-16le'],
  [Buffer.from('name,value\n', 'utf16le').swap16(), 'utf-16be'],
  [Buffer.from([0, 1, 2, 3, 200, 0, 7, 0, 0, 0]), undefined],
])('%j is written in %s', (bytes, expected) => expect(guessEncoding(bytes)).toBe(expected));

it('a recording begins with a time and a frame', () => {
  const head = Buffer.alloc(20);
  head.writeBigUInt64BE(1_700_000_000_000_000n);
  expect(isRecording(head)).toBe(false);
  head[8] = 0xfd;
  expect(isRecording(head)).toBe(true);
});

it.each([
  [undefined, undefined],
  ['bytes=0-9', { start: 0, end: 9 }],
  ['bytes=90-', { start: 90, end: 99 }],
  ['bytes=90-900', { start: 90, end: 99 }],
  ['bytes=-5', { start: 95, end: 99 }],
  ['bytes=-500', { start: 0, end: 99 }],
  ['bytes=100-', 'none'],
  ['bytes=-0', 'none'],
  ['bytes=5-2', undefined],
  ['bytes=0-1,4-5', undefined],
  ['lines=0-1', undefined],
])('of 100 bytes %s is %j', (header, expected) => expect(rangeOf(header, 100)).toEqual(expected));

it.each(['a.csv', 'logs/a b.csv', 'grüße 100%.csv', '/srv/x/a.csv', 'a..b', 'a:b?.csv'])('"%s" is a name', (path) =>
  expect(() => refuseName(path)).not.toThrow(),
);
it.each(['', 'a/', '..', 'a/..', '.hidden', 'a/.x/b', '*.csv', 'a{b}', 'a\nb', 'a\u202eb', ' a', 'a ', 'a\\b'])(
  '%j is none',
  (path) => expect(() => refuseName(path)).toThrow('cannot be the name of a file'),
);
