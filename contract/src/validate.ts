import type { z } from 'zod';
import {
  connectionsOf,
  deliveryInto,
  endpointOf,
  isPlace,
  kindsFit,
  kindWords,
  portsOf,
  reaches,
  resolvedConnections,
  resolveEndpoint,
  type ResolvedConnection,
  type TypeFacts,
} from './connect.ts';
import { type Finding, placeOf } from './finding.ts';
import { FlowDocument, type Component } from './flow.ts';
import { schemaFindings } from './schema-findings.ts';
import { nearest } from './words.ts';

/** A component type with the schema of its config, as `validateFlow` needs it. */
export interface CheckedType extends TypeFacts {
  readonly config: z.ZodType;
}

/**
 * All that is wrong with a document, in the order of the document. Never throws: any JSON value is a legal question.
 * A document with an `error` cannot be deployed; one with `warning`s can.
 */
export const validateFlow = (document: unknown, types: ReadonlyMap<string, CheckedType>): Finding[] => {
  const parsed = FlowDocument.safeParse(document);
  if (!parsed.success) return schemaFindings(parsed.error, FlowDocument, document, []);
  const { data: flow } = parsed;
  const connections = resolvedConnections(flow, types);
  return [
    ...emptyFindings(flow),
    ...flow.components.flatMap((component, index) => [
      ...duplicateFindings(flow.components, index),
      ...typeFindings(component, index, types),
      ...configFindings(component, index, types),
    ]),
    ...connectionFindings(flow, types),
    ...circleFindings(flow, connections),
    ...unconnectedFindings(flow, types, connections),
  ];
};

const emptyFindings = (flow: FlowDocument): Finding[] =>
  flow.components.length > 0
    ? []
    : [{ severity: 'error', code: 'empty', place: 'components', sentence: 'the flow has no component yet' }];

const duplicateFindings = (components: readonly Component[], index: number): Finding[] => {
  const { id } = components[index]!;
  const first = components.findIndex((component) => component.id === id);
  if (first === index) return [];
  const sentence = `the id "${id}" is used twice`;
  return [{ severity: 'error', code: 'duplicate_id', place: `components[${index}].id`, component: id, sentence }];
};

const typeFindings = ({ id, type }: Component, index: number, types: ReadonlyMap<string, CheckedType>): Finding[] => {
  if (types.has(type)) return [];
  const near = nearest(type, types.keys());
  const hint = near ? `did you mean "${near}"?` : 'see the list of component types';
  const sentence = `there is no component type "${type}"`;
  return [
    { severity: 'error', code: 'unknown_type', place: `components[${index}].type`, component: id, sentence, hint },
  ];
};

const configFindings = (
  { id, type, config = {} }: Component,
  index: number,
  types: ReadonlyMap<string, CheckedType>,
): Finding[] => {
  const schema = types.get(type)?.config;
  const parsed = schema?.safeParse(config);
  if (!schema || !parsed || parsed.success) return [];
  const prefix = ['components', index, 'config'];
  const start = placeOf(prefix).length + 1;
  return schemaFindings(parsed.error, schema, config, prefix).map((finding) => ({
    ...finding,
    component: id,
    ...(finding.place.length > start ? { field: finding.place.slice(start) } : {}),
  }));
};

const connectionFindings = (flow: FlowDocument, types: ReadonlyMap<string, CheckedType>): Finding[] => {
  const seen = new Set<string>();
  return connectionsOf(flow).flatMap(({ from, to, delivery, buffer }, index): Finding[] => {
    const place = flow.connections ? `connections[${index}]` : `components[${index + 1}]`;
    const start = resolveEndpoint(from, 'output', flow.components, types);
    const end = resolveEndpoint(to, 'input', flow.components, types);
    const broken = [
      ...(isPlace(start) ? [] : [{ ...start, place: flow.connections ? `${place}.from` : place }]),
      ...(isPlace(end) ? [] : [{ ...end, place: flow.connections ? `${place}.to` : place }]),
    ];
    if (!isPlace(start) || !isPlace(end))
      return broken.map((part) => ({ severity: 'error', code: 'wrong_port', ...part }));
    const key = `${endpointOf(start)} ${endpointOf(end)}`;
    if (seen.has(key))
      return [{ severity: 'error', code: 'duplicate_connection', place, sentence: 'these two are connected twice' }];
    seen.add(key);
    if (buffer && deliveryInto(portAt(flow, types, end), delivery) === 'live') {
      const sentence = 'a live connection keeps nothing, so it has no buffer';
      const hint = 'write "delivery": "guaranteed", or leave "buffer" out';
      return [{ severity: 'error', code: 'buffer_without_guarantee', place: `${place}.buffer`, sentence, hint }];
    }
    const startPort = portAt(flow, types, start);
    const endPort = portAt(flow, types, end);
    if (startPort && endPort && !kindsFit(startPort, endPort)) {
      const [receiver, sender] = [titleIn(flow, end.component), titleIn(flow, start.component)];
      const sentence = `${receiver} needs ${kindWords[endPort.kind]}, and ${sender} sends ${kindWords[startPort.kind]}`;
      return [{ severity: 'error', code: 'wrong_kind', place, component: end.component, sentence }];
    }
    return [];
  });
};

const portAt = (
  flow: FlowDocument,
  types: ReadonlyMap<string, CheckedType>,
  place: { component: string; port: string },
) => types.get(flow.components.find(({ id }) => id === place.component)?.type ?? '')?.ports[place.port];

const circleFindings = (flow: FlowDocument, connections: readonly ResolvedConnection[]): Finding[] => {
  const back = connections.find(({ from, to }) => reaches(connections, to.component, from.component));
  if (!back) return [];
  const sentence = `data would go round in a circle through ${titleIn(flow, back.from.component)} and ${titleIn(flow, back.to.component)}`;
  return [{ severity: 'error', code: 'circle', place: 'connections', component: back.to.component, sentence }];
};

/** A required input without a source is an error of the whole flow; a required output that leads nowhere is a warning. */
const unconnectedFindings = (
  flow: FlowDocument,
  types: ReadonlyMap<string, CheckedType>,
  connections: readonly ResolvedConnection[],
): Finding[] =>
  flow.components.flatMap((component, index) => {
    const type = types.get(component.type);
    if (!type) return [];
    const isConnected = (port: string, end: 'from' | 'to') =>
      connections.some((connection) => connection[end].component === component.id && connection[end].port === port);
    const open = (direction: 'input' | 'output', end: 'from' | 'to') =>
      portsOf(type.ports, direction).filter((port) => type.ports[port]!.required && !isConnected(port, end));
    const place = `components[${index}]`;
    return [
      ...open('input', 'to').map((port): Finding => ({
        severity: 'warning',
        code: 'nothing_comes_in',
        place,
        component: component.id,
        sentence: `nothing is connected to ${titleOf(component)}${portSuffix(port)}, so it does nothing`,
      })),
      ...open('output', 'from').map((port): Finding => ({
        severity: 'warning',
        code: 'leads_nowhere',
        place,
        component: component.id,
        sentence: `${titleOf(component)}${portSuffix(port)} leads nowhere, so what it sends is lost`,
      })),
    ];
  });

/** A component as people call it. */
const titleOf = ({ id, name }: Pick<Component, 'id' | 'name'>): string => `"${name ?? id}"`;

const titleIn = (flow: FlowDocument, id: string): string =>
  titleOf(flow.components.find((component) => component.id === id) ?? { id });

/** Which port it is, where that does not go without saying. */
const portSuffix = (port: string): string => (port === 'in' || port === 'out' ? '' : ` (${port})`);
