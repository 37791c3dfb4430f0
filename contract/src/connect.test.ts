import { describe, expect, it } from 'vitest';
import type { Port } from './component-type.ts';
import {
  bufferLimits,
  componentsById,
  connectionsOf,
  deliveryInto,
  isPlace,
  kindsFit,
  portsOf,
  reaches,
  refusal,
  resolvedConnections,
  resolveEndpoint,
  type ResolvedConnection,
  type TypesById,
} from './connect.ts';

const port = (direction: Port['direction'], kind: Port['kind'], more: Partial<Port> = {}): Port => ({
  direction,
  kind,
  required: true,
  ...more,
});
const types: TypesById = new Map([
  ['raw', { title: 'Raw', category: 'input', ports: { out: port('output', 'bytes') } }],
  ['source', { title: 'Source', category: 'input', ports: { out: port('output', 'json') } }],
  [
    'filter',
    {
      title: 'Filter',
      category: 'processor',
      ports: { in: port('input', 'json'), out: port('output', 'json'), rejected: port('output', 'json') },
    },
  ],
  [
    'split',
    {
      title: 'Split',
      category: 'processor',
      ports: { in: port('input', 'any'), left: port('output', 'json'), right: port('output', 'json') },
    },
  ],
  ['sink', { title: 'Sink', category: 'output', ports: { in: port('input', 'json', { delivery: 'guaranteed' }) } }],
]);
const components = [
  { id: 'raw', type: 'raw' },
  { id: 'src', type: 'source' },
  { id: 'flt', type: 'filter' },
  { id: 'spl', type: 'split' },
  { id: 'snk', type: 'sink' },
  { id: 'odd', type: 'foreign' },
];

describe('an endpoint', () => {
  const resolve = (endpoint: string, direction: Port['direction']) =>
    resolveEndpoint(endpoint, direction, componentsById(components), types);

  it.each([
    ['src', 'output', { component: 'src', port: 'out' }],
    ['src.out', 'output', { component: 'src', port: 'out' }],
    ['flt', 'output', { component: 'flt', port: 'out' }],
    ['flt', 'input', { component: 'flt', port: 'in' }],
    ['flt.rejected', 'output', { component: 'flt', port: 'rejected' }],
    ['odd.any', 'output', { component: 'odd', port: 'any' }],
    ['odd', 'output', { sentence: 'the ports of "odd" are not known' }],
    ['sr', 'output', { sentence: 'there is no component "sr"', unknown: 'sr' }],
    ['quite-other', 'output', { sentence: 'there is no component "quite-other"', unknown: 'quite-other' }],
    ['snk', 'output', { sentence: '"snk" sends nothing on' }],
    ['src', 'input', { sentence: '"src" takes nothing in' }],
    ['src.in', 'output', { sentence: '"src" has no output port "in"', hint: 'write "src.out"' }],
    ['flt.out', 'input', { sentence: '"flt" has no input port "out"', hint: 'write "flt.in"' }],
    ['spl', 'output', { sentence: '"spl" has several output ports', hint: 'write "spl.left", "spl.right"' }],
  ] as const)('%s as %s', (endpoint, direction, expected) => expect(resolve(endpoint, direction)).toEqual(expected));

  it('is a place only where it means one', () => {
    expect(isPlace(resolve('src', 'output'))).toBe(true);
    expect(isPlace(resolve('sr', 'output'))).toBe(false);
  });
});

describe('connections', () => {
  it('are a chain where there are none', () => {
    expect(connectionsOf({ components: components.slice(0, 3) })).toEqual([
      { from: 'raw', to: 'src' },
      { from: 'src', to: 'flt' },
    ]);
    expect(connectionsOf({ components, connections: [] })).toEqual([]);
  });

  it('are resolved with what they promise, and left out where they cannot be', () => {
    const connections = [
      { from: 'src', to: 'flt' },
      { from: 'flt', to: 'snk' },
      { from: 'flt.rejected', to: 'snk', delivery: 'live' as const },
      { from: 'nobody', to: 'snk' },
      { from: 'src', to: 'nobody' },
    ];
    expect(resolvedConnections({ components, connections }, types)).toEqual([
      {
        from: { component: 'src', port: 'out' },
        to: { component: 'flt', port: 'in' },
        delivery: 'live',
        buffer: undefined,
      },
      {
        from: { component: 'flt', port: 'out' },
        to: { component: 'snk', port: 'in' },
        delivery: 'guaranteed',
        buffer: undefined,
      },
      {
        from: { component: 'flt', port: 'rejected' },
        to: { component: 'snk', port: 'in' },
        delivery: 'live',
        buffer: undefined,
      },
    ]);
  });

  it('promise what they say, else what the port asks for, else nothing', () => {
    const asking = port('input', 'json', { delivery: 'guaranteed' });
    expect(deliveryInto(asking, 'live')).toBe('live');
    expect(deliveryInto(asking, undefined)).toBe('guaranteed');
    expect(deliveryInto(port('input', 'json'), undefined)).toBe('live');
    expect(deliveryInto(undefined, undefined)).toBe('live');
  });

  it('have limits of their buffer in bytes and milliseconds', () => {
    expect(bufferLimits()).toEqual({ maxBytes: 64 * 1024 ** 2, maxAgeMs: 30 * 86_400_000, whenFull: 'drop_oldest' });
    expect(bufferLimits({ max_bytes: '1KB', max_age: '1s', when_full: 'block' })).toEqual({
      maxBytes: 1024,
      maxAgeMs: 1000,
      whenFull: 'block',
    });
  });

  it('list ports of one direction in their order', () => {
    const { ports } = types.get('filter')!;
    expect(portsOf(ports, 'output')).toEqual(['out', 'rejected']);
    expect(portsOf(ports, 'input')).toEqual(['in']);
  });
});

describe('two ports', () => {
  const connections = [
    { from: 'src', to: 'flt' },
    { from: 'flt', to: 'spl' },
  ];
  const refused = (from: string, to: string) => {
    const [start, end] = [from, to].map((place) => {
      const [component, name] = place.split('.');
      return { component: component!, port: name! };
    });
    return refusal({ components, connections }, types, start!, end!);
  };

  it.each([
    ['src.out', 'snk.in', undefined],
    ['flt.rejected', 'spl.in', undefined],
    ['raw.out', 'spl.in', undefined],
    ['odd.out', 'flt.in', undefined],
    ['src.out', 'odd.in', undefined],
    ['flt.out', 'flt.in', 'A component cannot be connected to itself.'],
    ['flt.in', 'snk.in', '“Filter” takes data in here; start at the right-hand side of a component.'],
    ['src.out', 'flt.out', '“Filter” sends data out here; end at the left-hand side of a component.'],
    ['raw.out', 'snk.in', '“Sink” needs messages with fields, and “Raw” sends raw bytes.'],
    ['src.out', 'flt.in', 'These two are connected already.'],
    ['spl.left', 'flt.in', 'This would send data round in a circle.'],
  ])('%s to %s: %s', (from, to, sentence) => expect(refused(from, to)).toBe(sentence));

  it.each([
    ['json', 'json', true],
    ['bytes', 'bytes', true],
    ['json', 'bytes', false],
    ['bytes', 'json', false],
    ['any', 'bytes', true],
    ['json', 'any', true],
  ] as const)('%s fits into %s: %s', (from, to, fits) =>
    expect(kindsFit(port('output', from), port('input', to))).toBe(fits),
  );

  it('reach each other along the connections, not against them', () => {
    const along = (from: string, to: string): ResolvedConnection => ({
      from: { component: from, port: 'out' },
      to: { component: to, port: 'in' },
      delivery: 'live',
      buffer: undefined,
    });
    const way = [along('b', 'c'), along('a', 'b'), along('x', 'y')];
    expect(reaches(way, 'a', 'c')).toBe(true);
    expect(reaches(way, 'c', 'a')).toBe(false);
    expect(reaches(way, 'a', 'y')).toBe(false);
    expect(reaches(way, 'a', 'a')).toBe(true);
  });
});
