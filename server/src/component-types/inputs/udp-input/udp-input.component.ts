import { z } from 'zod';
import { collect } from '../../../engine/collect.ts';
import { defineComponent, output } from '../../../engine/component.ts';
import {
  type DatagramListener,
  type DatagramOwner,
  takeOver,
} from '../../../component-kit/sockets/datagram-listener.ts';
import { listenHost, listenHostDescription, listenPort, size } from '../../../component-kit/fields/fields.ts';
import { decoders } from '../../../component-kit/content/decoders.ts';

export const udpInput = defineComponent({
  type: 'udp_input',
  category: 'input',
  title: 'UDP',
  summary: 'Receives packets on a port.',
  icon: 'radio-tower',
  keywords: ['packets', 'datagram', 'socket', 'network', 'multicast', 'port'],
  ports: { out: output('json') },
  config: z.strictObject({
    port: listenPort.default(5000).meta({ title: 'Port', description: 'UDP port to listen on.' }),
    format: z
      .enum(['json', 'json_lines', 'text', 'bytes'])
      .default('json')
      .meta({
        title: 'Content',
        description: 'What a packet holds: JSON, several lines of it, text, or bytes as base64.',
        choices: { json: 'JSON', json_lines: 'JSON lines', text: 'Text', bytes: 'Bytes' },
      }),
    host: listenHost.default('0.0.0.0').meta({ title: 'Address', description: listenHostDescription, advanced: true }),
    multicast_group: z
      .ipv4()
      .regex(/^(22[4-9]|23\d)\./, 'a multicast group lies between 224.0.0.0 and 239.255.255.255')
      .optional()
      .meta({
        title: 'Multicast group',
        description: 'Group of IPv4 to join, on the interface that the address names.',
        examples: ['239.1.1.1'],
        advanced: true,
      }),
    queue: z.int().min(1).max(1_000_000).default(10_000).meta({
      title: 'Waiting packets',
      description: 'How many may wait while the flow is busy; more are dropped and counted.',
      advanced: true,
    }),
    queue_size: size.prefault('16MB').meta({
      title: 'Waiting bytes',
      description: 'How many bytes of packets may wait while the flow is busy; more are dropped and counted.',
      advanced: true,
    }),
    receive_buffer: size.prefault('4MB').meta({
      title: 'Receive buffer',
      description: 'Memory of the system for bursts; Linux gives no more than "net.core.rmem_max" allows.',
      advanced: true,
    }),
  }),
  drops: { socket_full: 'It came faster than the system could hand it on: a larger receive buffer holds more.' },
  examples: [{ title: 'Telemetry as JSON on port 5000', config: { port: 5000 } }],
  listens: ({ host, port }) => ({ protocol: 'udp', host, port }),
  create: ({ config, io, emit }) => {
    const decode = decoders[config.format];
    const collection = collect({
      emit,
      io,
      limit: config.queue,
      limitBytes: config.queue_size,
    });
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
        for (const decoded of decode(datagram, namesSender ? `${address}:${port}` : ''))
          if ('invalid' in decoded) io.invalid(decoded.invalid, datagram);
          else collection.push(io.message(decoded.payload, decoded));
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
  },
});
