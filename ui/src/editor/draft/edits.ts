import {
  type Component,
  type Connection,
  endpointOf,
  type Flow,
  freeId,
  idFrom,
  type PortPlace,
  type Position,
  type TypesById,
} from '@semstreams/contract';
import { type ConfigPath, writeAt } from './config-path.ts';
import { componentOf, keysIn, writtenOut } from './connections.ts';

/**
 * A change of the draft, by the name under which people undo it. Edits in a row with the same `onto` are one step of
 * undoing, such as the letters typed into one field: each takes the place of the one before it.
 */
export interface Edit {
  readonly title: string;
  readonly change: (flow: Flow) => Flow;
  readonly onto?: string;
}

export type Places = Readonly<Record<string, Position>>;

export const nameOf = ({ id, name }: Pick<Component, 'id' | 'name'>): string => name ?? id;

/** A new component of a type, with an id that the flow does not have yet. */
export const newComponent = (flow: Flow, type: string, title: string): Component => {
  const taken = new Set(flow.components.map(({ id }) => id));
  const name = freeName(title, new Set(flow.components.map(nameOf)));
  return { id: freeId(idFrom(name, 'component'), taken), type, name };
};

/**
 * The same, with a file of its own where its type writes one: two that write the file which a type begins with would be refused,
 * in this flow or another.
 */
export const withOwnFile = (component: Component, flow: string, schema: unknown): Component => {
  const { path } =
    (schema as { readonly properties?: { readonly path?: { readonly default?: unknown } } }).properties ?? {};
  const extension = /\.[^./]+$/.exec(String(path?.default ?? ''))?.[0];
  return extension === undefined
    ? component
    : { ...component, config: { path: `${flow}-${component.id}${extension}` } };
};

/** `Filter`, `Filter 2`, `Filter 3`: the first that is not taken. */
export const freeName = (name: string, taken: ReadonlySet<string>): string => {
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? name : `${name} ${n}`;
    if (!taken.has(candidate)) return candidate;
  }
};

export const addComponent = (component: Component, at: Position, types: TypesById): Edit => ({
  title: `Add “${nameOf(component)}”`,
  change: (flow) => place(flow, [component], { [component.id]: at }, writtenOut(flow, types)),
});

/** Adds a component behind an output port and connects it. */
export const addConnected = (
  added: { readonly component: Component; readonly port: string; readonly at: Position },
  from: PortPlace,
  types: TypesById,
): Edit => ({
  title: `Add “${nameOf(added.component)}”`,
  change: (flow) =>
    place(flow, [added.component], { [added.component.id]: added.at }, [
      ...writtenOut(flow, types),
      { from: endpointOf(from), to: endpointOf({ component: added.component.id, port: added.port }) },
    ]),
});

/** Puts a component into a connection: what the connection says goes on to hold for its second half. */
export const insertInto = (
  key: string,
  { component, at }: { readonly component: Component; readonly at: Position },
  types: TypesById,
): Edit => ({
  title: `Add “${nameOf(component)}”`,
  change: (flow) => {
    const keyOf = keysIn(flow, types);
    const connections = writtenOut(flow, types).flatMap((connection) =>
      keyOf(connection) === key
        ? [
            { from: connection.from, to: endpointOf({ component: component.id, port: 'in' }) },
            { ...connection, from: endpointOf({ component: component.id, port: 'out' }) },
          ]
        : [connection],
    );
    return place(flow, [component], { [component.id]: at }, connections);
  },
});

/** Puts several components with the connections between them into the flow: what a paste does. */
export const addParts = (
  parts: { readonly components: readonly Component[]; readonly connections: readonly Connection[] },
  places: Places,
  given: { readonly title: string; readonly types: TypesById },
): Edit => ({
  title: given.title,
  change: (flow) => place(flow, parts.components, places, [...writtenOut(flow, given.types), ...parts.connections]),
});

const place = (
  flow: Flow,
  components: readonly Component[],
  places: Places,
  connections: readonly Connection[],
): Flow => ({
  ...flow,
  components: [...flow.components, ...components],
  connections: [...connections],
  layout: { ...flow.layout, ...places },
});

export const connect = (from: PortPlace, to: PortPlace, types: TypesById): Edit => ({
  title: 'Connect',
  change: (flow) => ({
    ...flow,
    connections: [...writtenOut(flow, types), { from: endpointOf(from), to: endpointOf(to) }],
  }),
});

/** Changes what one connection says beside its two ends, such as its delivery; `undefined` takes a key out. */
export const setConnection = (
  key: string,
  more: { readonly [Name in Exclude<keyof Connection, 'from' | 'to'>]?: Connection[Name] | undefined },
  types: TypesById,
): Edit => ({
  title: 'Change a connection',
  change: (flow) => {
    const keyOf = keysIn(flow, types);
    return {
      ...flow,
      connections: writtenOut(flow, types).map((connection) =>
        keyOf(connection) === key ? withoutUndefined({ ...connection, ...more }) : connection,
      ),
    };
  },
});

const withoutUndefined = (value: Record<string, unknown>): Connection =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Connection;

/** Leads one end of a connection to another port; the rest of it stays. */
export const reconnect = (key: string, ends: { from: PortPlace; to: PortPlace }, types: TypesById): Edit => ({
  title: 'Reconnect',
  change: (flow) => {
    const keyOf = keysIn(flow, types);
    return {
      ...flow,
      connections: writtenOut(flow, types).map((connection) =>
        keyOf(connection) === key
          ? { ...connection, from: endpointOf(ends.from), to: endpointOf(ends.to) }
          : connection,
      ),
    };
  },
});

/** Takes components out, with their connections, and single connections by their keys. */
export const remove = (
  parts: { readonly components: readonly string[]; readonly connections: readonly string[] },
  title: string,
  types: TypesById,
): Edit => ({
  title,
  change: (flow) => {
    const components = new Set(parts.components);
    const connections = new Set(parts.connections);
    const keyOf = keysIn(flow, types);
    return {
      ...flow,
      components: flow.components.filter(({ id }) => !components.has(id)),
      connections: writtenOut(flow, types).filter(
        (connection) =>
          !components.has(componentOf(connection.from)) &&
          !components.has(componentOf(connection.to)) &&
          !connections.has(keyOf(connection)),
      ),
      ...(flow.layout === undefined
        ? {}
        : { layout: Object.fromEntries(Object.entries(flow.layout).filter(([id]) => !components.has(id))) }),
    };
  },
});

export const move = (places: Places, title: string, onto?: string): Edit => ({
  title,
  change: (flow) => ({ ...flow, layout: { ...flow.layout, ...places } }),
  ...(onto === undefined ? {} : { onto }),
});

/** Writes one value of a component's config; `undefined` gives the setting back to its default. */
export const configure = (component: Component, path: ConfigPath, value: unknown, title: string): Edit => ({
  title: `${nameOf(component)}: ${title}`,
  onto: `configure ${component.id} ${path.join('/')}`,
  change: (flow) =>
    changeComponent(flow, component.id, (present) => {
      const config = writeAt(present.config ?? {}, path, value) as Record<string, unknown>;
      const { config: _, ...rest } = present;
      return Object.keys(config).length > 0 || present.config !== undefined ? { ...present, config } : rest;
    }),
});

/** Gives a component another name; its id stays. An empty name gives the id back. */
export const renameComponent = (component: Component, name: string): Edit => ({
  title: `Rename “${nameOf(component)}”`,
  onto: `rename ${component.id}`,
  change: (flow) =>
    changeComponent(flow, component.id, ({ name: _, ...rest }) => {
      const { id, type, ...more } = rest;
      return name.trim() === '' ? rest : { id, type, name, ...more };
    }),
});

const changeComponent = (flow: Flow, id: string, change: (component: Component) => Component): Flow => ({
  ...flow,
  components: flow.components.map((component) => (component.id === id ? change(component) : component)),
});

export const renameFlow = (name: string): Edit => ({
  title: 'Rename the flow',
  change: (flow) => ({ ...flow, name }),
});

export const describeFlow = (description: string): Edit => ({
  title: 'Describe the flow',
  onto: 'describe',
  change: ({ description: _, ...flow }) => (description === '' ? flow : { ...flow, description }),
});

/** Makes another document of the same flow the draft, such as an older version. */
export const restoreFlow = (restored: Flow, version: number): Edit => ({
  title: `Restore version ${version}`,
  change: () => restored,
});
