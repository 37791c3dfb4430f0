import { peersFor, stationsOf } from '../../../component-kit/mavlink/stations.ts';
import type { Destination, Given } from './destination.ts';

/** How often it is looked whether the inputs are there, in milliseconds: they open after the outputs. */
const lookMs = 2000;

/** Back by the MAVLink inputs of the flow, to those that they hear. */
export const heardDestination = ({ io, inputs }: Given): Destination => {
  let looking: NodeJS.Timeout | undefined;
  let isMissing = false;

  const look = (): void => {
    const missing = inputs.filter((input) => stationsOf(io.flow, [input]).length === 0);
    const isNone = stationsOf(io.flow, inputs).length === 0;
    const wasMissing = isMissing;
    isMissing = missing.length > 0 || isNone;
    if (missing.length > 0) io.report('waiting', `this flow has no MAVLink input "${missing[0]!}" that hears anybody`);
    else if (isNone) io.report('waiting', 'this flow has no MAVLink input by which vehicles could be answered');
    else if (wasMissing) io.report('running', '');
  };

  return {
    open() {
      looking = setInterval(look, lookMs);
    },
    close: () => clearInterval(looking),
    send: (frameFor, way) =>
      peersFor(stationsOf(io.flow, inputs), way).filter((peer) => peer.send(frameFor(peer.address))).length > 0,
    facts: () => {
      const stations = stationsOf(io.flow, inputs);
      return {
        inputs: stations.map(({ link }) => link),
        peers: stations.reduce((sum, station) => sum + [...station.peers()].length, 0),
      };
    },
  };
};
