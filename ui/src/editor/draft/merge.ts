import { type Component, type Connection, connectionsOf, type Flow } from '@semstreams/contract';

/** One thing that two people changed in different ways. `ours` and `theirs` are what each wants; `undefined` is "gone". */
export interface Conflict {
  readonly title: string;
  readonly component?: string;
  readonly key: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** Which of two values is taken where both changed the same thing. */
export type Choice = 'ours' | 'theirs';

export interface Merged {
  readonly flow: Flow;
  readonly conflicts: readonly Conflict[];
}

/**
 * Both changes of a flow in one: what only one side changed is as that side has it. What both changed differently is a
 * conflict, and in the flow it is as `choose` says. Changes of different components, and of different settings of one
 * component, never conflict.
 */
export const merge = (
  base: Flow,
  ours: Flow,
  theirs: Flow,
  choose: (conflict: Conflict) => Choice = () => 'ours',
): Merged => {
  if (same(base, theirs)) return { flow: ours, conflicts: [] };
  if (same(base, ours)) return { flow: theirs, conflicts: [] };
  const conflicts: Conflict[] = [];
  const decide = <T>(triple: Triple<T>, about: Omit<Conflict, 'ours' | 'theirs'>): T | undefined => {
    if (same(triple.ours, triple.theirs) || same(triple.base, triple.theirs)) return triple.ours;
    if (same(triple.base, triple.ours)) return triple.theirs;
    const conflict = { ...about, ours: triple.ours, theirs: triple.theirs };
    conflicts.push(conflict);
    return triple[choose(conflict)];
  };
  const of = <Name extends keyof Flow>(name: Name): Triple<Flow[Name]> => ({
    base: base[name],
    ours: ours[name],
    theirs: theirs[name],
  });

  const description = decide(of('description'), { title: 'Description of the flow', key: 'description' });
  const lane = decide(of('lane'), { title: 'Thread of the flow', key: 'lane' });
  const components = mergeKeyed(
    by(base.components, ({ id }) => id),
    by(ours.components, ({ id }) => id),
    by(theirs.components, ({ id }) => id),
    (id, triple) => mergeComponent(id, triple, decide),
  );
  const connections = mergeConnections(base, ours, theirs, decide);
  const layout = mergeKeyed(entries(base.layout), entries(ours.layout), entries(theirs.layout), (_, triple) =>
    same(triple.base, triple.ours) ? triple.theirs : triple.ours,
  );
  const kept = new Set(components.keys());
  const flow: Flow = {
    id: ours.id,
    name: decide(of('name'), { title: 'Name of the flow', key: 'name' }) ?? ours.name,
    ...(description === undefined ? {} : { description }),
    ...(lane === undefined ? {} : { lane }),
    components: [...components.values()],
    ...(connections === undefined ? {} : { connections }),
    ...(ours.layout || theirs.layout ? { layout: Object.fromEntries([...layout].filter(([id]) => kept.has(id))) } : {}),
  };
  return { flow, conflicts };
};

interface Triple<T> {
  readonly base: T | undefined;
  readonly ours: T | undefined;
  readonly theirs: T | undefined;
}

type Decide = <T>(triple: Triple<T>, about: Omit<Conflict, 'ours' | 'theirs'>) => T | undefined;

const mergeComponent = (id: string, { base, ours, theirs }: Triple<Component>, decide: Decide) => {
  const title = `“${ours?.name ?? theirs?.name ?? base?.name ?? id}”`;
  if (!base || !ours || !theirs || ours.type !== theirs.type)
    return decide({ base, ours, theirs }, { title, component: id, key: `component ${id}` });
  const name = decide(
    { base: base.name, ours: ours.name, theirs: theirs.name },
    { title: `${title}: name`, component: id, key: `name ${id}` },
  );
  const config = mergeKeyed(entries(base.config), entries(ours.config), entries(theirs.config), (key, triple) =>
    decide(triple, { title: `${title}: ${key}`, component: id, key: `config ${id} ${key}` }),
  );
  return {
    id,
    type: ours.type,
    ...(name === undefined ? {} : { name }),
    ...(ours.config || theirs.config ? { config: Object.fromEntries(config) } : {}),
  };
};

const mergeConnections = (base: Flow, ours: Flow, theirs: Flow, decide: Decide): Connection[] | undefined => {
  if (!ours.connections && !theirs.connections) return undefined;
  const keyed = (flow: Flow) => by(connectionsOf(flow), ({ from, to }) => `${from} ${to}`);
  const merged = mergeKeyed(keyed(base), keyed(ours), keyed(theirs), (key, triple) =>
    decide(triple, { title: `The connection ${key.replace(' ', ' → ')}`, key: `connection ${key}` }),
  );
  return [...merged.values()];
};

/** Merges by key, in the order of ours, with what only they have at the end. */
const mergeKeyed = <T>(
  base: ReadonlyMap<string, T>,
  ours: ReadonlyMap<string, T>,
  theirs: ReadonlyMap<string, T>,
  decide: (key: string, triple: Triple<T>) => T | undefined,
): Map<string, T> => {
  const merged = new Map<string, T>();
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const value = decide(key, { base: base.get(key), ours: ours.get(key), theirs: theirs.get(key) });
    if (value !== undefined) merged.set(key, value);
  }
  return merged;
};

const by = <T>(values: readonly T[], key: (value: T) => string): Map<string, T> =>
  new Map(values.map((value) => [key(value), value]));

const entries = <T>(record: Readonly<Record<string, T>> | undefined): Map<string, T> =>
  new Map(Object.entries(record ?? {}));

/** Deep equality of JSON values; the order of keys is no difference, and a key with `undefined` is none. */
export const same = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, index) => same(value, b[index]))
    );
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => same(left[key], right[key]));
};
