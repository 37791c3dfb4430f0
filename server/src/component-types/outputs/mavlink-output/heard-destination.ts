import { peersFor, stationsOf } from '../../../component-kit/mavlink/stations.ts';
import type { Destination, Given } from './destination.ts';

/** Back by the MAVLink inputs of the flow, to those that they hear. */
export const heardDestination = ({ io, inputs }: Given): Destination => ({
  open: () => undefined,
  close: () => undefined,
  send: (frameFor, way) =>
    peersFor(stationsOf(io.flow, inputs), way).filter((peer) => peer.send(frameFor(peer.address))).length > 0,
  facts: () => {
    const stations = stationsOf(io.flow, inputs);
    return {
      inputs: stations.map(({ link }) => link),
      peers: stations.reduce((sum, station) => sum + [...station.peers()].length, 0),
    };
  },
});
