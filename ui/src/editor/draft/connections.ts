import {
  type ComponentsById,
  componentsById,
  type Connection,
  connectionsOf,
  type Delivery,
  deliveryInto,
  endpointOf,
  type Flow,
  isPlace,
  type PortPlace,
  portsOfComponent,
  resolveEndpoint,
  type TypesById,
} from '@semstreams/contract';

/** A connection of the draft with both ports spelled out. `key` is how the server names it in live data, too. */
export interface DraftConnection {
  readonly key: string;
  readonly from: PortPlace;
  readonly to: PortPlace;
  readonly written: Connection;
  /** What it promises, by its own word or that of the port it leads to. */
  readonly delivery: Delivery;
}

export const connectionKey = (from: PortPlace, to: PortPlace): string => `${endpointOf(from)} ${endpointOf(to)}`;

/** Every connection that can be drawn. One whose end means no port stays in the document and is a finding of the server. */
export const connectionsIn = (flow: Flow, types: TypesById): DraftConnection[] => {
  const components = componentsById(flow.components);
  return connectionsOf(flow).flatMap((written) => {
    const [from, to] = endsOf(written, components, types);
    if (!from || !to) return [];
    const port = portsOfComponent(components.get(to.component), types)[to.port];
    const delivery = deliveryInto(port, written.delivery);
    return [{ key: connectionKey(from, to), from, to, written, delivery }];
  });
};

/** The connections written out, as they have to be before one of them or the list of components changes. */
export const writtenOut = (flow: Flow, types: TypesById): readonly Connection[] => {
  const components = componentsById(flow.components);
  return (
    flow.connections ??
    connectionsOf(flow).map((connection) => {
      const [from, to] = endsOf(connection, components, types);
      return from && to ? { ...connection, from: endpointOf(from), to: endpointOf(to) } : connection;
    })
  );
};

/** Tells the key of a connection as it is written, the text itself where an end means no port. */
export const keysIn = (flow: Flow, types: TypesById): ((connection: Connection) => string) => {
  const components = componentsById(flow.components);
  return (connection) => {
    const [from, to] = endsOf(connection, components, types);
    return from && to ? connectionKey(from, to) : `${connection.from} ${connection.to}`;
  };
};

export const componentOf = (endpoint: string): string => endpoint.split('.', 1)[0]!;

const endsOf = (
  { from, to }: Connection,
  components: ComponentsById,
  types: TypesById,
): [PortPlace | undefined, PortPlace | undefined] => {
  const start = resolveEndpoint(from, 'output', components, types);
  const end = resolveEndpoint(to, 'input', components, types);
  return [isPlace(start) ? start : undefined, isPlace(end) ? end : undefined];
};
