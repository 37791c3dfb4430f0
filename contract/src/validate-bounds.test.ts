import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { changesBetween } from './changes.ts';
import { componentsById, reaches, refusal, resolvedConnections, resolveEndpoint } from './connect.ts';
import { isError } from './finding.ts';
import type { Flow } from './flow.ts';
import { schemaFindings } from './schema-findings.ts';
import { type CheckedType, validateFlow, validationSteps } from './validate.ts';
import { nearest } from './words.ts';

const passes: CheckedType = {
  title: 'Passes',
  category: 'processor',
  ports: {
    in: { direction: 'input', kind: 'json', required: true },
    out: { direction: 'output', kind: 'json', required: true },
  },
  config: z.strictObject({
    rules: z.array(z.strictObject({ field: z.string(), operator: z.enum(['eq', 'gt']) })).default([]),
    any: z.unknown().optional(),
  }),
};
const types = new Map([
  ['passes', passes],
  [
    'breaks',
    {
      ...passes,
      config: z.unknown().transform(() => {
        throw new Error('no day');
      }),
    },
  ],
]);
const id = (index: number) => `component-of-this-flow-${String(index).padStart(4, '0')}`;
const components = (count: number, config?: unknown) =>
  Array.from({ length: count }, (_, index) => ({ id: id(index), type: 'passes', ...(config ? { config } : {}) }));
const connections = (count: number, step = 1) =>
  Array.from({ length: count }, (_, index) => ({
    from: `${id(index % 499)}.out`,
    to: `${id(Math.min(499, (index % 499) + 1 + Math.floor(index / 499) * step))}.in`,
  }));
const object = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 0]));
const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
const strange = Object.fromEntries([['__proto__', 1]].map(([key, value]) => [key, value]));
const one = (config: unknown) => ({ components: components(1, config) });

/** On a machine with much else to do; what was quadratic took seconds. */
const patienceMs = 15_000;
const timed = <Result>(work: () => Result): Result => {
  const start = Date.now();
  const result = work();
  expect(Date.now() - start).toBeLessThan(patienceMs);
  return result;
};

describe('a document of any size', () => {
  it.each<[string, unknown, string]>([
    [
      '500 components and 2 000 connections',
      { components: components(500), connections: connections(1990, 3) },
      'leads_nowhere',
    ],
    [
      '2 000 connections with unknown ends',
      {
        components: components(500),
        connections: Array.from({ length: 2000 }, (_, n) => ({
          from: `componemt-of-that-flow-${n}`,
          to: `component-of-this-flaw-${n}`,
        })),
      },
      'wrong_port',
    ],
    ['500 components of one id', { components: components(500).map((each) => ({ ...each, id: 'a' })) }, 'duplicate_id'],
    ['500 unknown types', { components: components(500).map((each) => ({ ...each, type: 'pases' })) }, 'unknown_type'],
    [
      'a circle of 500',
      { components: components(500), connections: [...connections(499), { from: id(499), to: id(0) }] },
      'circle',
    ],
    ['100 000 components', { components: components(100_000) }, 'too_much'],
    ['501 components', { components: components(501) }, 'out_of_range'],
    ['2 001 connections', { components: components(500), connections: connections(2001) }, 'out_of_range'],
    [
      '100 000 rules',
      one({ rules: Array.from({ length: 100_000 }, () => ({ field: 'a', operator: 'eq' })) }),
      'too_much',
    ],
    [
      '10 000 wrong rules',
      one({ rules: Array.from({ length: 10_000 }, () => ({ field: 1, operator: 'eqq' })) }),
      'wrong_type',
    ],
    ['a million unknown keys', object(1_000_000), 'too_much'],
    ['2 000 unknown keys', { components: components(1), ...object(1990) }, 'unknown_key'],
    ['an unknown key of 4 MB', { components: components(1), ['x'.repeat(4_000_000)]: 1 }, 'too_much'],
    ['an id of 4 MB', { components: [{ id: 'x'.repeat(4_000_000), type: 'passes' }] }, 'too_much'],
    ['an id of 100 000 characters', { components: [{ id: 'x'.repeat(100_000), type: 'passes' }] }, 'wrong_value'],
    [
      'a layout of 2 000 wrong places',
      { components: components(1), layout: Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`Ä${n}`, 0])) },
      'wrong_key',
    ],
    ['lists within each other 100 000 times', one({ any: deep(100_000) }), 'too_much'],
    ['lists within each other 65 times', one({ any: deep(65) }), 'too_much'],
    ['a key that reaches into the language', one(strange), 'too_much'],
    ['half a character', { name: 'a\ud800', components: components(1) }, 'too_much'],
    ['half a character in a key', one({ any: { '\udc00': 1 } }), 'too_much'],
  ])('is judged at once: %s', (_, document, code) => {
    const findings = timed(() => validateFlow(document, types));
    expect(findings.map((finding) => finding.code)).toContain(code);
    expect(findings.length).toBeLessThanOrEqual(101);
    expect(JSON.stringify(findings).length).toBeLessThan(64 * 1024);
  });

  it('is right with all that it may hold', () => {
    const text = `${'ä'.repeat(50_000)}\u{1f680}`;
    expect(
      validateFlow(
        { components: components(1, { any: { text, list: Array(10_000).fill(0), deep: deep(50) } }) },
        types,
      ).filter(isError),
    ).toEqual([]);
  });

  it('is told of the first hundred faults and the number of the others', () => {
    const findings = validateFlow({ components: components(1), ...object(1334) }, types);
    expect(findings).toHaveLength(101);
    expect(findings.at(-1)).toEqual({
      severity: 'error',
      code: 'more_findings',
      place: '',
      sentence: 'and 1 234 more',
    });
  });

  it('has an error where one comes after a hundred warnings', () => {
    const flow = { components: components(80), connections: [] };
    expect(validateFlow(flow, types).some(isError)).toBe(false);
    expect(validateFlow(flow, types).at(-1)).toMatchObject({ severity: 'warning', sentence: 'and 60 more' });
    const wrong = { components: [...components(500, { rules: 1 }), { id: 'a', type: 'none' }].slice(-490) };
    expect(validateFlow(wrong, types).at(-1)).toMatchObject({ severity: 'error' });
  });

  it('can be judged in steps, one for each component and each fifty connections', () => {
    const steps = validationSteps({ components: components(500), connections: connections(1990) }, types);
    let count = 0;
    while (!steps.next().done) count += 1;
    expect(count).toBe(541);
  });
});

it('is told where a component type breaks while it looks at its settings', () => {
  expect(validateFlow({ components: [{ id: 'a', type: 'breaks' }], connections: [] }, types)[0]).toMatchObject({
    code: 'cannot_be_checked',
    place: 'components[0].config',
    sentence: 'the settings of "a" cannot be checked: no day',
  });
});

it('takes one look at each connection, also to find a way through a long chain', () => {
  const chain = Array.from({ length: 20_000 }, (_, n) => ({ id: `c${n}`, type: 'passes' }));
  const flow = { components: chain };
  const joined = timed(() => resolvedConnections(flow, types));
  expect(timed(() => reaches(joined, 'c0', 'c19999'))).toBe(true);
  expect(timed(() => reaches(joined, 'c1', 'c0'))).toBe(false);
  const ends = [
    { component: 'c19999', port: 'out' },
    { component: 'c0', port: 'in' },
  ] as const;
  expect(timed(() => refusal(flow, types, ...ends))).toBe('This would send data round in a circle.');
  expect(timed(() => changesBetween(flow, { components: chain.toReversed() } as Flow, types))).toHaveLength(39_998);
});

it('leaves the guess at what an unknown end means to those who show it', () => {
  const known = componentsById([{ id: 'a', type: 'passes' }]);
  expect(resolveEndpoint('b', 'output', known, types)).toEqual({ sentence: 'there is no component "b"', unknown: 'b' });
});

it('says of long words and large values what they are, not what they hold', () => {
  const schema = z.strictObject({ a: z.string(), b: z.enum(['x']) });
  const value = { a: Array(1000).fill(0), b: { c: 1 }, ['z'.repeat(1000)]: 1 };
  const said = schemaFindings(schema.safeParse(value).error!, schema, value, []);
  expect(said.map(({ sentence }) => sentence)).toEqual([
    'a list is not a text',
    'an object is not one of the choices',
    `"${'z'.repeat(57)}…" is not known here`,
  ]);
});

it('looks at many words of which none is near without working each of them out', () => {
  const start = Date.now();
  const words = Array.from({ length: 20_000 }, (_, index) => `${'ab'.repeat(27)}-${index}`);
  expect(nearest('ab'.repeat(30), words)).toBeUndefined();
  expect(Date.now() - start).toBeLessThan(patienceMs);
});
