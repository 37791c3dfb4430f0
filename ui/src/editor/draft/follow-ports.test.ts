import type { Component, Flow, TypeFacts } from '@semstreams/contract';
import { expect, it } from 'vitest';
import type { ConfigPath } from './config-path.ts';
import { connectionsIn } from './connections.ts';
import { createDraft } from './draft-store.ts';
import { configure } from './edits.ts';
import { followed, goneBetween } from './follow-ports.ts';
import { cardSize, rowsOf } from './places.ts';

const input = { direction: 'input', kind: 'any', required: true } as const;
const output = { direction: 'output', kind: 'any', required: true } as const;
const types: ReadonlyMap<string, TypeFacts> = new Map<string, TypeFacts>([
  ['source', { title: 'Source', category: 'input', ports: { out: output } }],
  [
    'router',
    {
      title: 'Router',
      category: 'processor',
      ports: { in: input, else: output },
      opens: { list: 'routes', name: 'name', port: output },
    },
  ],
  ['sink', { title: 'Sink', category: 'output', ports: { in: input } }],
]);
const routes = (...names: string[]) => ({ routes: names.map((name) => ({ name })) });

const router: Component = { id: 'way', type: 'router', config: routes('hot', 'cold') };
const flow: Flow = {
  id: 'f',
  name: 'F',
  components: [
    { id: 'a', type: 'source' },
    router,
    { id: 'x', type: 'sink', name: 'Alarm' },
    { id: 'y', type: 'sink' },
  ],
  connections: [
    { from: 'a', to: 'way' },
    { from: 'way.hot', to: 'x', delivery: 'guaranteed' },
    { from: 'way.cold', to: 'y' },
    { from: 'way.else', to: 'y' },
  ],
};

/** What happens to the draft by typing and leaving fields of the router, and what is connected then. */
const opened = (start: Flow = flow) => {
  const draft = createDraft(start);
  const write = (path: ConfigPath, value: unknown): void =>
    draft.getState().run(followed(configure(router, path, value, ''), 'way', types));
  return {
    draft,
    write,
    type: (index: number, ...texts: string[]): void => texts.forEach((text) => write(['routes', index, 'name'], text)),
    leave: () => draft.getState().seal(),
    from: () => draft.getState().flow.connections?.map((connection) => connection.from),
    drawn: () => connectionsIn(draft.getState().flow, types).map(({ key }) => key),
  };
};

it('keeps the connection of a route that gets another name, over every letter', () => {
  const { draft, type, leave, from } = opened();
  type(0, 'ho', 'h', '', 'w', 'wa', 'warm');
  leave();
  expect(from()).toEqual(['a', 'way.warm', 'way.cold', 'way.else']);
  expect(draft.getState().flow.connections![1]).toEqual({ from: 'way.warm', to: 'x', delivery: 'guaranteed' });
  expect(draft.getState().past).toHaveLength(1);
  draft.getState().undo();
  expect(draft.getState().flow).toEqual(flow);
  draft.getState().redo();
  expect(from()).toEqual(['a', 'way.warm', 'way.cold', 'way.else']);
});

it.each([
  ['of another route', 'cold', 'colder'],
  ['of its own port', 'else', 'elsewhere'],
  ['that is empty', '', 'warm'],
  ['with wrong letters', 'Too hot', 'too_hot'],
])('passes over a name %s, also when it is left there', (_, wrong, right) => {
  const passing = opened();
  passing.type(0, wrong, right);
  expect(passing.from()).toEqual(['a', `way.${right}`, 'way.cold', 'way.else']);

  const { type, leave, from } = opened();
  type(0, wrong);
  leave();
  expect(from()).toEqual(['a', 'way.hot', 'way.cold', 'way.else']);
  type(0, right);
  leave();
  expect(from()).toEqual(['a', `way.${right}`, 'way.cold', 'way.else']);
});

it('takes the connections of a route along that goes, names them, and brings them back', () => {
  const { draft, write, from, drawn } = opened();
  write(['routes'], routes('cold').routes);
  expect(from()).toEqual(['a', 'way.cold', 'way.else']);
  expect(goneBetween(flow, draft.getState().flow, types)).toEqual(['the connection of “hot” to “Alarm”']);
  draft.getState().undo();
  expect(draft.getState().flow).toEqual(flow);
  expect(drawn()).toContain('way.hot x.in');
});

it('leaves the connections as they are when routes change their order, are doubled or added', () => {
  for (const names of [
    ['cold', 'hot'],
    ['hot', 'hot', 'cold'],
    ['hot', 'cold', ''],
  ]) {
    const { draft, write, from } = opened();
    write(['routes'], routes(...names).routes);
    expect(from()).toEqual(['a', 'way.hot', 'way.cold', 'way.else']);
    expect(goneBetween(flow, draft.getState().flow, types)).toEqual([]);
  }
});

it('leaves a chain a chain where only another setting changes, and spells its port out where it gets a second one', () => {
  const chain: Flow = {
    id: 'c',
    name: 'C',
    components: [
      { id: 'a', type: 'source' },
      { id: 'way', type: 'router' },
      { id: 'x', type: 'sink' },
    ],
  };
  const { draft, write, drawn } = opened(chain);
  write(['send'], 'all');
  expect(draft.getState().flow.connections).toBeUndefined();
  write(['routes'], routes('hot').routes);
  expect(drawn()).toEqual(['a.out way.in', 'way.else x.in']);
});

it('shows a row for each port below the head of its card, in the order of the settings', () => {
  expect(rowsOf(router, types)).toEqual({ inputs: ['in'], outputs: [undefined, 'hot', 'cold', 'else'] });
  expect(cardSize(router, types).height - cardSize({ type: 'sink' }, types).height).toBe(3 * 22);
});
