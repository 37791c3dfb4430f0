import { describe, expect, it } from 'vitest';
import { problemOf } from './check.ts';
import { fieldOf, fieldsOf, isShown, startObject, type JsonSchema } from './fields.ts';
import { guessedValue, kindOfValue, textOfValue, valueOfText } from './value-text.ts';

const shape = (name: string, properties: Record<string, JsonSchema> = {}): JsonSchema => ({
  type: 'object',
  properties: { do: { type: 'string', const: name, title: `Do ${name}` }, ...properties },
  required: ['do', ...Object.keys(properties)],
});

describe('a schema', () => {
  it.each<[string, JsonSchema, string]>([
    ['a port', { type: 'integer' }, 'number'],
    ['a name', { type: 'string' }, 'text'],
    ['a yes or no', { type: 'boolean' }, 'switch'],
    ['a choice', { type: 'string', enum: ['a', 'b'] }, 'choice'],
    ['a duration', { type: 'string', format: 'duration' }, 'duration'],
    ['a size', { type: 'string', format: 'size' }, 'size'],
    ['names', { type: 'array', items: { type: 'string' } }, 'texts'],
    ['numbers', { type: 'array', items: { type: 'integer' } }, 'list'],
    ['rules', { type: 'array', items: { type: 'object', properties: {} } }, 'list'],
    ['steps', { type: 'array', items: { oneOf: [shape('set'), shape('copy')] } }, 'shapes'],
    ['any scalar', { type: ['string', 'number'] }, 'value'],
    ['a value of any kind', { widget: 'value', $ref: '#/$defs/x' }, 'value'],
    ['headers', { type: 'object', additionalProperties: { type: 'string' } }, 'map'],
    [
      'a list or a map',
      {
        anyOf: [
          { type: 'array', items: { type: 'object', properties: {} } },
          { type: 'object', additionalProperties: { type: 'string' } },
        ],
      },
      'either',
    ],
    ['something unheard of', { not: {} } as JsonSchema, 'json'],
  ])('of %s becomes the right control', (_, schema, kind) => expect(fieldOf('x', schema).kind).toBe(kind));

  it('of a program is a text of several lines with letters of one width', () =>
    expect(fieldOf('code', { type: 'string', maxLength: 100_000, widget: 'code' })).toMatchObject({
      kind: 'text',
      isLong: true,
      isCode: true,
    }));

  it('keeps the order of the author, titles, units and defaults', () => {
    const fields = fieldsOf({
      properties: { rate: { type: 'number', title: 'Rate', unit: 'Hz', default: 1 }, max_age: { type: 'string' } },
      required: ['rate'],
    });
    expect(fields.map(({ title, unit, fallback, isRequired }) => [title, unit, fallback, isRequired])).toEqual([
      ['Rate', 'Hz', 1, true],
      ['Max age', undefined, undefined, false],
    ]);
  });

  it('of a union knows its shapes and what each of them begins with', () => {
    const steps = fieldOf('steps', {
      type: 'array',
      items: { oneOf: [shape('set', { field: { type: 'string' } }), shape('copy')] },
    });
    expect(steps).toMatchObject({ by: 'do', shapes: [{ value: 'set', title: 'Do set' }, { value: 'copy' }] });
    expect(steps.kind === 'shapes' && startObject(steps.shapes[0]!.fields)).toEqual({ field: '' });
  });
});

it.each([
  [{}, true],
  [{ mode: 'tail' }, false],
  [{ mode: 'replay' }, true],
])('what is shown for one mode only is shown with %j: %s', (values, expected) => {
  const [mode, speed] = fieldsOf({
    properties: {
      mode: { type: 'string', enum: ['tail', 'replay'], default: 'replay' },
      speed: { type: 'number', showIf: { field: 'mode', is: ['replay'] } },
    },
  });
  expect(isShown(speed!, [mode!, speed!], values)).toBe(expected);
});

describe('a value that cannot be right', () => {
  it.each<[JsonSchema, unknown, string | undefined]>([
    [{ type: 'integer', minimum: 0, maximum: 65_535 }, 9000, undefined],
    [{ type: 'integer', minimum: 0, maximum: 65_535 }, 99_999, 'Must be a whole number from 0 to 65 535.'],
    [{ type: 'integer', minimum: 0, maximum: 65_535 }, 'abc', 'Must be a whole number from 0 to 65 535.'],
    [{ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, 1.5, 'Must be a whole number of 1 or more.'],
    [{ type: 'number', exclusiveMinimum: 0 }, 0, 'Must be a number above 0.'],
    [{ type: 'number' }, Number.NaN, undefined],
    [{ type: 'string', format: 'duration' }, '5', 'Write a number and its unit: “500ms”, “5s”, “10m”, “24h”.'],
    [{ type: 'string', format: 'size' }, '64 KB', 'Write a number and its unit: “64KB”, “256MB”, “1GB”.'],
    [{ type: 'string', minLength: 1 }, '', 'This has to be given.'],
    [{ type: 'string', minLength: 1, maxLength: 1 }, ';;', 'Must have 1 character.'],
    [{ type: 'string', format: 'uri', examples: ['ws://a:1'] }, 'nowhere', 'Must be an address, such as “ws://a:1”.'],
    [{ type: 'string', format: 'starts_with', pattern: '^\\/.*' }, 'x', 'Must begin with “/”.'],
    [{ type: 'string', format: 'uri' }, '${ADDRESS}', undefined],
    [{ enum: ['a', 'b'] }, 'c', '“c” is not one of the choices.'],
  ])('%j with %j: %s', (schema, value, expected) => {
    if (Number.isNaN(value)) return expect(problemOf(fieldOf('x', schema), value)).toBe('Must be a number.');
    expect(problemOf(fieldOf('x', schema), value)).toBe(expected);
  });

  it('is nothing at all where something has to be given', () => {
    expect(problemOf(fieldOf('x', { type: 'string' }, true), undefined)).toBe('This has to be given.');
    expect(problemOf(fieldOf('x', { type: 'string', default: 'y' }, true), undefined)).toBeUndefined();
  });
});

describe('a value in one line', () => {
  it.each([
    ['1000', 1000],
    ['-1.5e3', -1500],
    ['true', true],
    ['airborne', 'airborne'],
    ['"1000"', '1000'],
    ['1000 m', '1000 m'],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', '9007199254740993'],
    ['1e20', 1e20],
    ['1e400', '1e400'],
    ['', ''],
  ])('typed as %s is %j', (text, value) => expect(guessedValue(text)).toBe(value));

  it.each([[1000], ['1000'], [true], [null], [['HEARTBEAT', 1, 'a, b', '7', '9007199254740993']], [{ a: [1] }], ['']])(
    '%j is read back as it is shown',
    (value) => expect(valueOfText(textOfValue(value), kindOfValue(value))).toEqual(value),
  );
});
