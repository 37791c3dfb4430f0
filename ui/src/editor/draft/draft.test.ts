import type { Flow, TypeFacts } from '@semstreams/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyParts, parseCopied, renamedParts } from './copied-parts.ts';
import { connectionsIn } from './connections.ts';
import { createDraft, type DraftStore } from './draft-store.ts';
import * as edits from './edits.ts';
import { cardSize, placesOf } from './places.ts';
import { tidyPlaces } from './tidy.ts';

const port = (direction: 'input' | 'output', required = true) => ({ direction, kind: 'json', required }) as const;
export const types: ReadonlyMap<string, TypeFacts> = new Map(
  Object.entries({
    source: { title: 'Source', category: 'input', ports: { out: port('output') } },
    filter: {
      title: 'Filter',
      category: 'processor',
      ports: { in: port('input'), out: port('output'), rejected: port('output', false) },
    },
    sink: { title: 'Sink', category: 'output', ports: { in: port('input') } },
  }),
);

const chain: Flow = {
  id: 'chain',
  name: 'Chain',
  components: [
    { id: 'a', type: 'source', config: { port: 1 } },
    { id: 'b', type: 'filter' },
    { id: 'c', type: 'sink' },
  ],
};

const opened = (flow: Flow = chain): DraftStore => createDraft(flow);

describe('the first edit of connections', () => {
  it.each([
    [
      'writes out a chain',
      edits.connect({ component: 'b', port: 'rejected' }, { component: 'c', port: 'in' }, types),
      3,
    ],
    [
      'keeps the rest of the chain when one component goes',
      edits.remove({ components: ['c'], connections: [] }, '', types),
      1,
    ],
    ['connects nothing to what is added', edits.addComponent({ id: 'd', type: 'sink' }, { x: 0, y: 0 }, types), 2],
  ])('%s', (_, edit, count) => {
    const draft = opened();
    draft.getState().run(edit);
    expect(draft.getState().flow.connections).toHaveLength(count);
    draft.getState().undo();
    expect(draft.getState().flow).toBe(chain);
  });

  it('is none where only a setting or a place changes', () => {
    const draft = opened();
    draft.getState().run(edits.configure(chain.components[0]!, ['port'], 2, 'Port'));
    draft.getState().run(edits.move({ a: { x: 1, y: 2 } }, 'Move'));
    expect(draft.getState().flow).toEqual({
      ...chain,
      components: [{ id: 'a', type: 'source', config: { port: 2 } }, ...chain.components.slice(1)],
      layout: { a: { x: 1, y: 2 } },
    });
  });
});

describe('one log of commands', () => {
  it('counts the letters typed into a field as one step, until the field is left', () => {
    const draft = opened();
    const type = (value: string) =>
      draft.getState().run(edits.configure(chain.components[1]!, ['name'], value, 'Name'));
    type('a');
    type('ab');
    draft.getState().seal();
    type('abc');
    expect(draft.getState().past.map(({ title }) => title)).toEqual(['b: Name', 'b: Name']);
    draft.getState().undo();
    expect(draft.getState().flow.components[1]?.config).toEqual({ name: 'ab' });
    draft.getState().undo();
    expect(draft.getState().flow).toBe(chain);
  });

  it('undoes around what others changed meanwhile', () => {
    const draft = opened();
    draft.getState().run(edits.configure(chain.components[0]!, ['port'], 2, 'Port'));
    const { flow } = draft.getState();
    draft.getState().adopt({ ...flow, components: [...flow.components, { id: 'd', type: 'sink' }] });
    draft.getState().undo();
    expect(draft.getState().flow.components).toEqual([...chain.components, { id: 'd', type: 'sink' }]);
  });

  const command = fc.oneof(
    fc.constantFrom('source', 'filter', 'sink').map((type) => ({ kind: 'add', type }) as const),
    fc.tuple(fc.nat(), fc.nat()).map(([from, to]) => ({ kind: 'connect', from, to }) as const),
    fc.nat().map((which) => ({ kind: 'disconnect', which }) as const),
    fc
      .tuple(fc.nat(), fc.constantFrom('port', 'rules'), fc.jsonValue())
      .map(([which, key, value]) => ({ kind: 'configure', which, key, value }) as const),
    fc.tuple(fc.nat(), fc.string({ maxLength: 20 })).map(([which, name]) => ({ kind: 'rename', which, name }) as const),
    fc.nat().map((which) => ({ kind: 'delete', which }) as const),
    fc.tuple(fc.nat(), fc.integer(), fc.integer()).map(([which, x, y]) => ({ kind: 'move', which, x, y }) as const),
    fc.tuple(fc.nat(), fc.nat()).map(([from, to]) => ({ kind: 'paste', from, to }) as const),
    fc.constant({ kind: 'tidy' } as const),
    fc.constant({ kind: 'seal' } as const),
  );
  type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

  const perform = (draft: DraftStore, given: Command): void => {
    const { flow, run, seal } = draft.getState();
    const chosen = (which: number) => flow.components[which % Math.max(1, flow.components.length)];
    switch (given.kind) {
      case 'add':
        return run(edits.addComponent(edits.newComponent(flow, given.type, given.type), { x: 0, y: 0 }, types));
      case 'connect': {
        const [from, to] = [chosen(given.from), chosen(given.to)];
        if (from && to)
          run(edits.connect({ component: from.id, port: 'out' }, { component: to.id, port: 'in' }, types));
        return;
      }
      case 'disconnect': {
        const connections = connectionsIn(flow, types);
        const key = connections[given.which % Math.max(1, connections.length)]?.key;
        if (key) run(edits.remove({ components: [], connections: [key] }, 'Disconnect', types));
        return;
      }
      case 'configure': {
        const component = chosen(given.which);
        if (component) run(edits.configure(component, [given.key], given.value, given.key));
        return;
      }
      case 'rename': {
        const component = chosen(given.which);
        if (component) run(edits.renameComponent(component, given.name));
        return;
      }
      case 'delete': {
        const component = chosen(given.which);
        if (component) run(edits.remove({ components: [component.id], connections: [] }, 'Delete', types));
        return;
      }
      case 'move': {
        const component = chosen(given.which);
        if (component) run(edits.move({ [component.id]: { x: given.x, y: given.y } }, 'Move', 'move'));
        return;
      }
      case 'paste': {
        const ids = new Set([chosen(given.from), chosen(given.to)].flatMap((component) => component?.id ?? []));
        const parts = renamedParts(flow, copyParts(flow, ids, placesOf(flow, types), types), { x: 20, y: 20 });
        if (ids.size > 0) run(edits.addParts(parts, parts.places, { title: 'Paste', types }));
        return;
      }
      case 'tidy':
        return run(edits.move(tidyPlaces(flow, types), 'Tidy'));
      case 'seal':
        return seal();
    }
  };

  it('undone as a whole it is the flow from before, redone it is the flow from after', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), (given) => {
        const draft = opened();
        for (const each of given) perform(draft, each);
        const { flow: final, past } = draft.getState();
        for (let step = past.length; step > 0; step -= 1) draft.getState().undo();
        expect(draft.getState().flow).toEqual(chain);
        for (let step = past.length; step > 0; step -= 1) draft.getState().redo();
        expect(draft.getState().flow).toEqual(final);
      }),
      { numRuns: 60 },
    );
  });
});

describe('copied parts', () => {
  const flow: Flow = { ...chain, layout: { a: { x: 0, y: 0 }, b: { x: 300, y: 0 }, c: { x: 600, y: 0 } } };

  it('keep the connections between them, drop the others, and get ids of their own', () => {
    const copied = parseCopied(JSON.stringify(copyParts(flow, new Set(['a', 'b']), placesOf(flow, types), types)));
    expect(renamedParts(flow, copied!, { x: 20, y: 10 })).toEqual({
      components: [
        { id: 'a-2', type: 'source', config: { port: 1 } },
        { id: 'b-2', type: 'filter' },
      ],
      connections: [{ from: 'a-2.out', to: 'b-2.in' }],
      places: { 'a-2': { x: 20, y: 10 }, 'b-2': { x: 320, y: 10 } },
    });
  });

  it.each([
    '',
    'some text',
    '{"components":[]}',
    '{"semstreams":"parts","components":[],"connections":[],"layout":{}}',
  ])('are not read from %j', (text) => expect(parseCopied(text)).toBeUndefined());
});

describe('a layout', () => {
  const flow: Flow = {
    id: 'wide',
    name: 'Wide',
    components: [
      { id: 'a', type: 'source' },
      ...['b', 'c', 'd', 'e'].map((id) => ({ id, type: 'filter' })),
      { id: 'z', type: 'sink' },
    ],
    connections: ['b', 'c', 'd', 'e'].flatMap((id) => [
      { from: 'a', to: id },
      { from: `${id}.out`, to: 'z' },
    ]),
  };

  it.each([
    ['that is tidied', tidyPlaces],
    ['that nobody made', placesOf],
  ])('%s overlaps nowhere and runs from left to right', (_, placed) => {
    const places = placed(flow, types);
    const boxes = flow.components.map((component) => ({ ...places[component.id]!, ...cardSize(component, types) }));
    for (const [index, a] of boxes.entries())
      for (const b of boxes.slice(index + 1))
        expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(
          true,
        );
    for (const { from, to } of connectionsIn(flow, types))
      expect(places[from.component]!.x).toBeLessThan(places[to.component]!.x);
  });

  it('leaves in its place what has one, and gives one to the rest', () => {
    const layout = { b: { x: 340, y: 0 }, c: { x: 340, y: 10 } };
    const places = placesOf({ ...flow, layout }, types);
    expect(places).toMatchObject(layout);
    expect(Object.keys(places).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'z']);
  });
});

it.each([
  [{ properties: { path: { default: 'messages.ndjson' } } }, { path: 'night-log.ndjson' }],
  [{ properties: { path: { default: '' } } }, undefined],
  [{ properties: { url: {} } }, undefined],
  [{}, undefined],
])('a new component that writes a file has one of its own: %j', (schema, config) =>
  expect(edits.withOwnFile({ id: 'log', type: 't' }, 'night', schema).config).toEqual(config),
);
