import {
  type Component,
  componentsById,
  type Connection,
  endpointOf,
  type Flow,
  isPlace,
  openedNames,
  portsOfComponent,
  resolveEndpoint,
  type TypesById,
} from '@semstreams/contract';
import { componentOf, connectionsIn, writtenOut } from './connections.ts';
import { type Edit, nameOf } from './edits.ts';
import { same } from './merge.ts';

/**
 * An edit of the settings of a component that its connections follow: those of a port that gets another name stay with it, those of
 * a port that goes go along. Where a name is wrong or taken, its connections stay as they are written, until it is right.
 */
export const followed = (edit: Edit, id: string, types: TypesById): Edit => ({
  ...edit,
  change: (flow) => {
    const after = edit.change(flow);
    const [was, is] = [flow, after].map(({ components }) => components.find((component) => component.id === id));
    const type = types.get(is?.type ?? '');
    if (!was || !is || !type?.opens || same(openedNames(type, was.config), openedNames(type, is.config))) return after;
    return { ...after, connections: connectionsAfter(flow, { was, is, types }) };
  },
});

/** The connections that an edit took along, each as people see it: `“hot” to “File”`. */
export const goneBetween = (before: Flow, after: Flow, types: TypesById): string[] => {
  if (before.connections?.length === after.connections?.length) return [];
  const left = new Set(connectionsIn(after, types).map(({ key }) => key));
  return connectionsIn(before, types)
    .filter(({ key }) => !left.has(key))
    .map(({ from, to }) => {
      const target = before.components.find(({ id }) => id === to.component);
      return `the connection of “${from.port}” to “${target ? nameOf(target) : to.component}”`;
    });
};

interface Change {
  readonly was: Component;
  readonly is: Component;
  readonly types: TypesById;
}

const connectionsAfter = (flow: Flow, change: Change): Connection[] => {
  const [before, after] = [change.was, change.is].map((component) => portsOfComponent(component, change.types));
  const has = (ports: object | undefined, port: string | undefined): boolean =>
    port !== undefined && Object.hasOwn(ports ?? {}, port);
  const connections = spelledOut(flow, change);
  const isMine = ({ from }: Connection): boolean => componentOf(from) === change.is.id;
  const renamed = renaming(change);
  if (!renamed)
    return connections.filter((each) => !isMine(each) || !has(before, portOf(each)) || has(after, portOf(each)));
  const { from, to } = renamed;
  const lost = new Set(connections.filter((each) => isMine(each) && !has(before, portOf(each))).map(portOf));
  const moving = has(before, from) && !has(after, from) ? from : lost.size === 1 ? [...lost][0] : undefined;
  if (to === undefined || moving === undefined) return connections;
  return connections.map((each) =>
    isMine(each) && portOf(each) === moving
      ? { ...each, from: endpointOf({ component: change.is.id, port: to }) }
      : each,
  );
};

/** The one name that has changed, with what it is where it can be that of a port; nothing where something else has changed. */
const renaming = ({ was, is, types }: Change): { from: string | undefined; to: string | undefined } | undefined => {
  const type = types.get(is.type)!;
  const [before, after] = [openedNames(type, was.config), openedNames(type, is.config)];
  if (before.length !== after.length) return undefined;
  const changed = after.flatMap((name, index) => (name === before[index] ? [] : [index]));
  const [index] = changed;
  if (index === undefined || changed.length > 1) return undefined;
  const to = after[index];
  const isPort = to !== undefined && Object.hasOwn(portsOfComponent(is, types), to);
  const isItsOwn = !after.some((name, other) => name === to && other !== index) && !Object.hasOwn(type.ports, to ?? '');
  return { from: before[index], to: isPort && isItsOwn ? to : undefined };
};

/** The connections, with the port wherever one leaves the component: it may have had one alone before. */
const spelledOut = (flow: Flow, { was, types }: Change): Connection[] => {
  const components = componentsById(flow.components);
  return writtenOut(flow, types).map((connection) => {
    if (componentOf(connection.from) !== was.id) return connection;
    const start = resolveEndpoint(connection.from, 'output', components, types);
    return isPlace(start) ? { ...connection, from: endpointOf(start) } : connection;
  });
};

const portOf = ({ from }: Connection): string | undefined => from.split('.', 2)[1];
