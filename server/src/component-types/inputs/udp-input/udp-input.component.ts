import { collect } from '../../../engine/collect.ts';
import { implement } from '../../../engine/component.ts';
import {
  type DatagramListener,
  type DatagramOwner,
  takeOver,
} from '../../../component-kit/sockets/datagram-listener.ts';
import { decoders } from '../../../component-kit/content/decoders.ts';
import { takeIn } from '../../../component-kit/content/take-in.ts';
import { udpInputDefinition } from './udp-input.definition.ts';

export const udpInput = implement(udpInputDefinition, ({ config, io, emit }) => {
  const decode = decoders[config.format];
  const collection = collect({
    emit,
    io,
    limit: config.queue,
    limitBytes: config.queue_size,
  });
  const take = takeIn(io, collection);
  let listener: DatagramListener | undefined;
  let datagrams = 0;
  const namesSender = config.format === 'text' || config.format === 'bytes';
  const options = {
    host: config.host,
    port: config.port,
    receiveBuffer: config.receive_buffer,
    group: config.multicast_group,
  };
  const owner: DatagramOwner = {
    take: (datagram, address, port) => {
      datagrams += 1;
      // some ask in this way whether anybody is there
      if (datagram.length === 0) return;
      for (const decoded of decode(datagram, namesSender ? `${address}:${port}` : '')) take(decoded, datagram);
    },
    lost: (packets) => io.drop('socket_full', packets),
    failed: io.fail,
  };

  return {
    async open() {
      listener = await takeOver(io.adopt() as DatagramListener | undefined, options, owner);
    },
    async close() {
      if (listener && !listener.isBroken && io.park(listener)) listener.leave();
      else await listener?.end();
      listener = undefined;
      await collection.drained();
    },
    facts: () => ({ ...(listener?.facts() ?? { listening: null }), datagrams }),
  };
});
