import type { Component, Connection, Flow } from './flow.ts';
import { placeOf } from './finding.ts';
import { bufferLimits, endpointOf, type PortPlace, resolvedConnections, type TypesById } from './connect.ts';

/** One difference between two versions of a flow, in words, with the components that have to start anew for it. */
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly sentence: string;
  readonly components: readonly string[];
}

/** Where a setting stands in a config. */
export type SettingPath = readonly (string | number)[];

/** What people call a setting of a component; undefined where that is not known, and it is told as it is written. */
export type SettingWords = (component: Component, path: SettingPath) => string | undefined;

type Graph = Pick<Flow, 'components' | 'connections' | 'lane'>;

/** What would run differently after a deploy. A move, a new name or a new description is no such change. */
export const changesBetween = (
  before: Graph | undefined,
  after: Graph,
  types: TypesById,
  words: SettingWords = () => undefined,
): Change[] => {
  const old = before ?? { components: [] };
  return [...componentChanges(old, after, words), ...connectionChanges(old, after, types), ...laneChanges(old, after)];
};

const titleOf = ({ id, name }: Pick<Component, 'id' | 'name'>): string => `“${name ?? id}”`;

const componentChanges = (before: Graph, after: Graph, words: SettingWords): Change[] => {
  const old = new Map(before.components.map((component) => [component.id, component]));
  const kept = new Set(after.components.map(({ id }) => id));
  return [
    ...after.components.flatMap((component): Change[] => {
      const was = old.get(component.id);
      const components = [component.id];
      if (!was) return [{ kind: 'added', sentence: `${titleOf(component)} is added`, components }];
      if (was.type !== component.type)
        return [{ kind: 'changed', sentence: `${titleOf(component)} becomes a ${component.type}`, components }];
      const wordsOf = (path: SettingPath): string => words(component, path) ?? placeOf(path);
      return settingsChanged(was.config ?? {}, component.config ?? {}, wordsOf).map((sentence) => ({
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

/** So many changes of one component are told. */
const mostOfOne = 20;

const settingsChanged = (before: unknown, after: unknown, words: (path: SettingPath) => string): string[] => {
  const all = differences(before, after, [], words);
  return all.length <= mostOfOne
    ? all
    : [...all.slice(0, mostOfOne), `and ${all.length - mostOfOne} more settings change`];
};

/** Each difference by itself, as deep as it lies: a setting, a rule of many, a field of a rule. */
const differences = (was: unknown, is: unknown, path: SettingPath, words: (path: SettingPath) => string): string[] => {
  const [old, now] = [stable(was), stable(is)];
  if (old === now) return [];
  if (isObject(was) && isObject(is))
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
      differences(was[key], is[key], [...path, key], words),
    );
  if (Array.isArray(was) && Array.isArray(is) && !(isShort(was, old) && isShort(is, now)))
    return entriesChanged(was, is, path, words);
  const name = `“${words(path)}”`;
  if (old === undefined) return [`${name} is set to ${shown(now)}`];
  if (now === undefined) return [path.length > 1 ? `${name} is left out` : `${name} goes back to its default`];
  return [`${name} changes from ${shown(old)} to ${shown(now)}`];
};

/** What stands the same at both ends of two lists is passed over. */
const entriesChanged = (
  was: readonly unknown[],
  is: readonly unknown[],
  path: SettingPath,
  words: (path: SettingPath) => string,
): string[] => {
  const isSame = (one: unknown, other: unknown): boolean => stable(one) === stable(other);
  const shorter = Math.min(was.length, is.length);
  let first = 0;
  while (first < shorter && isSame(was[first], is[first])) first += 1;
  let last = 0;
  while (last < shorter - first && isSame(was.at(-1 - last), is.at(-1 - last))) last += 1;
  const [gone, come] = [was.length - first - last, is.length - first - last];
  return Array.from({ length: Math.max(gone, come) }, (_, n) => {
    const at = [...path, first + n];
    if (n >= come) return [`“${words(at)}” is taken away`];
    if (n >= gone) return [`“${words(at)}” is added: ${shown(stable(is[first + n]))}`];
    return differences(was[first + n], is[first + n], at, words);
  }).flat();
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a list is read at a glance. */
const isShort = (list: readonly unknown[], json: string | undefined): boolean =>
  (json?.length ?? 0) <= longestShown && list.every((entry) => typeof entry !== 'object' || entry === null);

const longestShown = 60;
const shown = (json: string | undefined): string => (json && json.length <= longestShown ? json : 'a new value');

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
