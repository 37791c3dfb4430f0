import { describe, expect, it } from 'vitest';
import { changesBetween, connectionTitle } from './changes.ts';
import type { TypesById } from './connect.ts';
import type { Component, Flow } from './flow.ts';

const types: TypesById = new Map([
  [
    'udp_input',
    { title: 'Packets', category: 'input', ports: { out: { direction: 'output', kind: 'json', required: true } } },
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
    },
  ],
  [
    'file_output',
    { title: 'File', category: 'output', ports: { in: { direction: 'input', kind: 'json', required: true } } },
  ],
]);
type Graph = Pick<Flow, 'components' | 'connections' | 'lane'>;

const source: Component = { id: 'a', type: 'udp_input' };
const filter: Component = { id: 'b', name: 'Hot ones', type: 'json_filter', config: { rules: [], limit: 5 } };
const file: Component = { id: 'c', type: 'file_output' };
const flow: Graph = { components: [source, filter, file] };
const between = (before: Graph | undefined, after: Graph) =>
  changesBetween(before, after, types).map(({ kind, sentence, components }) => [kind, sentence, components]);
const withConfig = (config: Component['config']): Graph => ({
  components: [source, { ...filter, ...(config ? { config } : {}) }, file],
});

describe('what is different between two versions', () => {
  it('is everything where there was none', () => {
    expect(between(undefined, { components: [source, file], lane: 'own' })).toEqual([
      ['added', '“a” is added', ['a']],
      ['added', '“c” is added', ['c']],
      ['added', 'the connection from “a” to “c” is added', ['a', 'c']],
    ]);
  });

  it('is nothing where only names, places or the order of keys differ', () => {
    const moved = { ...flow, layout: { a: { x: 1, y: 2 } }, name: 'Other', description: 'Other' };
    const renamed = { ...filter, name: 'Warm ones', config: { limit: 5, rules: [] } };
    expect(between(flow, { ...moved, components: [source, renamed, file] })).toEqual([]);
    expect(
      between(
        withConfig({ deep: { x: [1, { p: 1, q: 2 }], y: null } }),
        withConfig({ deep: { y: null, x: [1, { q: 2, p: 1 }] } }),
      ),
    ).toEqual([]);
    expect(
      between({ components: [source, { id: 'c', type: 'file_output', config: {} }] }, { components: [source, file] }),
    ).toEqual([]);
  });

  it('is each setting by itself', () => {
    expect(between(flow, withConfig({ limit: 6, mode: 'all' }))).toEqual([
      ['changed', '“Hot ones”: “rules” goes back to its default', ['b']],
      ['changed', '“Hot ones”: “limit” changes from 5 to 6', ['b']],
      ['changed', '“Hot ones”: “mode” is set to "all"', ['b']],
    ]);
  });

  it('is the order of a list', () => {
    expect(between(withConfig({ list: [1, 2] }), withConfig({ list: [2, 1] }))).toEqual([
      ['changed', '“Hot ones”: “list” changes from [1,2] to [2,1]', ['b']],
    ]);
  });

  it('is what changes within a list of rules, each by itself', () => {
    const rule = (field: string, value: number) => ({ field, operator: 'gt', value });
    const before = withConfig({ rules: [rule('a', 1), rule('b', 2), rule('c', 3)], tls: { ca_file: 'x' } });
    const after = withConfig({ rules: [rule('a', 1), rule('b', 5), rule('d', 4), rule('c', 3)], tls: {} });
    expect(between(before, after).map(([, sentence]) => sentence)).toEqual([
      '“Hot ones”: “rules[1].value” changes from 2 to 5',
      '“Hot ones”: “rules[2]” is added: {"field":"d","operator":"gt","value":4}',
      '“Hot ones”: “tls.ca_file” is left out',
    ]);
    expect(between(withConfig({ rules: [rule('a', 1), rule('b', 2)] }), withConfig({ rules: [rule('b', 2)] }))).toEqual(
      [['changed', '“Hot ones”: “rules[0]” is taken away', ['b']]],
    );
    const words = changesBetween(before, after, types, (_, [list, index, field]) =>
      list === 'rules' ? `Rule ${Number(index) + 1}${field === undefined ? '' : `, ${field}`}` : undefined,
    );
    expect(words[0]!.sentence).toBe('“Hot ones”: “Rule 2, value” changes from 2 to 5');
  });

  it('is not more than can be read', () => {
    const many = (add: number) => withConfig({ rules: Array.from({ length: 500 }, (_, n) => ({ n: n + add })) });
    const told = between(many(0), many(1000)).map(([, sentence]) => sentence);
    expect([told.length, told.at(-1)]).toEqual([21, '“Hot ones”: and 480 more settings change']);
  });

  it('shows short values whole, and long ones not at all', () => {
    const [longest, tooLong] = ['x'.repeat(58), 'x'.repeat(59)];
    expect(between(withConfig({ text: longest }), withConfig({ text: tooLong }))).toEqual([
      ['changed', `“Hot ones”: “text” changes from "${longest}" to a new value`, ['b']],
    ]);
  });

  it('is another type instead of its settings', () => {
    expect(
      between({ components: [source, file] }, { components: [source, { ...filter, id: 'c', name: 'Keep' }] }),
    ).toEqual([['changed', '“Keep” becomes a json_filter', ['c']]]);
  });

  it('is what went, and its connections', () => {
    expect(between(flow, { components: [source, file] })).toEqual([
      ['removed', '“Hot ones” is removed', ['b']],
      ['added', 'the connection from “a” to “c” is added', ['a', 'c']],
      ['removed', 'the connection from “a” to “Hot ones” is removed', ['a', 'b']],
      ['removed', 'the connection from “Hot ones” to “c” is removed', ['b', 'c']],
    ]);
  });
});

describe('connections of two versions', () => {
  const joined = (...connections: Flow['connections'] & object): Graph => ({
    components: flow.components,
    connections,
  });

  it('are the same however they are written', () => {
    expect(between(flow, joined({ from: 'a.out', to: 'b' }, { from: 'b', to: 'c.in' }))).toEqual([]);
    expect(between(joined({ from: 'a', to: 'c' }), joined({ from: 'a', to: 'c', delivery: 'live' }))).toEqual([]);
  });

  it('name a port that does not go without saying', () => {
    expect(between(joined({ from: 'b.out', to: 'c' }), joined({ from: 'b.rejected', to: 'c' }))).toEqual([
      ['added', 'the connection from “Hot ones” (rejected) to “c” is added', ['b', 'c']],
      ['removed', 'the connection from “Hot ones” to “c” is removed', ['b', 'c']],
    ]);
  });

  it('promise something else', () => {
    const live = joined({ from: 'a', to: 'c' });
    const kept = joined({ from: 'a', to: 'c', delivery: 'guaranteed' });
    expect(between(live, kept)).toEqual([['changed', 'the connection from “a” to “c” becomes guaranteed', ['a', 'c']]]);
    expect(between(kept, live)).toEqual([['changed', 'the connection from “a” to “c” becomes live', ['a', 'c']]]);
  });

  it('have another buffer where its limits differ', () => {
    const kept = (buffer?: { max_bytes?: string; max_age?: string; when_full?: 'drop_oldest' | 'block' }) =>
      joined({ from: 'a', to: 'c', delivery: 'guaranteed', ...(buffer ? { buffer } : {}) });
    expect(between(kept(), kept({ max_bytes: '64MB', max_age: '720h', when_full: 'drop_oldest' }))).toEqual([]);
    const change = [['changed', 'the connection from “a” to “c” gets another buffer', ['a', 'c']]];
    expect(between(kept(), kept({ max_bytes: '65MB' }))).toEqual(change);
    expect(between(kept(), kept({ max_age: '1h' }))).toEqual(change);
    expect(between(kept(), kept({ when_full: 'block' }))).toEqual(change);
  });
});

describe('the lane', () => {
  const own: Graph = { ...flow, lane: 'own' };

  it('concerns all components', () => {
    const all = ['a', 'b', 'c'];
    expect(between(flow, own)).toMatchObject([['changed', expect.stringContaining('own'), all]]);
    expect(between(own, { ...flow, lane: 'shared' })).toMatchObject([
      ['changed', expect.stringContaining('shares'), all],
    ]);
    expect(between(flow, { ...flow, lane: 'shared' })).toEqual([]);
  });
});

it('a connection is shown as people write it', () =>
  expect(connectionTitle({ from: 'a.out', to: 'b' })).toBe('a.out → b'));
