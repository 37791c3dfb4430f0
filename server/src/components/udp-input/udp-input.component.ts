import type { Socket } from 'node:dgram';
import { z } from 'zod';
import { collect } from '../../engine/collect.ts';
import { defineComponent, output } from '../../engine/component.ts';
import { closeSocket, listenForDatagrams } from '../datagrams.ts';
import { listenHost, listenPort, size } from '../fields.ts';
import { decoders } from './udp-input.ts';

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
    format: z.enum(['json', 'json_lines', 'text', 'bytes']).default('json').meta({
      title: 'Content',
      description: 'What a packet holds: JSON, several lines of it, text, or bytes as base64.',
    }),
    host: listenHost
      .default('0.0.0.0')
      .meta({ title: 'Address', description: 'Interface to listen on; 0.0.0.0 is all of them.', advanced: true }),
    multicast_group: z
      .ipv4()
      .optional()
      .meta({ title: 'Multicast group', description: 'Group to join.', examples: ['239.1.1.1'], advanced: true }),
    queue: z.int().min(1).max(1_000_000).default(10_000).meta({
      title: 'Waiting packets',
      description: 'How many may wait while the flow is busy; more are dropped and counted.',
      advanced: true,
    }),
    receive_buffer: size
      .prefault('4MB')
      .meta({ title: 'Receive buffer', description: 'Memory of the system for bursts.', advanced: true }),
  }),
  examples: [{ title: 'Telemetry as JSON on port 5000', config: { port: 5000 } }],
  create: ({ config, io, emit }) => {
    const decode = decoders[config.format];
    const collection = collect({
      emit,
      limit: config.queue,
      dropped: (count) => io.drop('overflow', count),
      failed: io.fail,
    });
    let socket: Socket | undefined;
    let datagrams = 0;

    const take = (datagram: Buffer, address: string, port: number): void => {
      datagrams += 1;
      const decoded = decode(datagram, config.format === 'json' ? '' : `${address}:${port}`);
      if (typeof decoded === 'string') io.invalid(decoded, datagram);
      else
        for (const { payload, json } of decoded)
          collection.push(io.message(payload, json === undefined ? {} : { json }));
    };

    return {
      async open() {
        socket = await listenForDatagrams({
          host: config.host,
          port: config.port,
          receiveBuffer: config.receive_buffer,
          onDatagram: take,
          onError: io.fail,
        });
        if (config.multicast_group) socket.addMembership(config.multicast_group);
      },
      async close() {
        if (socket) await closeSocket(socket);
        await collection.drained();
      },
      facts: () => ({ listening: socket?.address().port ?? null, datagrams }),
    };
  },
});
