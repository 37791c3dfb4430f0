import { expect, it } from 'vitest';
import { readJson } from '../../../engine/exact-number.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import { leftOut } from './change.ts';
import { compile, type MapConfig } from './json-map.ts';
import { Step } from './step.ts';

const mapped = (steps: readonly unknown[], payload: unknown): unknown => {
  const config: MapConfig = {
    steps: steps.map((step) => Step.parse(step)),
    mappings: [],
    add_fields: {},
    remove_fields: [],
  };
  return compile(config)(payload);
};

it.each<[string, unknown, unknown, unknown]>([
  ['fills in a missing field', { do: 'default', field: 'a.b', value: 0 }, {}, { a: { b: 0 } }],
  ['fills in a null', { do: 'default', field: 'a', value: 'none' }, { a: null }, { a: 'none' }],
  ['leaves what is there', { do: 'default', field: 'a', value: 1 }, { a: false }, { a: false }],
  ['removes a null', { do: 'remove_null', field: 'a' }, { a: null, b: null }, { b: null }],
  ['removes no other value', { do: 'remove_null', field: 'a' }, { a: 0 }, { a: 0 }],
  [
    'removes all nulls',
    { do: 'remove_null' },
    { a: null, b: { c: null, d: [null, { e: null }] } },
    { b: { d: [null, {}] } },
  ],
  ['leaves a message out', { do: 'drop_null', field: 'a' }, { a: null }, leftOut],
  ['leaves a message out that lacks it', { do: 'drop_null', field: 'a' }, {}, leftOut],
  ['passes one on that has it', { do: 'drop_null', field: 'a' }, { a: '' }, { a: '' }],
  ['takes the first', { do: 'list', field: 'a', take: 'first' }, { a: [{ n: 1 }, 2] }, { a: { n: 1 } }],
  ['takes the last', { do: 'list', field: 'a', take: 'last', to: 'z' }, { a: [1, 2] }, { a: [1, 2], z: 2 }],
  ['takes null of an empty list', { do: 'list', field: 'a', take: 'last' }, { a: [] }, { a: null }],
  ['counts', { do: 'list', field: 'a', take: 'length' }, { a: [] }, { a: 0 }],
  ['joins', { do: 'list', field: 'a', take: 'join' }, { a: ['x', 1, null, [2], true] }, { a: 'x, 1, , [2], true' }],
  ['joins nothing', { do: 'list', field: 'a', take: 'join' }, { a: [] }, { a: '' }],
  [
    'joins without a separator',
    { do: 'list', field: 'a', take: 'join', separator: '' },
    { a: ['x', 'y'] },
    { a: 'xy' },
  ],
  [
    'takes a field of each',
    { do: 'list', field: 'a', take: 'each', of: 'n.m' },
    { a: [{ n: { m: 1 } }, { n: 5 }, 7, { n: { m: null } }] },
    { a: [1, null] },
  ],
  ['does nothing without the list', { do: 'list', field: 'x', take: 'length', to: 'n' }, { a: 1 }, { a: 1 }],
  ['makes capitals', { do: 'text', field: 'a', change: 'uppercase' }, { a: 'straße' }, { a: 'STRASSE' }],
  ['makes small letters', { do: 'text', field: 'a', change: 'lowercase', to: 'b' }, { a: 'Ä' }, { a: 'Ä', b: 'ä' }],
  ['trims', { do: 'text', field: 'a', change: 'trim' }, { a: ' x\n' }, { a: 'x' }],
  [
    'replaces everywhere',
    { do: 'text', field: 'a', change: 'replace', find: '.', by: '$&' },
    { a: '1.2.3' },
    { a: '1$&2$&3' },
  ],
  ['removes a part', { do: 'text', field: 'a', change: 'replace', find: ' m' }, { a: '12 m' }, { a: '12' }],
  ['splits', { do: 'text', field: 'a', change: 'split' }, { a: 'x,,y' }, { a: ['x', '', 'y'] }],
  ['splits nothing', { do: 'text', field: 'a', change: 'split' }, { a: '' }, { a: [] }],
  ['leaves what is no text', { do: 'text', field: 'a', change: 'trim' }, { a: 5 }, { a: 5 }],
])('%s', (_, step, payload, expected) => {
  const before = structuredClone(payload);
  expect(mapped([step], payload)).toEqual(expected);
  expect(payload).toEqual(before);
});

it('ends with the step that leaves a message out', () =>
  expect(
    mapped(
      [
        { do: 'drop_null', field: 'a' },
        { do: 'text', field: 'b', change: 'trim' },
      ],
      { b: 'x' },
    ),
  ).toBe(leftOut));

it('keeps the digits of numbers that it does not reckon with', () =>
  expect(
    jsonOf(
      mapped(
        [
          { do: 'remove_null' },
          { do: 'list', field: 'a', take: 'join', to: 'text' },
          { do: 'list', field: 'a', take: 'first', to: 'id' },
        ],
        readJson('{"a":[9007199254740993,0.12345678901234567891],"b":null}'),
      ),
    ),
  ).toBe(
    '{"a":[9007199254740993,0.12345678901234567891],"text":"9007199254740993, 0.12345678901234567891","id":9007199254740993}',
  ));

it('leaves lists that are taken from as they are, when steps behind change what was taken', () => {
  const steps = [
    { do: 'set', field: 'a[0].n', value: 1 },
    { do: 'list', field: 'a', take: 'first', to: 'b' },
    { do: 'set', field: 'b.n', value: 2 },
  ];
  expect(mapped(steps, { a: [{}] })).toEqual({ a: [{ n: 1 }], b: { n: 2 } });
});

it.each([
  [{ do: 'list', field: 'a', take: 'each' }, ['of']],
  [{ do: 'text', field: 'a', change: 'replace' }, ['find']],
  [{ do: 'calculate', field: 'a', operator: 'plus', by: 'b..c' }, ['by']],
])('%j is refused, with its place', (step, path) => expect(Step.safeParse(step).error?.issues[0]?.path).toEqual(path));

const long = 'x'.repeat(1_000_000);
it.each<[string, readonly unknown[], unknown]>([
  [
    'a replacement that grows',
    [{ do: 'text', field: 'a', change: 'replace', find: 'x', by: 'y'.repeat(1000) }],
    { a: long },
  ],
  ['a text cut into letters', [{ do: 'text', field: 'a', change: 'split', separator: 'x' }], { a: long }],
  [
    'a long separator',
    [{ do: 'list', field: 'a', take: 'join', separator: '-'.repeat(1000) }],
    { a: Array(20_000).fill(1) },
  ],
  [
    'one list in many places',
    Array.from({ length: 20 }, (_, n) => ({ do: 'list', field: 'a', take: 'first', to: `b${n}` })),
    { a: [long] },
  ],
])('refuses %s, before it takes the memory', (_, steps, payload) =>
  expect(() => mapped(steps, payload)).toThrow('the steps make it grow by more than the 16 MB that they may add'),
);

it('says what is no list', () =>
  expect(() => mapped([{ do: 'list', field: 'a', take: 'first' }], { a: 5 })).toThrow(
    'the field "a" is 5, which is no list',
  ));
