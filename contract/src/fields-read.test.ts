import { expect, it } from 'vitest';
import { fieldsNamed, neverSeen } from './fields-read.ts';
import type { SeenField } from './seen.ts';

const field = { type: 'string', widget: 'field' };
const schema = {
  type: 'object',
  properties: {
    rules: {
      type: 'array',
      items: { type: 'object', properties: { field, operator: { type: 'string' }, value: {} } },
    },
    per: { anyOf: [{ type: 'string', const: '' }, field] },
    by: { type: 'array', items: field },
    steps: {
      anyOf: [
        {
          type: 'array',
          items: {
            oneOf: [
              {
                type: 'object',
                properties: { do: { const: 'copy' }, from: field, to: { type: 'string', widget: 'new_field' } },
              },
              { type: 'object', properties: { do: { const: 'note' }, from: { type: 'string' } } },
            ],
          },
        },
        { type: 'object', additionalProperties: field },
      ],
    },
  },
};
const config = {
  rules: [
    { field: 'temprature', operator: 'gt', value: 'field' },
    { field: 'fault', operator: 'exists' },
  ],
  per: 'room',
  by: ['position.lat', 'position.altitude'],
  steps: [
    { do: 'copy', from: 'items[3].name', to: 'new' },
    { do: 'copy', from: 'new.x', to: 'newer' },
    { do: 'note', from: 'nothing' },
  ],
};
const seen = (...paths: string[]): SeenField[] =>
  paths.map((path) => ({ path, types: ['text'], count: 1, values: [] }));
const came = seen('temperature', 'room', 'position', 'position.lat', '["pm2.5"]', 'items', 'items[0]', 'items[0].name');

it('finds all settings that name a field', () => {
  const { read, written } = fieldsNamed(schema, config);
  expect(read.map(({ name }) => name)).toEqual([
    'temprature',
    'room',
    'position.lat',
    'position.altitude',
    'items[3].name',
    'new.x',
  ]);
  expect(written.map(({ name }) => name)).toEqual(['new', 'newer']);
  expect(fieldsNamed(schema, { per: '', steps: { a: 'x' } }).read).toEqual([{ place: ['steps', 'a'], name: 'x' }]);
  expect(fieldsNamed({}, { anything: ['x'] }).read).toEqual([]);
});

it('says which never came by, and the nearest that did', () => {
  const found = neverSeen(fieldsNamed(schema, config), { looked_at: 5, fields: came, is_cut: false });
  const elsewhere = neverSeen(fieldsNamed(schema, { per: 'Lat' }), { looked_at: 5, fields: came, is_cut: false });
  expect(elsewhere[0]!.instead).toBe('position.lat');
  expect(found).toEqual([
    {
      code: 'never_seen',
      field: 'rules[0].field',
      sentence: 'no message that came by had the field "temprature"',
      hint: 'did you mean "temperature"?',
      instead: 'temperature',
    },
    { code: 'never_seen', field: 'by[1]', sentence: 'no message that came by had the field "position.altitude"' },
  ]);
});

it.each([['pm2.5'], ['["pm2.5"]'], ['items[-1].name'], ['items[*].name'], ['a.b.c.d.e.f.g'], ['no path [']])(
  'says nothing of %s',
  (name) =>
    expect(neverSeen(fieldsNamed(schema, { per: name }), { looked_at: 5, fields: came, is_cut: false })).toEqual([]),
);

it('says nothing as long as it cannot know', () => {
  const named = fieldsNamed(schema, config);
  expect(neverSeen(named, { looked_at: 2, fields: came, is_cut: false })).toEqual([]);
  expect(neverSeen(named, { looked_at: 50, fields: came, is_cut: true })).toEqual([]);
  expect(neverSeen(named, { looked_at: 50, fields: [], is_cut: false })).toEqual([]);
});
