import { implement } from '../../../engine/component.ts';
import { InvalidMessage, TransientFault } from '../../../engine/fault.ts';
import type { Message } from '../../../engine/message.ts';
import { type FrameFor, FrameWriter } from '../../../component-kit/mavlink/frame-writer.ts';
import { loadDefinitions } from '../../../component-kit/mavlink/load-dialect.ts';
import { signer, signingKey } from '../../../component-kit/mavlink/signing.ts';
import type { Way } from '../../../component-kit/mavlink/stations.ts';
import { type Destination, type Given } from './destination.ts';
import { heardDestination } from './heard-destination.ts';
import { tcpConnectDestination, tcpListenDestination } from './tcp-destinations.ts';
import { udpDestination } from './udp-destination.ts';
import { mavlinkOutputDefinition } from './mavlink-output.definition.ts';

const destinations = {
  udp: udpDestination,
  heard: heardDestination,
  tcp_connect: tcpConnectDestination,
  tcp_listen: tcpListenDestination,
} as const satisfies Readonly<Record<string, (given: Given) => Destination>>;

/** Where a message came from, by its headers, and for whom it is, by its fields. */
const wayOf = (
  { payload, headers }: Message,
  config: { readonly system_id: number; readonly component_id: number },
): Way => {
  const fields = payload as Readonly<Record<string, unknown>>;
  const byteOf = (key: string, otherwise: number): number => {
    const value = fields[key];
    return typeof value === 'number' ? value : otherwise;
  };
  return {
    link: headers['link'] ?? '',
    address: headers['address'] ?? '',
    system: byteOf('system_id', config.system_id),
    component: byteOf('component_id', config.component_id),
    targetSystem: byteOf('target_system', fields['message'] === 'MANUAL_CONTROL' ? byteOf('target', 0) : 0),
    targetComponent: byteOf('target_component', 0),
  };
};

export const mavlinkOutput = implement(mavlinkOutputDefinition, ({ config, io }) => {
  const destination = destinations[config.to]({
    io,
    address: config.address,
    listenHost: config.listen_host,
    listenPort: config.listen_port,
    inputs: config.inputs,
  });
  let writer: FrameWriter | undefined;
  let sent = 0;

  const send = (message: Message, at: number): void => {
    let frameFor: FrameFor;
    try {
      frameFor = writer!.prepare(message.payload);
    } catch (thrown) {
      throw thrown instanceof InvalidMessage ? new InvalidMessage(thrown.message, { at, cause: thrown }) : thrown;
    }
    if (destination.send(frameFor, wayOf(message, config))) sent += 1;
    else if (io.isKept) throw new TransientFault('nobody is there to take it', { at });
    else io.drop('nobody');
  };

  return {
    async open() {
      writer = new FrameWriter({
        ...(await loadDefinitions(config, io.dataDir)),
        version: config.version === '1' ? 1 : 2,
        system: config.system_id,
        component: config.component_id,
        keepsSequence: config.sequence === 'keep',
        sign:
          config.signing_key === '' ? undefined : signer(signingKey(config.signing_key), config.signing_link, io.now),
      });
      await destination.open();
    },
    in: (batch) => batch.forEach(send),
    async close() {
      await destination.close();
    },
    facts: () => ({ sent, ...destination.facts() }),
  };
});
