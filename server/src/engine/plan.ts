import {
  type BufferLimits,
  bufferLimits,
  type Component,
  type Delivery,
  endpointOf,
  type Flow,
  resolvedConnections,
  type TypesById,
} from '@semstreams/contract';
import { FatalFault } from './fault.ts';

/** A connection with its place in the counters. */
export interface PlannedConnection {
  readonly index: number;
  readonly from: number;
  readonly fromPort: string;
  readonly to: number;
  readonly toPort: string;
  readonly delivery: Delivery;
  /** Limits of its buffer; only guaranteed connections have one. */
  readonly buffer: BufferLimits | undefined;
  readonly title: string;
}

export interface PlannedComponent extends Component {
  readonly index: number;
  readonly category: 'input' | 'processor' | 'output';
  readonly outgoing: readonly PlannedConnection[];
  /** Whether all that arrives here comes from guaranteed connections: what fails is still on disk, and comes again. */
  readonly isKept: boolean;
}

/** A flow made ready to run. */
export interface Plan {
  readonly flow: string;
  readonly components: readonly PlannedComponent[];
  readonly connections: readonly PlannedConnection[];
  /** All components, upstream before downstream: the order of closing; opening goes the other way. */
  readonly order: readonly number[];
}

/** Makes a valid flow ready to run. What `validateFlow` calls an error must have been refused before. */
export const planFlow = (flow: Pick<Flow, 'id' | 'components' | 'connections'>, types: TypesById): Plan => {
  const indexOf = new Map(flow.components.map(({ id }, index) => [id, index]));
  const connections = resolvedConnections(flow, types).map(
    ({ from, to, delivery, buffer }, index): PlannedConnection => ({
      index,
      from: indexOf.get(from.component)!,
      fromPort: from.port,
      to: indexOf.get(to.component)!,
      toPort: to.port,
      delivery,
      buffer: delivery === 'guaranteed' ? bufferLimits(buffer) : undefined,
      title: `${endpointOf(from)} → ${endpointOf(to)}`,
    }),
  );
  const categories = flow.components.map(({ type }) => {
    const found = types.get(type);
    if (found) return found.category;
    throw new FatalFault(
      `there is no component type "${type}" at present; "/health" says of one that was left aside why`,
    );
  });
  const beginnings = categories.flatMap((_, index) => (connections.some(({ to }) => to === index) ? [] : [index]));
  const unkept = reachedLive(beginnings, connections);
  const components = flow.components.map((component, index): PlannedComponent => ({
    ...component,
    index,
    category: categories[index]!,
    outgoing: connections.filter(({ from }) => from === index),
    isKept: !unkept.has(index),
  }));
  const order = upstreamFirst(components.length, connections);
  return { flow: flow.id, components, connections, order };
};

/** The components that live connections lead to from `starts`, these included. */
export const reachedLive = (
  starts: readonly number[],
  connections: readonly PlannedConnection[],
): ReadonlySet<number> => {
  const reached = new Set(starts);
  for (const component of reached)
    for (const { from, to, delivery } of connections) if (delivery === 'live' && from === component) reached.add(to);
  return reached;
};

/** Whether more than one way of live connections leads from one input to this connection: then messages come by each of them. */
export const hasSeveralWays = (
  { components, connections, order }: Pick<Plan, 'components' | 'connections' | 'order'>,
  { from }: Pick<PlannedConnection, 'from'>,
): boolean =>
  components.some(({ index, category }) => {
    if (category !== 'input') return false;
    const ways = components.map((component) => (component.index === index ? 1 : 0));
    for (const at of order)
      for (const connection of connections)
        if (connection.from === at && connection.delivery === 'live') ways[connection.to]! += ways[at]!;
    return ways[from]! > 1;
  });

const upstreamFirst = (count: number, connections: readonly PlannedConnection[]): number[] => {
  const depths = Array.from({ length: count }, () => 0);
  for (let round = 0; round < count; round += 1)
    for (const { from, to } of connections) depths[to] = Math.max(depths[to]!, Math.min(depths[from]! + 1, count));
  return depths.map((_, index) => index).sort((a, b) => depths[a]! - depths[b]! || a - b);
};
