import type { z } from 'zod';
import { findCircle } from './circle.ts';
import {
  componentsById,
  type ComponentsById,
  connectionsOf,
  deliveryInto,
  endpointOf,
  isPlace,
  kindsFit,
  kindWords,
  type NoPort,
  type PortPlace,
  portsOf,
  portsOfComponent,
  resolvedConnections,
  resolveEndpoint,
  type ResolvedConnection,
  type TypeFacts,
} from './connect.ts';
import { type Finding, FindingList, placeOf } from './finding.ts';
import { type Connection, FlowDocument, type Component } from './flow.ts';
import { excessOf } from './json-bounds.ts';
import { type Mention, noteMentioned } from './mentions.ts';
import { noteTakenNames } from './opened-ports.ts';
import { noteSchemaFindings } from './schema-findings.ts';
import { nearest } from './words.ts';

/** A component type with the schema of its config, as `validateFlow` needs it. */
export interface CheckedType extends TypeFacts {
  readonly config: z.ZodType;
  /** Other components of the flow that a config names; undefined where it names none. */
  mentions?(config: unknown): Mention | undefined;
}
type Types = ReadonlyMap<string, CheckedType>;

/**
 * All that is wrong with a document, in the order of the document; of more than a hundred findings the last one says how
 * many others there are. Never throws: any JSON value is a legal question. A document with an `error` cannot be deployed;
 * one with `warning`s can.
 */
export const validateFlow = (document: unknown, types: Types): Finding[] => {
  const steps = validationSteps(document, types);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
};

/** What `validateFlow` does, in steps of a few milliseconds at most: whoever must not be held up rests between two. */
export function* validationSteps(document: unknown, types: Types): Generator<undefined, Finding[], void> {
  const list = new FindingList();
  const excess = excessOf(document);
  if (excess) {
    const { path, ...told } = excess;
    list.add('error', () => ({ code: 'too_much', place: placeOf(path), ...told }));
    return list.all();
  }
  yield;
  const parsed = FlowDocument.safeParse(document);
  if (!parsed.success) {
    noteSchemaFindings(list, parsed.error, { schema: FlowDocument, value: document, prefix: [] });
    return list.all();
  }
  const { data: flow } = parsed;
  if (flow.components.length === 0)
    list.add('error', () => ({ code: 'empty', place: 'components', sentence: 'the flow has no component yet' }));
  const ids = new Set<string>();
  for (const [index, component] of flow.components.entries()) {
    if (ids.has(component.id)) noteDuplicate(list, component, index);
    ids.add(component.id);
    if (!types.has(component.type)) noteUnknownType(list, component, index, types);
    noteConfig(list, component, index, { flow, types });
    yield;
  }
  const graph: Graph = { flow, components: componentsById(flow.components), types };
  yield* noteConnections(list, graph);
  const connections = resolvedConnections(flow, types);
  noteCircle(list, graph, connections);
  noteUnconnected(list, graph, connections);
  return list.all();
}

interface Graph {
  readonly flow: FlowDocument;
  readonly components: ComponentsById;
  readonly types: Types;
}

const noteDuplicate = (list: FindingList, { id }: Component, index: number): void =>
  list.add('error', () => {
    const sentence = `the id "${id}" is used twice`;
    return { code: 'duplicate_id', place: `components[${index}].id`, component: id, sentence };
  });

const noteUnknownType = (list: FindingList, { id, type }: Component, index: number, types: Types): void =>
  list.add('error', () => {
    const near = nearest(type, types.keys());
    const hint = near ? `did you mean "${near}"?` : 'see the list of component types';
    const sentence = `there is no component type "${type}"`;
    return {
      code: 'unknown_type',
      place: `components[${index}].type`,
      component: id,
      sentence,
      hint,
      ...(near ? { instead: near } : {}),
    };
  });

const noteConfig = (
  list: FindingList,
  component: Component,
  index: number,
  { flow, types }: Pick<Graph, 'flow' | 'types'>,
): void => {
  const { id, type, config: value = {} } = component;
  const checked = types.get(type);
  if (!checked) return;
  const prefix = ['components', index, 'config'];
  const start = placeOf(prefix).length + 1;
  try {
    notePasswords(list, value, { prefix, component: id });
    noteTakenNames(list, checked, { config: value, prefix, component: id });
    const { error, data } = checked.config.safeParse(value);
    if (!error) return noteMentioned(list, checked.mentions?.(data), flow, { component: id, prefix });
    const more = (finding: Omit<Finding, 'severity'>) => ({
      ...finding,
      component: id,
      ...(finding.place.length > start ? { field: finding.place.slice(start) } : {}),
    });
    noteSchemaFindings(list, error, { schema: checked.config, value, prefix, more, hasSecrets: true });
  } catch (thrown) {
    list.add('error', () => {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      const sentence = `the settings of ${titleOf(component)} cannot be checked: ${why}`;
      const hint = `the component type "${type}" is at fault, not the flow`;
      return { code: 'cannot_be_checked', place: placeOf(prefix), component: id, sentence, hint };
    });
  }
};

/** A password in an address is seen by everybody who sees the flow. */
const notePasswords = (
  list: FindingList,
  config: Readonly<Record<string, unknown>>,
  { prefix, component }: { readonly prefix: readonly PropertyKey[]; readonly component: string },
): void => {
  for (const [field, value] of Object.entries(config)) {
    if (typeof value !== 'string' || !/^[a-z][a-z\d+.-]*:\/\/[^/?#]*:[^/?#]*@/i.test(value)) continue;
    list.add('warning', () => {
      const sentence = 'the address holds a password, and everybody who sees the flow can read it';
      const hint = 'write "${NAME}" instead, and give the whole address to the server as the secret NAME';
      return { code: 'password_in_address', place: placeOf([...prefix, field]), component, field, sentence, hint };
    });
  }
};

/** So many connections are looked at in one step. */
const stepConnections = 50;

function* noteConnections(list: FindingList, graph: Graph): Generator<undefined, void, void> {
  const seen = new Set<string>();
  for (const [index, connection] of connectionsOf(graph.flow).entries()) {
    if (index % stepConnections === 0) yield;
    const place = graph.flow.connections ? `connections[${index}]` : `components[${index + 1}]`;
    const start = resolveEndpoint(connection.from, 'output', graph.components, graph.types);
    const end = resolveEndpoint(connection.to, 'input', graph.components, graph.types);
    if (!isPlace(start)) noteNoPort(list, graph, start, graph.flow.connections ? `${place}.from` : place);
    if (!isPlace(end)) noteNoPort(list, graph, end, graph.flow.connections ? `${place}.to` : place);
    if (!isPlace(start) || !isPlace(end)) continue;
    const key = `${endpointOf(start)} ${endpointOf(end)}`;
    if (seen.has(key)) {
      const sentence = 'these two are connected twice';
      list.add('error', () => ({ code: 'duplicate_connection', place, sentence }));
    } else noteMismatch(list, graph, { connection, start, end, place });
    seen.add(key);
  }
}

const noteNoPort = (list: FindingList, { components }: Graph, { unknown, ...told }: NoPort, place: string): void =>
  list.add('error', () => {
    const near = unknown === undefined ? undefined : nearest(unknown, components.keys());
    return { code: 'wrong_port', place, ...told, ...(near ? { hint: `did you mean "${near}"?`, instead: near } : {}) };
  });

interface Joined {
  readonly connection: Connection;
  readonly start: PortPlace;
  readonly end: PortPlace;
  readonly place: string;
}

const noteMismatch = (list: FindingList, graph: Graph, { connection, start, end, place }: Joined): void => {
  const [from, to] = [portAt(graph, start), portAt(graph, end)];
  if (connection.buffer && deliveryInto(to, connection.delivery) === 'live') {
    const sentence = 'a live connection keeps nothing, so it has no buffer';
    const hint = 'write "delivery": "guaranteed", or leave "buffer" out';
    return list.add('error', () => ({ code: 'buffer_without_guarantee', place: `${place}.buffer`, sentence, hint }));
  }
  if (!from || !to || kindsFit(from, to)) return;
  list.add('error', () => {
    const [receiver, sender] = [titleIn(graph, end.component), titleIn(graph, start.component)];
    const sentence = `${receiver} needs ${kindWords[to.kind]}, and ${sender} sends ${kindWords[from.kind]}`;
    return { code: 'wrong_kind', place, component: end.component, sentence };
  });
};

const portAt = ({ components, types }: Graph, { component, port }: PortPlace) =>
  portsOfComponent(components.get(component), types)[port];

const noteCircle = (list: FindingList, graph: Graph, connections: readonly ResolvedConnection[]): void => {
  const back = findCircle(connections);
  if (!back) return;
  list.add('error', () => {
    const sentence = `data would go round in a circle through ${titleIn(graph, back.from.component)} and ${titleIn(graph, back.to.component)}`;
    return { code: 'circle', place: 'connections', component: back.to.component, sentence };
  });
};

/** A required port that nothing is connected to is a warning. */
const noteUnconnected = (
  list: FindingList,
  { flow, types }: Graph,
  connections: readonly ResolvedConnection[],
): void => {
  const [sources, targets] = [new Set<string>(), new Set<string>()];
  for (const { from, to } of connections) {
    sources.add(endpointOf(from));
    targets.add(endpointOf(to));
  }
  for (const [index, component] of flow.components.entries()) {
    const ports = portsOfComponent(component, types);
    const open = (direction: 'input' | 'output', connected: ReadonlySet<string>) =>
      portsOf(ports, direction).filter(
        (port) => ports[port]!.required && !connected.has(endpointOf({ component: component.id, port })),
      );
    const about = { place: `components[${index}]`, component: component.id };
    for (const port of open('input', targets))
      list.add('warning', () => ({
        code: 'nothing_comes_in',
        ...about,
        sentence: `nothing is connected to ${titleOf(component)}${portSuffix(port)}, so it does nothing`,
      }));
    for (const port of open('output', sources))
      list.add('warning', () => ({
        code: 'leads_nowhere',
        ...about,
        sentence: `${titleOf(component)}${portSuffix(port)} leads nowhere, so what it sends is lost`,
      }));
  }
};

/** A component as people call it. */
const titleOf = ({ id, name }: Pick<Component, 'id' | 'name'>): string => `"${name ?? id}"`;

const titleIn = ({ components }: Graph, id: string): string => titleOf(components.get(id) ?? { id });

/** Which port it is, where that does not go without saying. */
const portSuffix = (port: string): string => (port === 'in' || port === 'out' ? '' : ` (${port})`);
