import {
  type Component,
  type Connection,
  endpointOf,
  type Flow,
  freeId,
  type Position,
  type TypesById,
} from '@semstreams/contract';
import { componentOf, connectionsIn } from './connections.ts';
import { type Places, freeName, nameOf } from './edits.ts';

/** Components with the connections between them, as they lie on the clipboard. */
export interface CopiedParts {
  readonly semstreams: 'parts';
  readonly components: readonly Component[];
  readonly connections: readonly Connection[];
  readonly layout: Places;
}

/** What is copied of a flow: connections between chosen components come along, those to others do not. */
export const copyParts = (flow: Flow, ids: ReadonlySet<string>, places: Places, types: TypesById): CopiedParts => ({
  semstreams: 'parts',
  components: flow.components.filter(({ id }) => ids.has(id)),
  connections: connectionsIn(flow, types)
    .filter(({ from, to }) => ids.has(from.component) && ids.has(to.component))
    .map(({ written, from, to }) => ({ ...written, from: endpointOf(from), to: endpointOf(to) })),
  layout: Object.fromEntries(Object.entries(places).filter(([id]) => ids.has(id))),
});

/** What a text from the clipboard holds; nothing when it is something else. The server checks the rest, as of any draft. */
export const parseCopied = (text: string): CopiedParts | undefined => {
  try {
    const given = JSON.parse(text) as unknown;
    return isCopied(given) ? given : undefined;
  } catch {
    return undefined;
  }
};

const isCopied = (given: unknown): given is CopiedParts =>
  isRecord(given) &&
  given['semstreams'] === 'parts' &&
  isListOf(
    given['components'],
    ({ id, type, config }) => isId(id) && isId(type) && (config === undefined || isRecord(config)),
  ) &&
  given['components'].length > 0 &&
  isListOf(given['connections'], ({ from, to }) => typeof from === 'string' && typeof to === 'string') &&
  isRecord(given['layout']) &&
  isListOf(Object.values(given['layout']), ({ x, y }) => typeof x === 'number' && typeof y === 'number');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOf = (value: unknown, holds: (entry: Record<string, unknown>) => boolean): value is readonly object[] =>
  Array.isArray(value) && value.every((entry) => isRecord(entry) && holds(entry));

const isId = (value: unknown): boolean => typeof value === 'string' && /^[a-z0-9][a-z0-9_-]{0,62}$/.test(value);

/** The parts with ids and names that the flow does not have yet, moved by `offset`. */
export const renamedParts = (
  flow: Flow,
  { components, connections, layout }: CopiedParts,
  offset: Position,
): { components: Component[]; connections: Connection[]; places: Places } => {
  const ids = new Set(flow.components.map(({ id }) => id));
  const names = new Set(flow.components.map(nameOf));
  const renamed = new Map<string, Component>();
  for (const component of components) {
    const id = freeId(component.id, ids);
    ids.add(id);
    const name = component.name === undefined ? undefined : freeName(component.name, names);
    if (name !== undefined) names.add(name);
    renamed.set(component.id, { ...component, id, ...(name === undefined ? {} : { name }) });
  }
  const endpoint = (written: string): string => {
    const component = componentOf(written);
    return `${renamed.get(component)!.id}${written.slice(component.length)}`;
  };
  return {
    components: [...renamed.values()],
    connections: connections
      .filter(({ from, to }) => renamed.has(componentOf(from)) && renamed.has(componentOf(to)))
      .map((connection) => ({ ...connection, from: endpoint(connection.from), to: endpoint(connection.to) })),
    places: Object.fromEntries(
      [...renamed].map(([old, { id }], index) => {
        const at = layout[old] ?? { x: index * 40, y: index * 40 };
        return [id, { x: at.x + offset.x, y: at.y + offset.y }];
      }),
    ),
  };
};
