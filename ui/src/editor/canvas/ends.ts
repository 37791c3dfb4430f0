import type { PortPlace } from '@semstreams/contract';
import type { Connection, Handle } from '@xyflow/react';

export interface Ends {
  readonly from: PortPlace;
  readonly to: PortPlace;
}

type PortHandle = Pick<Handle, 'nodeId' | 'id' | 'type'>;

/** The two ends of what was drawn between two ports, whichever it began at. Two of one direction keep the order. */
export const endsOf = (start: PortHandle, end: PortHandle): Ends | undefined => {
  if (!start.id || !end.id) return undefined;
  const [first, last] = start.type === 'target' && end.type === 'source' ? [end, start] : [start, end];
  return { from: placeOf(first), to: placeOf(last) };
};

const placeOf = ({ nodeId, id }: PortHandle): PortPlace => ({ component: nodeId, port: id! });

export const endsOfConnection = ({ source, sourceHandle, target, targetHandle }: Connection): Ends => ({
  from: { component: source, port: sourceHandle ?? 'out' },
  to: { component: target, port: targetHandle ?? 'in' },
});
