import type { Category, Port, Ports } from './component-type.ts';
import { parseDuration, parseSize } from './duration.ts';
import type { Component, Connection, ConnectionBuffer, Delivery, FlowDocument } from './flow.ts';
import { type PortsOfType, portsWith } from './opened-ports.ts';

/** What the pure functions need to know of a component type: its ports and where it stands in a flow. */
export interface TypeFacts extends PortsOfType {
  readonly title: string;
  readonly category: Category;
  /** Why it may give messages up, by reason, each in a sentence. */
  readonly drops?: Readonly<Record<string, string>>;
  /** Those of its reasons that somebody chose in its settings, and that are no trouble. */
  readonly plannedDrops?: readonly string[];
  /** Whether it remembers what came, so that it may hold messages back until their time. */
  readonly keepsState?: boolean;
}
export type TypesById = ReadonlyMap<string, TypeFacts>;

export interface PortPlace {
  readonly component: string;
  readonly port: string;
}

/** A connection with both ports spelled out, and what it promises. */
export interface ResolvedConnection {
  readonly from: PortPlace;
  readonly to: PortPlace;
  readonly delivery: Delivery;
  readonly buffer: ConnectionBuffer | undefined;
}

/** The limits of a buffer in bytes and milliseconds, with the defaults for what it leaves out. */
export interface BufferLimits {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly whenFull: 'drop_oldest' | 'block';
}

export const bufferLimits = (buffer: ConnectionBuffer = {}): BufferLimits => ({
  maxBytes: parseSize(buffer.max_bytes ?? '64MB'),
  maxAgeMs: parseDuration(buffer.max_age ?? '30d'),
  whenFull: buffer.when_full ?? 'drop_oldest',
});

/** What a connection promises: what it says itself, else what the port that it leads to asks for. */
export const deliveryInto = (to: Port | undefined, said: Delivery | undefined): Delivery =>
  said ?? to?.delivery ?? 'live';

export const endpointOf = ({ component, port }: PortPlace): string => `${component}.${port}`;

const splitEndpoint = (endpoint: string): { component: string; port: string | undefined } => {
  const dot = endpoint.indexOf('.');
  return dot < 0
    ? { component: endpoint, port: undefined }
    : { component: endpoint.slice(0, dot), port: endpoint.slice(dot + 1) };
};

/** The connections of a document as written, or the chain in the order of listing where there are none. */
export const connectionsOf = (flow: Pick<FlowDocument, 'components' | 'connections'>): readonly Connection[] =>
  flow.connections ??
  flow.components.slice(1).map((component, index) => ({ from: flow.components[index]!.id, to: component.id }));

/** The components of a flow by their id; of several with one id, the first. */
export type ComponentsById = ReadonlyMap<string, Component>;

export const componentsById = (components: readonly Component[]): ComponentsById =>
  new Map(components.toReversed().map((component) => [component.id, component]));

/** The ports of a component; none where its type is not known. */
export const portsOfComponent = (
  component: Pick<Component, 'type' | 'config'> | undefined,
  types: ReadonlyMap<string, PortsOfType>,
): Ports => {
  const type = component && types.get(component.type);
  return type ? portsWith(type, component.config) : {};
};

/** Ids and names of ports of one direction, in the order of their definition. */
export const portsOf = (ports: Ports, direction: Port['direction']): string[] =>
  Object.keys(ports).filter((name) => ports[name]!.direction === direction);

/** Why an endpoint means no port. `unknown` is the id where there is no such component. */
export interface NoPort {
  readonly sentence: string;
  readonly hint?: string;
  readonly unknown?: string;
}

/**
 * The port that an endpoint means, or a sentence that says why it means none. A port that is left out is the only one
 * of its direction, or the first one where the others are not required (`out` of a filter beside `rejected`).
 */
export const resolveEndpoint = (
  endpoint: string,
  direction: Port['direction'],
  components: ComponentsById,
  types: TypesById,
): PortPlace | NoPort => {
  const { component: id, port } = splitEndpoint(endpoint);
  const component = components.get(id);
  if (!component) return { sentence: `there is no component "${id}"`, unknown: id };
  const type = types.get(component.type);
  if (!type) return port ? { component: id, port } : { sentence: `the ports of "${id}" are not known` };
  const names = portsOf(portsWith(type, component.config), direction);
  const wanted =
    port ?? (names.length === 1 ? names[0] : names.find((name) => name === (direction === 'input' ? 'in' : 'out')));
  if (wanted !== undefined && names.includes(wanted)) return { component: id, port: wanted };
  if (names.length === 0)
    return { sentence: direction === 'output' ? `"${id}" sends nothing on` : `"${id}" takes nothing in` };
  const known = names.map((name) => `"${id}.${name}"`).join(', ');
  return {
    sentence: port ? `"${id}" has no ${direction} port "${port}"` : `"${id}" has several ${direction} ports`,
    hint: `write ${known}`,
  };
};

export const isPlace = (resolved: ReturnType<typeof resolveEndpoint>): resolved is PortPlace => 'component' in resolved;

/** Every connection whose two ends can be resolved. What cannot is a finding of `validateFlow`. */
export const resolvedConnections = (
  flow: Pick<FlowDocument, 'components' | 'connections'>,
  types: TypesById,
): ResolvedConnection[] => {
  const components = componentsById(flow.components);
  return connectionsOf(flow).flatMap(({ from, to, delivery, buffer }) => {
    const start = resolveEndpoint(from, 'output', components, types);
    const end = resolveEndpoint(to, 'input', components, types);
    if (!isPlace(start) || !isPlace(end)) return [];
    const port = portsOfComponent(components.get(end.component), types)[end.port];
    return [{ from: start, to: end, delivery: deliveryInto(port, delivery), buffer }];
  });
};

/** Why these two ports cannot be connected, as a sentence for a person; `undefined` when they can. */
export const refusal = (
  flow: Pick<FlowDocument, 'components' | 'connections'>,
  types: TypesById,
  from: PortPlace,
  to: PortPlace,
): string | undefined => {
  const [start, end] = [from, to].map((place) => {
    const component = flow.components.find(({ id }) => id === place.component);
    const title = types.get(component?.type ?? '')?.title ?? place.component;
    return { title, port: portsOfComponent(component, types)[place.port] };
  });
  if (from.component === to.component) return 'A component cannot be connected to itself.';
  if (start?.port?.direction === 'input')
    return `“${start.title}” takes data in here; start at the right-hand side of a component.`;
  if (end?.port?.direction === 'output')
    return `“${end.title}” sends data out here; end at the left-hand side of a component.`;
  if (start?.port && end?.port && !kindsFit(start.port, end.port))
    return `“${end.title}” needs ${kindWords[end.port.kind]}, and “${start.title}” sends ${kindWords[start.port.kind]}.`;
  const others = resolvedConnections(flow, types);
  if (others.some((other) => endpointOf(other.from) === endpointOf(from) && endpointOf(other.to) === endpointOf(to)))
    return 'These two are connected already.';
  if (reaches(others, to.component, from.component)) return 'This would send data round in a circle.';
  return undefined;
};

export const kindWords = { json: 'messages with fields', bytes: 'raw bytes', any: 'anything' } as const;

export const kindsFit = (from: Port, to: Port): boolean =>
  from.kind === to.kind || from.kind === 'any' || to.kind === 'any';

/** Whether a message that leaves `start` can arrive at `goal`. Takes one look at each connection. */
export const reaches = (connections: readonly ResolvedConnection[], start: string, goal: string): boolean => {
  const next = successorsIn(connections);
  const seen = new Set([start]);
  for (const component of seen) {
    if (component === goal) return true;
    for (const { to } of next.get(component) ?? []) seen.add(to.component);
  }
  return false;
};

/** The connections that leave each component. */
export const successorsIn = (
  connections: readonly ResolvedConnection[],
): ReadonlyMap<string, readonly ResolvedConnection[]> => {
  const leaving = new Map<string, ResolvedConnection[]>();
  for (const connection of connections) {
    const known = leaving.get(connection.from.component);
    if (known) known.push(connection);
    else leaving.set(connection.from.component, [connection]);
  }
  return leaving;
};
