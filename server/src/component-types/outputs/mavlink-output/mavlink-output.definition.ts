import { z } from 'zod';
import { defineType, input } from '../../../engine/component.ts';
import { listenHost, listenHostDescription, listenPort } from '../../../component-kit/fields/fields.ts';
import { dialectSettings } from '../../../component-kit/mavlink/dialect-settings.ts';
import { placeOf } from './destination.ts';

const oneByte = z.int().min(0).max(255);
const unsignable = 'version 1 cannot be signed: set it to "2", or leave the signing key empty';

export const mavlinkOutputDefinition = defineType({
  type: 'mavlink_output',
  category: 'output',
  title: 'To vehicles (MAVLink)',
  summary: 'Sends messages to drones, rovers, boats and ground stations that speak MAVLink.',
  icon: 'send',
  keywords: ['drone', 'rover', 'boat', 'vehicle', 'uav', 'ardupilot', 'px4', 'command', 'router', 'ground station'],
  ports: { in: input('json') },
  config: z
    .strictObject({
      to: z
        .enum(['udp', 'heard', 'tcp_connect', 'tcp_listen'])
        .default('udp')
        .meta({
          title: 'To',
          description:
            'UDP packets to an address, back to those that the MAVLink inputs of this flow hear, or a TCP line that goes out or comes in.',
          choices: {
            udp: 'UDP',
            heard: 'Those that are heard',
            tcp_connect: 'TCP, connect to it',
            tcp_listen: 'TCP, it connects here',
          },
        }),
      address: z
        .string()
        .max(300)
        .default('127.0.0.1:14551')
        .refine((text) => placeOf(text) !== undefined, 'an address is a host and a port, such as 10.0.0.7:14550')
        .meta({
          title: 'Address',
          description: 'Host and port of the other side.',
          examples: ['10.0.0.7:14550'],
          showIf: { field: 'to', is: ['udp', 'tcp_connect'] },
        }),
      inputs: z
        .array(z.string().min(1).max(63))
        .max(64)
        .default([])
        .meta({
          title: 'Inputs',
          description:
            'Ids of MAVLink inputs of this flow; all where there is none. A message goes where its target was heard, else to all, and never back to where it came from.',
          examples: [['vehicle']],
          showIf: { field: 'to', is: ['heard'] },
        }),
      listen_port: listenPort.default(5760).meta({
        title: 'Port',
        description: 'Port to listen on.',
        showIf: { field: 'to', is: ['tcp_listen'] },
      }),
      listen_host: listenHost.default('0.0.0.0').meta({
        title: 'Interface',
        description: listenHostDescription,
        showIf: { field: 'to', is: ['tcp_listen'] },
        advanced: true,
      }),
      version: z
        .enum(['2', '1'])
        .default('2')
        .meta({
          title: 'Version',
          description: 'Version of MAVLink. Version 1 knows no signatures, no extensions and no ids above 255.',
          choices: { '2': 'MAVLink 2', '1': 'MAVLink 1' },
          advanced: true,
        }),
      system_id: oneByte.min(1).default(255).meta({
        title: 'System',
        description: 'Who speaks where a message has no "system_id".',
        advanced: true,
      }),
      component_id: oneByte.min(1).default(191).meta({
        title: 'Component',
        description: 'Which component speaks where a message has no "component_id".',
        advanced: true,
      }),
      sequence: z
        .enum(['count', 'keep'])
        .default('count')
        .meta({
          title: 'Sequence numbers',
          description: 'Counted here for each system and component, or those of the messages, as a router leaves them.',
          choices: { count: 'Count them', keep: 'As they came' },
          advanced: true,
        }),
      ...dialectSettings,
      signing_key: z
        .string()
        .default('')
        .meta({
          title: 'Signing key',
          description: 'Passphrase or 64 hexadecimal digits. With it, every message is signed.',
          examples: ['${VEHICLE_KEY}'],
          secret: true,
          advanced: true,
        }),
      signing_link: oneByte.default(0).meta({
        title: 'Signing link',
        description: 'Number of this link in signatures: each sender with the same key has its own.',
        advanced: true,
      }),
    })
    .check(({ value: { version, signing_key: key }, issues }) => {
      if (version === '1' && key !== '')
        issues.push({ code: 'custom', path: ['version'], message: unsignable, input: version });
    }),
  drops: {
    nobody: 'Nobody was there to take it, or those who were did not read.',
    unsent: 'The network refused it.',
  },
  plannedDrops: ['nobody'],
  trial: { config: ({ port }) => ({ to: 'tcp_listen', listen_host: '127.0.0.1', listen_port: port }) },
  examples: [
    {
      title: 'Send to a ground station',
      config: { to: 'udp', address: '10.0.0.7:14550' },
      given: { in: [{ message: 'HEARTBEAT', type: 6, autopilot: 8, mavlink_version: 3 }] },
    },
    { title: 'Answer the vehicles that this flow hears', config: { to: 'heard' } },
  ],
  mentions: ({ to, inputs }) => (to === 'heard' ? { field: 'inputs', type: 'mavlink_input', ids: inputs } : undefined),
  listens: ({ to, listen_host, listen_port }) =>
    to === 'tcp_listen' ? { protocol: 'tcp', host: listen_host, port: listen_port } : undefined,
});
