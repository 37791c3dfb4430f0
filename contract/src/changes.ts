import type { Component, Connection, Flow } from './flow.ts';
import { bufferLimits, endpointOf, type PortPlace, resolvedConnections, type TypesById } from './connect.ts';

/** One difference between two versions of a flow, in words, with the components that have to start anew for it. */
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly sentence: string;
  readonly components: readonly string[];
}

type Graph = Pick<Flow, 'components' | 'connections' | 'lane'>;

/** What would run differently after a deploy. A move, a new name or a new description is no such change. */
export const changesBetween = (before: Graph | undefined, after: Graph, types: TypesById): Change[] => {
  const old = before ?? { components: [] };
  return [...componentChanges(old, after), ...connectionChanges(old, after, types), ...laneChanges(old, after)];
};

const titleOf = ({ id, name }: Pick<Component, 'id' | 'name'>): string => `“${name ?? id}”`;

const componentChanges = (before: Graph, after: Graph): Change[] => {
  const old = new Map(before.components.map((component) => [component.id, component]));
  const kept = new Set(after.components.map(({ id }) => id));
  return [
    ...after.components.flatMap((component): Change[] => {
      const was = old.get(component.id);
      const components = [component.id];
      if (!was) return [{ kind: 'added', sentence: `${titleOf(component)} is added`, components }];
      if (was.type !== component.type)
        return [{ kind: 'changed', sentence: `${titleOf(component)} becomes a ${component.type}`, components }];
      return settingsChanged(was.config ?? {}, component.config ?? {}).map((sentence) => ({
        kind: 'changed',
        sentence: `${titleOf(component)}: ${sentence}`,
        components,
      }));
    }),
    ...before.components
      .filter(({ id }) => !kept.has(id))
      .map((component): Change => ({
        kind: 'removed',
        sentence: `${titleOf(component)} is removed`,
        components: [component.id],
      })),
  ];
};

const settingsChanged = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
    const [was, is] = [stable(before[key]), stable(after[key])];
    if (was === is) return [];
    if (was === undefined) return [`“${key}” is set to ${shown(is)}`];
    if (is === undefined) return [`“${key}” goes back to its default`];
    return [`“${key}” changes from ${shown(was)} to ${shown(is)}`];
  });

const shown = (json: string | undefined): string => (json && json.length <= 60 ? json : 'a new value');

/** JSON with sorted keys, so that the order of keys is no difference. */
const stable = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

const connectionChanges = (before: Graph, after: Graph, types: TypesById): Change[] => {
  const keyed = (graph: Graph) =>
    new Map(
      resolvedConnections(graph, types).map((connection) => [
        `${endpointOf(connection.from)} ${endpointOf(connection.to)}`,
        connection,
      ]),
    );
  const [old, now] = [keyed(before), keyed(after)];
  const known = new Map([...before.components, ...after.components].map((component) => [component.id, component]));
  const end = ({ component, port }: PortPlace) =>
    `${titleOf(known.get(component) ?? { id: component })}${port === 'in' || port === 'out' ? '' : ` (${port})`}`;
  const sentence = (from: PortPlace, to: PortPlace, what: string) =>
    `the connection from ${end(from)} to ${end(to)} ${what}`;
  return [
    ...[...now].flatMap(([key, { from, to, delivery, buffer }]): Change[] => {
      const was = old.get(key);
      const components = [from.component, to.component];
      if (!was) return [{ kind: 'added', sentence: sentence(from, to, 'is added'), components }];
      if (was.delivery !== delivery)
        return [{ kind: 'changed', sentence: sentence(from, to, `becomes ${delivery}`), components }];
      if (delivery === 'live' || stable(bufferLimits(was.buffer)) === stable(bufferLimits(buffer))) return [];
      return [{ kind: 'changed', sentence: sentence(from, to, 'gets another buffer'), components }];
    }),
    ...[...old].flatMap(([key, { from, to }]): Change[] =>
      now.has(key)
        ? []
        : [{ kind: 'removed', sentence: sentence(from, to, 'is removed'), components: [from.component, to.component] }],
    ),
  ];
};

const laneChanges = (before: Graph, after: Graph): Change[] => {
  const [was, is] = [before.lane ?? 'shared', after.lane ?? 'shared'];
  if (was === is || before.components.length === 0) return [];
  const sentence = is === 'own' ? 'the flow gets a process of its own' : 'the flow shares a process with others';
  return [{ kind: 'changed', sentence, components: after.components.map(({ id }) => id) }];
};

/** The connection as people write it, for lists and logs. */
export const connectionTitle = ({ from, to }: Connection): string => `${from} → ${to}`;
