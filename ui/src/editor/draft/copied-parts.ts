import {
  Component,
  Connection,
  endpointOf,
  type Flow,
  freeId,
  type Position,
  Position as PositionSchema,
  type TypesById,
} from '@semstreams/contract';
import { z } from 'zod';
import { componentOf, connectionsIn } from './connections.ts';
import { type Places, freeName, nameOf } from './edits.ts';

/** Components with the connections between them, as they lie on the clipboard. */
const CopiedParts = z.strictObject({
  semstreams: z.literal('parts'),
  components: z.array(Component).min(1).max(500),
  connections: z.array(Connection).max(2000),
  layout: z.record(z.string(), PositionSchema),
});
export type CopiedParts = z.infer<typeof CopiedParts>;

/** What is copied of a flow: connections between chosen components come along, those to others do not. */
export const copyParts = (flow: Flow, ids: ReadonlySet<string>, places: Places, types: TypesById): CopiedParts => ({
  semstreams: 'parts',
  components: flow.components.filter(({ id }) => ids.has(id)),
  connections: connectionsIn(flow, types)
    .filter(({ from, to }) => ids.has(from.component) && ids.has(to.component))
    .map(({ written, from, to }) => ({ ...written, from: endpointOf(from), to: endpointOf(to) })),
  layout: Object.fromEntries(Object.entries(places).filter(([id]) => ids.has(id))),
});

/** What a text from the clipboard holds; nothing when it is something else. */
export const parseCopied = (text: string): CopiedParts | undefined => {
  try {
    return CopiedParts.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

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
