import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson, writeJson } from '../../../engine/exact-number.ts';
import { readMsgpack } from './read-msgpack.ts';
import { MsgpackBytes, msgpackOf, MsgpackTime } from './write-msgpack.ts';

const read = (bytes: Buffer) => {
  const [records, refused]: [unknown[], [string, string][]] = [[], []];
  readMsgpack(bytes, {
    record: (payload) => records.push(payload),
    refuse: (sentence, raw) => refused.push([sentence, raw]),
  });
  return { records, refused };
};
const readHex = (hex: string) => read(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** Bytes and values, as Python's msgpack 1.2 has them. */
interface Line {
  readonly hex: string;
  readonly value?: unknown;
  /** Digits of an integer beyond 2^53. */
  readonly integer?: string;
  /** As hex. */
  readonly bytes?: string;
  readonly timestamp_ms?: number;
  readonly error?: string;
}
const lines = readFileSync(join(import.meta.dirname, 'values-of-msgpack.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);

/** What stands for a value in a payload. */
const payloadOf = ({ value, integer, bytes, timestamp_ms: ms }: Line): unknown => {
  if (integer !== undefined) return readJson(integer);
  if (bytes !== undefined) return Buffer.from(bytes, 'hex').toString('base64');
  return ms === undefined ? value : new Date(ms).toISOString();
};

/** What is written for it: bytes and times are named in the settings. */
const writableOf = (line: Line): unknown => {
  const payload = payloadOf(line);
  if (line.bytes !== undefined) return new MsgpackBytes(Buffer.from(line.bytes, 'hex'));
  return line.timestamp_ms === undefined ? payload : MsgpackTime.of(payload, 'time');
};

/** A float of 32 bits, which is written with 64. */
const asWeWrite: Readonly<Record<string, string>> = { ca3fc00000: 'cb3ff8000000000000' };

describe('as Python has it', () => {
  it.each(lines.filter(({ error }) => error === undefined))('$hex', (line) => {
    expect(readHex(line.hex)).toEqual({ records: [payloadOf(line)], refused: [] });
    expect(msgpackOf(writableOf(line)).toString('hex')).toBe(asWeWrite[line.hex] ?? line.hex);
  });

  it.each(lines.filter(({ error }) => error !== undefined))('$hex is none: $error', ({ hex }) => {
    const { records, refused } = readHex(hex);
    expect(records).toEqual([]);
    expect(refused).toEqual([[expect.stringMatching(/^byte \d+: /), Buffer.from(hex, 'hex').toString('base64')]]);
  });
});

describe('what JSON has not', () => {
  it.each<[string, unknown]>([
    ['cb7ff8000000000000', 'NaN'],
    ['caff800000', '-Infinity'],
    ['cb8000000000000000', 0],
    ['d40501', { ext: 5, data: 'AQ==' }],
    ['d6ff00000000', '1970-01-01T00:00:00.000Z'],
    ['c70cff 3b9ac9ff ffffffffffffffff', '1969-12-31T23:59:59.999999999Z'],
    ['83 01 a161 c3 a162 ca3fc00000 a163', { 1: 'a', true: 'b', '1.5': 'c' }],
    ['81a95f5f70726f746f5f5f01', JSON.parse('{"__proto__":1}')],
  ])('%s is %j', (hex, payload) => expect(readHex(hex)).toEqual({ records: [payload], refused: [] }));
});

it('reads values one after the other, up to what is wrong', () =>
  expect(readHex('01 a161 c1 02')).toEqual({
    records: [1, 'a'],
    refused: [['byte 4: 0xc1 begins no value of MessagePack', 'wQI=']],
  }));

it.each([
  ['a text that is no UTF-8', 'a1ff', /^byte 1: a text is no UTF-8/],
  ['a name that is a list', '819001', /^byte 2: the name in a map is no single value/],
  ['a name twice', '82a16101a16102', /^byte 1: two entries of a map have one name/],
  ['a list of millions that do not come', 'dd01ffffff', /^byte 1: a list or map of 33554431 is cut off/],
  ['lists in lists without end', '91'.repeat(600), /^byte 501: it is nested deeper than the 500 levels/],
  ['so many lists that they fill the memory', `dd000f4240${'90'.repeat(1_000_000)}`, /more than 64 MB/],
  ['a second of more than a thousand million nanoseconds', 'd7ffffffffff00000000', /^byte 1: a timestamp is none/],
])('refuses %s', (_, hex, words) => {
  const { records, refused } = readHex(hex);
  expect([records, refused.length]).toEqual([[], 1]);
  expect(refused[0]![0]).toMatch(words);
});

it('writes a number that nothing holds as its digits, and no text that is none', () => {
  expect(read(msgpackOf(readJson('[0.12345678901234567891,18446744073709551616,1e400]'))).records).toEqual([
    ['0.12345678901234567891', '18446744073709551616', '1e400'],
  ]);
  expect(() => msgpackOf('\uD800')).toThrow('a text in it is no Unicode');
});

it('gives back any JSON that it has written', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const payload = readJson(JSON.stringify(value));
      expect(writeJson(read(msgpackOf(payload)).records[0])).toBe(writeJson(payload));
    }),
    { numRuns: 2000 },
  );
});

describe('random values that Python’s msgpack wrote', () => {
  /** `tells_all`: there is no float in it that is whole, and no name of digits alone. */
  const lines = gunzipSync(readFileSync(join(import.meta.dirname, 'random-values-of-msgpack.ndjson.gz')))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly json: string; readonly hex: string; readonly tells_all: boolean });
  const onlyOf = (hex: string): string | undefined => writeJson(readHex(hex).records[0]);
  const ours = (json: string): string => msgpackOf(readJson(json)).toString('hex');

  it('are read as what they were, and so is what is written here', () => {
    for (const { json, hex } of lines) {
      const value = writeJson(readJson(json));
      expect([onlyOf(hex), onlyOf(ours(json))]).toEqual([value, value]);
    }
  });

  it('are written byte by byte the same where JSON tells all of them; a float that is whole is an integer', () => {
    const told = lines.filter(({ tells_all: tellsAll }) => tellsAll);
    expect(told.length).toBeGreaterThan(lines.length / 2);
    for (const { json, hex } of told) expect(ours(json)).toBe(hex);
    expect(ours('[7.0,-0.0,1e16]')).toBe('930700cf002386f26fc10000');
  });
});
