import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CheckedType, validateFlow } from './validate.ts';

const rule = z.strictObject({ field: z.string().min(1), operator: z.enum(['eq', 'gt']), value: z.number().optional() });
const step = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('set'), field: z.string() }),
  z.strictObject({ do: z.literal('rename'), from: z.string(), to: z.string() }),
]);
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
      config: z.strictObject({ rules: z.array(rule).default([]), steps: z.array(step).default([]) }),
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
      { componets: [input, output] },
      [
        ['missing', 'components'],
        ['unknown_key', 'componets', 'did you mean "components"?'],
      ],
    ],
    [
      'an unknown key beside the right one',
      { components: [input, output], componets: [], nmae: 'x' },
      [
        ['unknown_key', 'componets', 'known here: id, name, description, lane, components, connections, layout'],
        ['unknown_key', 'nmae', 'did you mean "name"?'],
      ],
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
      'a key that another choice has',
      { components: [input, { ...filter, config: { steps: [{ do: 'set', field: 'x', to: 'y' }] } }, output] },
      [['unknown_key', 'components[1].config.steps[0].to', 'known here: do, field']],
    ],
    [
      'a wrong key of a choice',
      { components: [input, { ...filter, config: { steps: [{ do: 'rename', from: 'x', too: 'y' }] } }, output] },
      [
        ['missing', 'components[1].config.steps[0].to'],
        ['unknown_key', 'components[1].config.steps[0].too', 'did you mean "to"?'],
      ],
    ],
    [
      'missing choices',
      { components: [input, { ...filter, config: { rules: [{ field: 'x' }], steps: [{ field: 'x' }] } }, output] },
      [
        ['missing', 'components[1].config.rules[0].operator', 'one of: eq, gt'],
        ['missing', 'components[1].config.steps[0].do', 'one of: set, rename'],
      ],
    ],
    [
      'a wrong choice',
      { components: [input, { ...filter, config: { steps: [{ do: 'sett', field: 'x' }] } }, output] },
      [['wrong_value', 'components[1].config.steps[0].do', 'did you mean "set"?']],
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

  it.each<[string, unknown, string[]]>([
    [
      'what is not connected',
      { components: [{ ...input, name: 'Drone' }, filter], connections: [] },
      [
        '"Drone" leads nowhere, so what it sends is lost',
        'nothing is connected to "b", so it does nothing',
        '"b" leads nowhere, so what it sends is lost',
      ],
    ],
    [
      'a circle',
      {
        components: [input, { ...filter, name: 'Keep' }, { ...filter, id: 'd', name: 'Thin out' }],
        connections: [
          { from: 'a', to: 'b' },
          { from: 'b', to: 'd' },
          { from: 'd', to: 'b' },
        ],
      },
      ['data would go round in a circle through "Keep" and "Thin out"'],
    ],
    [
      'a missing choice',
      { components: [input, { ...filter, config: { rules: [{ field: 'x' }] } }, output] },
      ['"operator" is missing'],
    ],
  ])('tells of %s by the names that people gave', (_, document, expected) =>
    expect(validateFlow(document, types).map(({ sentence }) => sentence)).toEqual(expected),
  );
});
