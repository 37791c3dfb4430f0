import { schemaFindings } from '@semstreams/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { readJson } from '../../../engine/exact-number.ts';
import type { Io } from '../../../engine/component.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import { Message } from '../../../engine/message.ts';
import { type Conversion, converter, NotConverted } from './convert.ts';
import { Growth } from './growth.ts';
import { jsonMap } from './json-map.component.ts';
import { compile, type MapConfig } from './json-map.ts';
import { compileTemplate } from './template.ts';

const none: MapConfig = { steps: [], mappings: [], add_fields: {}, remove_fields: [] };

it.each<[string, Partial<MapConfig>, unknown, unknown]>([
  ['sets', { steps: [{ do: 'set', field: 'a.b', value: 1 }] }, {}, { a: { b: 1 } }],
  ['copies', { steps: [{ do: 'copy', from: 'a', to: 'b' }] }, { a: 1 }, { a: 1, b: 1 }],
  ['copies nothing', { steps: [{ do: 'copy', from: 'x', to: 'b' }] }, { a: 1 }, { a: 1 }],
  ['renames', { steps: [{ do: 'rename', from: 'a.b', to: 'c' }] }, { a: { b: 1 } }, { a: {}, c: 1 }],
  ['removes', { steps: [{ do: 'remove', field: 'a[0]' }] }, { a: [1, 2] }, { a: [2] }],
  ['scales', { steps: [{ do: 'scale', field: 'a', factor: 2, offset: 1 }] }, { a: 3 }, { a: 7 }],
  ['converts', { steps: [{ do: 'convert', field: 'a', into: 'number' }] }, { a: '3' }, { a: 3 }],
  [
    'takes a list of names',
    { mappings: [{ source_field: 'a', target_field: 'b', transform: 'copy' }] },
    { a: 1 },
    { b: 1 },
  ],
  [
    'changes the letters of texts on the way, and nothing else',
    {
      mappings: [
        { source_field: 'a', target_field: 'A', transform: 'uppercase' },
        { source_field: 'b', target_field: 'b', transform: 'trim' },
        { source_field: 'c', target_field: 'c', transform: 'lowercase' },
      ],
    },
    { a: 'north', b: ' x ', c: 5 },
    { A: 'NORTH', b: 'x', c: 5 },
  ],
  ['takes an object of names', { mappings: { a: 'b' } }, { a: 1 }, { b: 1 }],
  ['exchanges two names', { mappings: { lat: 'lon', lon: 'lat' } }, { lat: 1, lon: 2 }, { lat: 2, lon: 1 }],
  ['moves names on', { mappings: { t1: 't2', t2: 't3' } }, { t1: 1, t2: 2 }, { t2: 1, t3: 2 }],
  ['moves three in a circle', { mappings: { a: 'b', b: 'c', c: 'a' } }, { a: 1, b: 2, c: 3 }, { a: 3, b: 1, c: 2 }],
  [
    'exchanges what lies deep',
    { mappings: { 'p.x': 'q.y', 'q.y': 'p.x' } },
    { p: { x: 1, z: 0 }, q: { y: [2] } },
    { p: { x: [2], z: 0 }, q: { y: 1 } },
  ],
  ['moves only what is there', { mappings: { a: 'b', b: 'a' } }, { a: 1 }, { b: 1 }],
  ['puts a value below its own name', { mappings: { temp: 'temp.value' } }, { temp: 21 }, { temp: { value: 21 } }],
  [
    'gives one field two names',
    {
      mappings: [
        { source_field: 'a', target_field: 'x', transform: 'copy' },
        { source_field: 'a', target_field: 'y', transform: 'uppercase' },
      ],
    },
    { a: 'n' },
    { x: 'n', y: 'N' },
  ],
  ['takes a name with a dot for what it is', { mappings: { 'pm2.5': 'pm25' } }, { 'pm2.5': 20 }, { pm25: 20 }],
  ['makes a list for a place', { steps: [{ do: 'set', field: 'items[0].v', value: 1 }] }, {}, { items: [{ v: 1 }] }],
  [
    'removes what is like a pattern',
    { steps: [{ do: 'remove_like', pattern: 'debug_*' }] },
    { debug_a: 1, debug_: 2, a: 3, my_debug_a: 4 },
    { a: 3, my_debug_a: 4 },
  ],
  [
    'removes what is like a pattern within a field',
    { steps: [{ do: 'remove_like', pattern: 'meta.*_x*y' }] },
    { meta: { a_xy: 1, _x_y: 2, a_x: 3 }, a_xy: 4 },
    { meta: { a_x: 3 }, a_xy: 4 },
  ],
  [
    'removes nothing where nothing is like it',
    { steps: [{ do: 'remove_like', pattern: 'a.*b' }] },
    { a: [1] },
    { a: [1] },
  ],
  [
    'works in its order',
    { mappings: { a: 'b' }, add_fields: { c: 1 }, remove_fields: ['b'], steps: [{ do: 'copy', from: 'c', to: 'd' }] },
    { a: 1, b: 2 },
    { b: 1, c: 1, d: 1 },
  ],
])('%s', (_, config, payload, expected) => {
  const before = structuredClone(payload);
  expect(compile({ ...none, ...config })(payload)).toEqual(expected);
  expect(payload).toEqual(before);
});

const outcome = (change: () => unknown): unknown => {
  try {
    return change();
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

it('gives for many steps what the steps give one after the other, and leaves the message as it was', () => {
  const field = fc.constantFrom('a', 'b', 'a.x', 'b.x.y', 'c[0]', 'c[1].z');
  const step = fc.oneof(
    fc.record({
      do: fc.constant('set' as const),
      field,
      value: fc.constantFrom<z.core.util.JSONType>(1, { x: 2 }, [3]),
    }),
    fc.record({ do: fc.constantFrom('copy' as const, 'rename' as const), from: field, to: field }),
    fc.record({ do: fc.constant('remove' as const), field }),
  );
  const payload = { a: { x: 1 }, b: { x: { y: 2 } }, c: [{ z: 3 }, 4] };
  const before = structuredClone(payload);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const oneByOne = outcome(() =>
        steps.reduce<unknown>((given, one) => compile({ ...none, steps: [one] })(structuredClone(given)), payload),
      );
      expect(outcome(() => compile({ ...none, steps })(payload))).toEqual(oneByOne);
      expect(payload).toEqual(before);
    }),
    { numRuns: 500 },
  );
});

it.each<[string, Partial<MapConfig>, unknown]>([
  ['a name that is there already', { mappings: { a: 'b' } }, { a: 1, b: 2 }],
  ['a step to a name that is there already', { steps: [{ do: 'rename', from: 'a', to: 'b' }] }, { a: 1, b: 2 }],
  ['a copy onto what is there', { steps: [{ do: 'copy', from: 'a', to: 'b' }] }, { a: 1, b: { c: 2 } }],
  [
    'two steps onto one name',
    { steps: ['a', 'b'].map((from) => ({ do: 'rename', from, to: 'x' }) as const) },
    { a: 1, b: 2 },
  ],
  ['a field below a number', { steps: [{ do: 'set', field: 'temp.unit', value: 'C' }] }, { temp: 21.5 }],
  ['a field of a payload that is a text', { add_fields: { site: 'x' } }, 'text'],
  ['one name within another', { mappings: { a: 'x', b: 'x.y' } }, { a: 1, b: 2 }],
])('refuses a message where it would lose something: %s', (_, config, payload) => {
  expect(() => compile({ ...none, ...config })(payload)).toThrow('would be lost');
});

it('says which field could not be converted, and why', () => {
  const change = compile({ ...none, steps: [{ do: 'convert', field: 'a', into: 'number' }] });
  expect(() => change({ a: 'x' })).toThrow(new InvalidMessage('the field "a" is "x", which cannot become a number'));
});

it.each<[Conversion, unknown, unknown]>([
  ['number', '1e3', 1000],
  ['number', '', undefined],
  ['number', '12 m', undefined],
  ['number', true, 1],
  ['integer', '3.9', 3],
  ['string', 5, '5'],
  ['string', { a: 1 }, '{"a":1}'],
  ['boolean', 'Yes', true],
  ['boolean', 0, false],
  ['boolean', 'maybe', undefined],
  ['time_from_s', 1_700_000_000, '2023-11-14T22:13:20.000Z'],
  ['time_from_us', '1700000000000000', '2023-11-14T22:13:20.000Z'],
  ['time_from_ms', 1e18, undefined],
  ['time_from_us', 1_700_000_000_123_456, '2023-11-14T22:13:20.123Z'],
  ['time_from_ns', '1700000000000000000', '2023-11-14T22:13:20.000Z'],
  ['time_from_ns', 1_700_000_000_250_000_000, '2023-11-14T22:13:20.250Z'],
  ['time_from_s', 1_700_000_000.123, '2023-11-14T22:13:20.123Z'],
  ['time_from_s', '1700000000.5', '2023-11-14T22:13:20.500Z'],
  ['time_from_text', 5, undefined],
  ['time_from_boot_ms', 'soon', undefined],
  ['time_from_text', '2023-11-14 22:13:20Z', '2023-11-14T22:13:20.000Z'],
  ['ms_from_time', '2023-11-14T22:13:20.000Z', 1_700_000_000_000],
])('%s of %j is %j', (conversion, value, expected) => expect(converter(conversion, {})(value, 0)).toEqual(expected));

it.each(['13/04/2024 10:00', '03.04.2024', 'room 12', '2023-02-29'])('%j is no time without a format', (text) => {
  expect(converter('time_from_text', {})(text, 0)).toEqual(expect.any(NotConverted));
  const change = compile({ ...none, steps: [{ do: 'convert', field: 't', into: 'ms_from_time' }] });
  expect(() => change({ t: text })).toThrow(/cannot become a ms from time: .* set its format/);
});

it('reads times by a format and a zone', () => {
  const zone = 'Europe/Berlin';
  const step = { do: 'convert', field: 't', into: 'time_from_text', format: 'dd.MM.yyyy HH:mm', zone } as const;
  const change = compile({ ...none, steps: [step] });
  expect(change({ t: '03.04.2024 12:30' })).toEqual({ t: '2024-04-03T10:30:00.000Z' });
  expect(() => change({ t: '25.10.2026 02:30' })).toThrow(/comes twice in "Europe\/Berlin"/);
});

it('reckons times since a start from the first message, and anew after another start', () => {
  const change = compile({ ...none, steps: [{ do: 'convert', field: 't', into: 'time_from_boot_ms' }] });
  const came = (seconds: number): number => Date.UTC(2024, 4, 1, 10, 0, seconds);
  const times = [
    [60_000, came(0)],
    [61_500, came(3)],
    [61_400, came(4)],
    [5000, came(30)],
    [6000, came(40)],
  ] as const;
  expect(times.map(([t, cameIn]) => (change({ t }, cameIn) as { t: string }).t.slice(17, 23))).toEqual([
    '00.000',
    '01.500',
    '01.400',
    '30.000',
    '31.000',
  ]);
});

it.each([
  ['{a} and {b.c}', 'x and 1'],
  ['{{a}} {missing}|{list}', '{a} |[1]'],
])('the template %j gives %j', (template, expected) =>
  expect(compileTemplate(template)({ a: 'x', b: { c: 1 }, list: [1] })).toBe(expected),
);

it.each<[string, Partial<MapConfig>, string, string]>([
  [
    'adds a field beside',
    { add_fields: { site: 'x' } },
    '{"id":9007199254740993}',
    '{"id":9007199254740993,"site":"x"}',
  ],
  [
    'copies and renames',
    {
      steps: [
        { do: 'copy', from: 'a', to: 'b.c' },
        { do: 'rename', from: 'a', to: 'd' },
      ],
    },
    '{"a":0.12345678901234567891}',
    '{"b":{"c":0.12345678901234567891},"d":0.12345678901234567891}',
  ],
  ['removes another', { remove_fields: ['x'] }, '{"a":[1e400,{"b":-1e-400}],"x":1}', '{"a":[1e400,{"b":-1e-400}]}'],
  [
    'puts one into a text',
    { steps: [{ do: 'template', field: 't', text: '#{id} {list}' }] },
    '{"id":12345678901234567890,"list":[12345678901234567890]}',
    '{"id":12345678901234567890,"list":[12345678901234567890],"t":"#12345678901234567890 [12345678901234567890]"}',
  ],
  [
    'makes a text of one',
    { steps: [{ do: 'convert', field: 'id', into: 'string' }] },
    '{"id":12345678901234567890}',
    '{"id":"12345678901234567890"}',
  ],
  [
    'makes one of a text',
    { steps: [{ do: 'convert', field: 'id', into: 'number' }] },
    '{"id":" +12345678901234567890 "}',
    '{"id":12345678901234567890}',
  ],
  [
    'cuts what is behind the point',
    { steps: [{ do: 'convert', field: 'a', into: 'integer' }] },
    '{"a":12345678901234567890.5}',
    '{"a":12345678901234567890}',
  ],
  [
    'reckons with one, which gives the double next to the result',
    { steps: [{ do: 'scale', field: 'ns', factor: 1e-9, offset: 0 }] },
    '{"ns":1700000000123456789}',
    '{"ns":1700000000.1234567}',
  ],
])('keeps all digits of numbers where it %s', (_, config, text, expected) => {
  expect(jsonOf(compile({ ...none, ...config })(readJson(text)))).toBe(expected);
});

it.each<[Conversion, string]>([
  ['integer', '{"a":1e400}'],
  ['number', '{"a":"1e400"}'],
  ['number', '{"a":"Infinity"}'],
])('refuses to make a %s of %s, in words', (into, text) => {
  const change = compile({ ...none, steps: [{ do: 'convert', field: 'a', into }] });
  expect(() => change(readJson(text))).toThrow(`which cannot become a`);
});

it.each([
  [{ mappings: { 'a..b': 'c' } }, 'mappings.a..b'],
  [{ mappings: [{ source_field: 'a', target_field: 'b', transform: 'upper' }] }, 'mappings[0].transform'],
  [{ mappings: { a: 'x', b: 'x' } }, 'mappings.b'],
  [
    {
      mappings: [
        { source_field: 'a', target_field: 'x' },
        { source_field: 'b', target_field: '["x"]' },
      ],
    },
    'mappings[1].target_field',
  ],
  [{ add_fields: { 'a[': 1 } }, 'add_fields.a['],
  [{ steps: [{ do: 'template', field: 'a', text: '{"json": 1}' }] }, 'steps[0].text'],
])('%j is refused, with its place', (config, place) => {
  const { error } = jsonMap.config.safeParse(config);
  expect(schemaFindings(error!, jsonMap.config, config, [])[0]?.place).toBe(place);
});

it.each<[string, Partial<MapConfig>, unknown]>([
  [
    'templates that double a text',
    { steps: Array.from({ length: 28 }, () => ({ do: 'template', field: 'a', text: '{a}{a}' }) as const) },
    { a: '0123456789' },
  ],
  [
    'one template that names a long text often',
    { steps: [{ do: 'template', field: 'a', text: '{a}'.repeat(3000) }] },
    { a: 'x'.repeat(10_000) },
  ],
  [
    'copies within each other, which take no memory and are written twice',
    {
      steps: Array.from({ length: 60 }, () => [
        { do: 'copy', from: 'a', to: 'b.left' } as const,
        { do: 'copy', from: 'a', to: 'b.right' } as const,
        { do: 'remove', field: 'a' } as const,
        { do: 'rename', from: 'b', to: 'a' } as const,
      ]).flat(),
    },
    { a: [1, 2, 3] },
  ],
  [
    'lists as texts in texts',
    {
      steps: Array.from({ length: 40 }, () => [
        { do: 'template', field: 'b.x', text: '{a}' } as const,
        { do: 'copy', from: 'b', to: 'b.y' } as const,
        { do: 'convert', field: 'b', into: 'string' } as const,
        { do: 'remove', field: 'a' } as const,
        { do: 'rename', from: 'b', to: 'a' } as const,
      ]).flat(),
    },
    { a: '"' },
  ],
])('refuses %s, before it takes the memory', (_, config, payload) => {
  const change = compile({ ...none, ...config });
  const before = performance.now();
  expect(() => change(payload)).toThrow('the steps make it grow by more than the 16 MB that they may add');
  // what grows without a bound takes minutes
  expect(performance.now() - before).toBeLessThan(30_000);
});

it('tells how much larger a message is than the one that came in', async () => {
  const growth = new Growth();
  const config = {
    ...none,
    add_fields: { site: 'x'.repeat(1000) },
    steps: [{ do: 'copy', from: 't', to: 'u' } as const],
  };
  const change = compile(config, growth);
  change({ t: 'y'.repeat(500) });
  expect(growth.bytes).toBeGreaterThanOrEqual(1500);
  change({});
  expect(growth.bytes).toBeLessThan(1100);
});

describe('a map of headers', () => {
  const mapped = async (config: object, message: Message): Promise<Message> => {
    const component = jsonMap.create({
      config: jsonMap.config.parse(config),
      io: {} as Io,
      emit: async () => undefined,
    }) as unknown as { in(message: Message): { out: Message } };
    return component.in(message).out;
  };

  it('reads them into fields, and writes fields into them', async () => {
    const steps = [
      { do: 'copy', from: '@header.address', to: 'sender' },
      { do: 'template', field: '@header.topic', text: 'ships/{mmsi}' },
      { do: 'remove', field: '@header.secret' },
    ];
    const { payload, headers } = await mapped(
      { steps },
      new Message({ mmsi: 7 }, 1, 'test.a.1', 1, { address: '10.0.0.1:5', secret: 'x' }),
    );
    expect([payload, headers]).toEqual([
      { mmsi: 7, sender: '10.0.0.1:5' },
      { address: '10.0.0.1:5', topic: 'ships/7' },
    ]);
  });

  it('leaves them alone where no step names one', async () => {
    const headers = { address: '10.0.0.1:5' };
    const config = { steps: [{ do: 'remove', field: 'n' }] };
    expect((await mapped(config, new Message({ n: 1 }, 1, 'test.a.1', 1, headers))).headers).toBe(headers);
  });
});
