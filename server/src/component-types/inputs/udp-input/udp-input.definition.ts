import { z } from 'zod';
import { defineType, output } from '../../../engine/component.ts';
import {
  listenHost,
  listenHostDescription,
  listenPort,
  multicastGroup,
  senderField,
  sizeAboveZero,
  textEncoding,
} from '../../../component-kit/fields/fields.ts';

export const udpInputDefinition = defineType({
  type: 'udp_input',
  category: 'input',
  title: 'UDP',
  summary: 'Receives packets on a port.',
  icon: 'radio-tower',
  keywords: ['packets', 'datagram', 'socket', 'network', 'multicast', 'port'],
  ports: { out: output('json') },
  config: z
    .strictObject({
      port: listenPort.default(5000).meta({ title: 'Port', description: 'UDP port to listen on.' }),
      format: z
        .enum(['json', 'json_lines', 'text', 'text_lines', 'bytes'])
        .default('json')
        .meta({
          title: 'Content',
          description: 'What a packet holds: JSON, JSON on each line, a text, a text on each line, or bytes as base64.',
          choices: {
            json: 'JSON',
            json_lines: 'JSON lines',
            text: 'Text',
            text_lines: 'Lines of text',
            bytes: 'Bytes',
          },
        }),
      sender_field: senderField,
      encoding: textEncoding,
      host: listenHost
        .default('0.0.0.0')
        .meta({ title: 'Address', description: listenHostDescription, advanced: true }),
      multicast_group: multicastGroup.optional().meta({
        title: 'Multicast group',
        description:
          'Group of IPv4 or IPv6 to join, on the interface that is named, or that the address names, or on all.',
        examples: ['239.1.1.1'],
        advanced: true,
      }),
      interface: z
        .string()
        .min(1)
        .max(64)
        .optional()
        .meta({
          title: 'Interface of the group',
          description: 'Name of the network interface on which the group is joined.',
          examples: ['eth0'],
          advanced: true,
        }),
      queue: z.int().min(1).max(1_000_000).default(10_000).meta({
        title: 'Waiting packets',
        description: 'How many may wait while the flow is busy; more are dropped and counted.',
        advanced: true,
      }),
      queue_size: sizeAboveZero.prefault('16MB').meta({
        title: 'Waiting bytes',
        description: 'How many bytes of packets may wait while the flow is busy; more are dropped and counted.',
        advanced: true,
      }),
      receive_buffer: sizeAboveZero.prefault('4MB').meta({
        title: 'Receive buffer',
        description: 'Memory of the system for bursts; Linux gives no more than "net.core.rmem_max" allows.',
        advanced: true,
      }),
    })
    .check(({ value, issues }) => {
      if (value.interface === undefined || value.multicast_group !== undefined) return;
      const message = 'it names where a group is joined: set "multicast_group" too';
      issues.push({ code: 'custom', path: ['interface'], message, input: value.interface });
    }),
  drops: { socket_full: 'It came faster than the system could hand it on: a larger receive buffer holds more.' },
  probes: 'Looks whether the port is to be had.',
  examples: [{ title: 'Telemetry as JSON on port 5000', config: { port: 5000 } }],
  listens: ({ host, port }) => ({ protocol: 'udp', host, port }),
});
