import { collect } from '../../../engine/collect.ts';
import { implement } from '../../../engine/component.ts';
import {
  type DatagramListener,
  type DatagramOwner,
  takeOver,
} from '../../../component-kit/sockets/datagram-listener.ts';
import { decoderOf } from '../../../component-kit/content/decoders.ts';
import { senderWriter } from '../../../component-kit/content/sender-writer.ts';
import { senderHeaders } from '../../../component-kit/sockets/sender-headers.ts';
import { takeIn } from '../../../component-kit/content/take-in.ts';
import { udpInputDefinition } from './udp-input.definition.ts';

export const udpInput = implement(udpInputDefinition, ({ config, io, emit }) => {
  const decode = decoderOf(config.format, config.encoding);
  const withSender = senderWriter(config.sender_field);
  const collection = collect({
    emit,
    io,
    limit: config.queue,
    limitBytes: config.queue_size,
  });
  const take = takeIn(io, collection);
  const headersOf = senderHeaders();
  let listener: DatagramListener | undefined;
  let datagrams = 0;
  const isJson = config.format === 'json' || config.format === 'json_lines';
  const namesSender = !isJson || config.sender_field !== '';
  const options = {
    host: config.host,
    port: config.port,
    receiveBuffer: config.receive_buffer,
    group: config.multicast_group,
    interface: config.interface,
  };
  const owner: DatagramOwner = {
    take: (datagram, address, port) => {
      datagrams += 1;
      const sender = `${address}:${port}`;
      const from = namesSender ? sender : '';
      const headers = headersOf(sender);
      for (const decoded of decode(datagram, from))
        take(isJson ? withSender(decoded, from) : decoded, datagram, headers);
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
