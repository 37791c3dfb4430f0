import { z } from 'zod';

const lines = { field: 'source', is: ['udp', 'tcp_listen', 'tcp_connect'] } as const;
const oneByte = z.int().min(1).max(255);

/** How it behaves towards vehicles. */
export const stationSettings = {
  ground_station: z.boolean().default(false).meta({
    title: 'Act as ground station',
    description:
      'Sends a heartbeat each second to all that are heard, and asks them for messages: some vehicles say nothing before.',
    showIf: lines,
  }),
  vehicle_address: z
    .string()
    .max(300)
    .regex(/^$|^(\[[^\]\s]+\]|[^\s:/]+):\d{1,5}$/, 'an address is a host and a port, such as 10.0.0.7:14550')
    .default('')
    .meta({
      title: 'Vehicle',
      description: 'Where to send heartbeats as long as nobody is heard by UDP, such as 10.0.0.7:14550.',
      examples: ['10.0.0.7:14550'],
      showIf: { field: 'ground_station', is: [true] },
      advanced: true,
    }),
  rates: z
    .array(
      z.strictObject({
        message: z
          .string()
          .min(1)
          .max(64)
          .meta({ title: 'Message', description: 'Name of the message.', examples: ['ATTITUDE'] }),
        per_second: z
          .number()
          .min(0.001)
          .max(1000)
          .default(1)
          .meta({ title: 'Per second', description: 'How many times a second.' }),
      }),
    )
    .max(100)
    .default([])
    .meta({
      title: 'Ask for',
      description:
        'Messages that each vehicle is asked for, each so many times a second. Its answers are in the status.',
      examples: [[{ message: 'ATTITUDE', per_second: 10 }]],
      showIf: { field: 'ground_station', is: [true] },
    }),
  stream_rate: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .meta({
      title: 'All streams',
      description:
        'Asks for all streams so many times a second in the older way (REQUEST_DATA_STREAM), which vehicles do not answer; 0 does not ask.',
      showIf: { field: 'ground_station', is: [true] },
      advanced: true,
    }),
  system_id: oneByte.default(255).meta({
    title: 'Own system',
    description: 'Number of the ground station.',
    showIf: { field: 'ground_station', is: [true] },
    advanced: true,
  }),
  component_id: oneByte.default(190).meta({
    title: 'Own component',
    description: 'Number of its component that speaks.',
    showIf: { field: 'ground_station', is: [true] },
    advanced: true,
  }),
} as const;
