import type { LineOfVehicles } from './vehicles.ts';

/** Somebody at the other end of a link. */
export interface Peer {
  readonly address: string;
  readonly vehicles: Pick<LineOfVehicles, 'has'>;
  /** False where it takes no more at present. */
  send(frame: Uint8Array): boolean;
}

/** A MAVLink input with those that it hears. */
export interface Station {
  /** What its messages say of it in the header "link". */
  readonly link: string;
  peers(): Iterable<Peer>;
}

/** Where a message came from, whose it is, and for whom: 0 is everybody. */
export interface Way {
  readonly link: string;
  readonly address: string;
  readonly system: number;
  readonly component: number;
  readonly targetSystem: number;
  readonly targetComponent: number;
}

/** By flow and component: an input and an output of a flow are in one process. */
const stations = new Map<string, Map<string, Station>>();

/** Makes it known to the outputs of its flow that this input hears somebody. Returns how to end that. */
export const openStation = (flow: string, component: string, station: Station): (() => void) => {
  const ofFlow = stations.get(flow) ?? new Map<string, Station>();
  stations.set(flow, ofFlow);
  ofFlow.set(component, station);
  return () => {
    if (ofFlow.get(component) === station) ofFlow.delete(component);
    if (ofFlow.size === 0 && stations.get(flow) === ofFlow) stations.delete(flow);
  };
};

/** The inputs of a flow, or those of them that are named. */
export const stationsOf = (flow: string, components: readonly string[]): Station[] =>
  [...(stations.get(flow) ?? [])]
    .filter(([component]) => components.length === 0 || components.includes(component))
    .map(([, station]) => station);

/**
 * Who is to have a message, as https://mavlink.io/en/guide/routing.html has it: nobody from whom it came or who was heard as
 * its sender, so that it goes in no circle; where its target was heard, that one alone, and else all.
 */
export const peersFor = (from: readonly Station[], way: Way): Peer[] => {
  const { link, address, system, component, targetSystem, targetComponent } = way;
  const others = from.flatMap((station) =>
    [...station.peers()].filter(
      (peer) => !(station.link === link && peer.address === address) && !peer.vehicles.has(system, component),
    ),
  );
  if (targetSystem === 0) return others;
  const exactly = others.filter(({ vehicles }) => vehicles.has(targetSystem, targetComponent || undefined));
  if (exactly.length > 0) return exactly;
  const same = others.filter(({ vehicles }) => vehicles.has(targetSystem));
  return same.length > 0 ? same : others;
};
