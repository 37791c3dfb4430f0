import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../../engine/exact-number.ts';
import { Message } from '../../../engine/message.ts';
import type { TimeUnit } from '../../times/time-units.ts';
import { pointWriter } from './point-of.ts';
import type { PointSettings } from './point-settings.ts';
import { readLineProtocol } from './read-lines.ts';

const usual: PointSettings = {
  measurement: '{measurement}',
  tags: ['tags'],
  fields: ['fields'],
  integer_fields: [],
  time_field: 'time',
  time_unit: 'ms',
};

const written = (payload: unknown, settings: Partial<PointSettings> = {}): string =>
  pointWriter({ ...usual, ...settings })(new Message(payload, 0, 'test', 1));

const read = (text: string, options: { unit?: TimeUnit; lineEnds?: boolean } = {}) => {
  const [records, refused]: [unknown[], [string, string][]] = [[], []];
  readLineProtocol({ unit: 'ms', lineEnds: true, ...options })(text, {
    record: (payload) => records.push(payload),
    refuse: (sentence, raw) => refused.push([sentence, raw]),
  });
  return { records, refused };
};

/** Points, and the lines that influxdb-client 1.50 writes of them, with times in milliseconds. */
interface Line {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly time_ms: number | null;
  readonly line: string;
}
const lines = readFileSync(join(import.meta.dirname, 'lines-of-influxdb-client.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);

const withoutEmpty = (tags: Line['tags']): object =>
  Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== ''));

describe.each(lines)('as influxdb-client: $measurement', ({ line, measurement, tags, fields, time_ms }) => {
  const point = {
    measurement,
    tags: withoutEmpty(tags),
    fields,
    ...(time_ms !== null && { time: new Date(time_ms).toISOString() }),
  };
  it('is read', () => expect(read(line)).toEqual({ records: [point], refused: [] }));

  it('is written', () => {
    const ours = written({ measurement, tags, fields, time: time_ms }, { integer_fields: ['i', 'big', 'neg'] });
    const wordsOf = (text: string): string[] => text.replace('e-08', 'e-8').split(/[, ]/).sort();
    expect([read(ours).records, wordsOf(ours)]).toEqual([[point], wordsOf(line)]);
  });
});

describe('what a server would read is read', () => {
  it.each<[string, object]>([
    ['a\\\\,b=c\\ d,e\\=f=1 x=1', { measurement: 'a\\,b=c d', tags: { 'e=f': '1' }, fields: { x: 1 } }],
    ['m,path=C:\\Data x="\\a"', { measurement: 'm', tags: { path: 'C:\\Data' }, fields: { x: '\\a' } }],
    [
      'm x=T,y=False,z=1.50e3,u=18446744073709551615u',
      { measurement: 'm', tags: {}, fields: { x: true, y: false, z: 1500, u: readJson('18446744073709551615') } },
    ],
    ['m   x=-0   1  \r', { measurement: 'm', tags: {}, fields: { x: 0 }, time: '1970-01-01T00:00:00.001Z' }],
    ['m __proto__=1,v=0.12345678901234567891', { measurement: 'm', tags: {}, fields: JSON.parse('{"__proto__":1}') }],
  ])('%s', (line, point) => {
    const { records, refused } = read(line);
    expect(refused).toEqual([]);
    expect(records[0]).toMatchObject(point);
  });

  it('without line ends that client libraries mean, where that is set', () =>
    expect(read('m,p=C:\\new v=1', { lineEnds: false }).records).toEqual([
      { measurement: 'm', tags: { p: 'C:\\new' }, fields: { v: 1 } },
    ]));

  it('with all digits of its time', () =>
    expect(read('m v=1 1465839830100400201', { unit: 'ns' }).records).toEqual([
      { measurement: 'm', tags: {}, fields: { v: 1 }, time: '2016-06-13T17:43:50.100400201Z' },
    ]));
});

it('refuses a line that is wrong by itself, with its place', () => {
  const text =
    '# comment\nm v=1\n\nm,a v=1\nm v="open\nm s="two\nlines"\nm v=2 x\nm v=3\nm v=1,v=2\nm v=9223372036854775808i\n';
  const { records, refused } = read(text);
  expect(records).toEqual(
    [{ v: 1 }, { s: 'two\nlines' }, { v: 3 }].map((fields) => ({ measurement: 'm', tags: {}, fields })),
  );
  expect(refused).toEqual([
    ['line 4, column 4: a tag has no "=" behind its name', 'm,a v=1'],
    ['line 6, column 6: a text ends before its field does', 'm v="open'],
    [expect.stringMatching(/^line 8, column 7: "x" is no time/), 'm v=2 x'],
    ['line 10, column 1: the field "v" stands in it twice', 'm v=1,v=2'],
    [expect.stringMatching(/^line 11, column 5: "9223372036854775808i" is no value/), 'm v=9223372036854775808i'],
  ]);
});

describe('a message becomes a line', () => {
  const payload = {
    site: 'north',
    position: { lat: 1.5, lon: null },
    count: 3,
    label: 'a "b"',
    at: '2024-05-01T10:00:00.5Z',
  };
  it('of all that is no tag, with names for what lies deeper', () =>
    expect(written(payload, { measurement: 'rooms', tags: ['site'], fields: [], time_field: 'at' })).toBe(
      'rooms,site=north position.lat=1.5,count=3,label="a \\"b\\"" 1714557600500',
    ));

  it('of what is named, with integers, in its unit', () =>
    expect(
      written(payload, {
        measurement: 'at_{site}',
        tags: [],
        fields: ['count', 'position.lat', 'missing'],
        integer_fields: ['*'],
        time_field: 'at',
        time_unit: 'ns',
      }),
    ).toBe('at_north count=3i,position.lat=1.5 1714557600500000000'));

  it('with all digits', () =>
    expect(
      written(readJson('{"v":0.12345678901234567891,"n":9007199254740993,"t":1700000000123456789}'), {
        measurement: 'm',
        fields: ['v', 'n'],
        integer_fields: ['n'],
        time_field: 't',
      }),
    ).toBe('m v=0.12345678901234567891,n=9007199254740993i 1700000000123456789'));

  it.each<[string, unknown, Partial<PointSettings>, RegExp]>([
    ['no fields', { a: 1 }, { measurement: 'm' }, /it has no field "fields": name those/],
    ['nothing but empty fields', { fields: { a: null } }, { measurement: 'm' }, /no field with a value/],
    ['a list', { a: [1] }, { measurement: 'm', fields: [] }, /the field "a" is a list/],
    [
      'a backslash at the end',
      { t: 'a\\', a: 1 },
      { measurement: 'm', tags: ['t'], fields: [] },
      /"t" ends with a backslash/,
    ],
    ['no integer', { a: 1.5 }, { measurement: 'm', fields: ['a'], integer_fields: ['a'] }, /no integer of 64 bits/],
    ['no measurement', { fields: { a: 1 } }, {}, /the field "measurement" is missing/],
    ['a comment', { fields: { a: 1 } }, { measurement: '#m' }, /begins as a comment does/],
    ['no time', { fields: { a: 1 }, time: 'noon' }, { measurement: 'm' }, /its time "noon" is neither/],
    [
      'beyond all doubles',
      readJson('{"fields":{"a":1e400}}'),
      { measurement: 'm' },
      /beyond what line protocol can say/,
    ],
  ])('or says why not: %s', (_, given, settings, words) => expect(() => written(given, settings)).toThrow(words));
});
