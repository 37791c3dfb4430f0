import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CheckedType, validateFlow } from './validate.ts';

const rule = z.strictObject({ field: z.string().min(1), operator: z.enum(['eq', 'gt']), value: z.number().optional() });
const types: ReadonlyMap<string, CheckedType> = new Map([
  [
    'mavlink_input',
    {
      title: 'Vehicle',
      category: 'input',
      ports: { out: { direction: 'output', kind: 'json', required: true } },
      config: z.strictObject({ port: z.int().min(0).max(65535).default(14550) }),
    },
  ],
  [
    'json_filter',
    {
      title: 'Filter',
      category: 'processor',
      ports: {
        in: { direction: 'input', kind: 'json', required: true },
        out: { direction: 'output', kind: 'json', required: true },
        rejected: { direction: 'output', kind: 'json', required: false },
      },
      config: z.strictObject({ rules: z.array(rule).default([]) }),
    },
  ],
  [
    'websocket_output',
    {
      title: 'To location',
      category: 'output',
      ports: { in: { direction: 'input', kind: 'json', required: true } },
      config: z.strictObject({ port: z.int().min(0).max(65535).default(9000) }),
    },
  ],
]);
const input = { id: 'a', type: 'mavlink_input' };
const filter = { id: 'b', type: 'json_filter' };
const output = { id: 'c', type: 'websocket_output' };
const found = (document: unknown) =>
  validateFlow(document, types).map(({ code, place, hint }) => [code, place, ...(hint ? [hint] : [])]);

describe('a flow document', () => {
  it('is right where it is a chain of right components', () => {
    expect(found({ components: [input, filter, output] })).toEqual([]);
  });

  it.each<[string, unknown, unknown]>([
    ['no object', 'nonsense', [['wrong_type', '']]],
    ['no components', { id: 'x' }, [['missing', 'components']]],
    ['empty', { components: [] }, [['empty', 'components']]],
    [
      'an unknown key',
      { componets: [], components: [input, output] },
      [['unknown_key', 'componets', 'did you mean "components"?']],
    ],
    ['a wrong id', { components: [{ ...input, id: 'Not Good' }, output] }, [['wrong_value', 'components[0].id']]],
    [
      'an unknown type',
      { components: [{ id: 'a', type: 'mavlink_imput' }] },
      [['unknown_type', 'components[0].type', 'did you mean "mavlink_input"?']],
    ],
    [
      'a duplicate id',
      { components: [input, { ...filter, id: 'a' }], connections: [] },
      [
        ['duplicate_id', 'components[1].id'],
        ['leads_nowhere', 'components[0]'],
        ['nothing_comes_in', 'components[1]'],
        ['leads_nowhere', 'components[1]'],
      ],
    ],
    [
      'an unknown setting',
      { components: [{ ...input, config: { prot: 1 } }, output] },
      [['unknown_key', 'components[0].config.prot', 'did you mean "port"?']],
    ],
    [
      'a number out of range',
      { components: [{ ...input, config: { port: 70000 } }, output] },
      [['out_of_range', 'components[0].config.port']],
    ],
    [
      'a wrong word deep inside',
      { components: [input, { ...filter, config: { rules: [{ field: 'x', operator: 'gtt' }] } }, output] },
      [['wrong_value', 'components[1].config.rules[0].operator', 'did you mean "gt"?']],
    ],
    [
      'a missing setting',
      { components: [input, { ...filter, config: { rules: [{ operator: 'gt' }] } }, output] },
      [['missing', 'components[1].config.rules[0].field']],
    ],
    [
      'an unknown key deep inside',
      { components: [input, { ...filter, config: { rules: [{ field: 'x', operator: 'gt', valu: 1 }] } }, output] },
      [['unknown_key', 'components[1].config.rules[0].valu', 'did you mean "value"?']],
    ],
    [
      'an unknown end',
      { components: [input, output], connections: [{ from: 'aa', to: 'c' }] },
      [
        ['wrong_port', 'connections[0].from', 'did you mean "a"?'],
        ['leads_nowhere', 'components[0]'],
        ['nothing_comes_in', 'components[1]'],
      ],
    ],
    [
      'a wrong port',
      {
        components: [input, filter, output],
        connections: [
          { from: 'a', to: 'b' },
          { from: 'b.outt', to: 'c' },
        ],
      },
      [
        ['wrong_port', 'connections[1].from', 'write "b.out", "b.rejected"'],
        ['leads_nowhere', 'components[1]'],
        ['nothing_comes_in', 'components[2]'],
      ],
    ],
    [
      'a connection twice',
      {
        components: [input, output],
        connections: [
          { from: 'a', to: 'c' },
          { from: 'a.out', to: 'c.in' },
        ],
      },
      [['duplicate_connection', 'connections[1]']],
    ],
    [
      'a circle',
      {
        components: [input, filter, { ...filter, id: 'd' }],
        connections: [
          { from: 'a', to: 'b' },
          { from: 'b', to: 'd' },
          { from: 'd', to: 'b' },
        ],
      },
      [['circle', 'connections']],
    ],
  ])('with %s is told what and where', (_, document, expected) => expect(found(document)).toEqual(expected));
});
