import { z } from 'zod';
import { defineType, output } from '../../../engine/component.ts';
import { listenHost, listenHostDescription, listenPort, size } from '../../../component-kit/fields/fields.ts';

export const udpInputDefinition = defineType({
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
  probes: 'Looks whether the port is to be had.',
  examples: [{ title: 'Telemetry as JSON on port 5000', config: { port: 5000 } }],
  listens: ({ host, port }) => ({ protocol: 'udp', host, port }),
});
