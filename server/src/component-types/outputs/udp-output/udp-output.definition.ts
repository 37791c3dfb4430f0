import { z } from 'zod';
import { sizeAboveZero } from '../../../component-kit/fields/fields.ts';
import { defineType, input } from '../../../engine/component.ts';

/** What a packet of IPv4 can carry. */
const largestPacket = 65_507;

export const udpOutputDefinition = defineType({
  type: 'udp_output',
  category: 'output',
  title: 'UDP',
  summary: 'Sends each message as a packet; whether it arrives nobody knows.',
  icon: 'send',
  keywords: ['packets', 'datagram', 'socket', 'network', 'broadcast', 'multicast', 'port'],
  ports: { in: input('json') },
  config: z.strictObject({
    address: z
      .string()
      .min(1)
      .max(255)
      .meta({
        title: 'To',
        description: 'Name or address of the receiver; a group of receivers by its multicast address.',
        examples: ['192.168.1.20'],
      }),
    port: z.int().min(1).max(65_535).default(5000).meta({ title: 'Port', description: 'UDP port of the receiver.' }),
    format: z
      .enum(['json', 'text', 'bytes'])
      .default('json')
      .meta({
        title: 'Content',
        description:
          'What is sent of a message: all as JSON, the text that it is or holds as "text", or the bytes that it holds as base64 in "data".',
        choices: { json: 'JSON', text: 'Text', bytes: 'Bytes' },
      }),
    broadcast: z.boolean().default(false).meta({
      title: 'Broadcast',
      description: 'Whether the address may be one of all machines of a network, such as 192.168.1.255.',
      advanced: true,
    }),
    max_size: sizeAboveZero
      .refine((bytes) => bytes <= largestPacket, `a packet has ${largestPacket}B at most`)
      .prefault(`${largestPacket}B`)
      .meta({
        title: 'Largest packet',
        description:
          'A larger message becomes a dead letter. More than about 1400 bytes travel in parts, of which none may be lost.',
        advanced: true,
      }),
    from_port: z.int().min(0).max(65_535).default(0).meta({
      title: 'Own port',
      description: 'Port that packets come from; 0 is any free one.',
      advanced: true,
    }),
    interface: z
      .string()
      .max(64)
      .default('')
      .meta({
        title: 'Own address',
        description:
          'Address of this machine that packets come from, and by which interface groups are reached; empty for any.',
        examples: ['192.168.1.10'],
        advanced: true,
      }),
    hops: z.int().min(1).max(255).default(1).meta({
      title: 'Hops of a group',
      description: 'How many networks a packet to a group may pass through.',
      advanced: true,
    }),
  }),
  probes: 'Looks up the address.',
  trial: { config: ({ sink }) => ({ address: '127.0.0.1', port: sink }) },
  examples: [
    { title: 'JSON to a machine', config: { address: '192.168.1.20', port: 5000 } },
    { title: 'To all machines of a network', config: { address: '192.168.1.255', broadcast: true, max_size: '1400B' } },
  ],
});
