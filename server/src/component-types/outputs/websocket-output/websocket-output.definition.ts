import { z } from 'zod';
import { defineType, input } from '../../../engine/component.ts';
import { duration, listenHost, listenHostDescription, listenPort, size } from '../../../component-kit/fields/fields.ts';

export const websocketOutputDefinition = defineType({
  type: 'websocket_output',
  category: 'output',
  title: 'To location',
  summary: 'Sends every message to all that connect by WebSocket, such as another SemStreams.',
  icon: 'cast',
  keywords: ['websocket', 'ws', 'location', 'federation', 'browser', 'push', 'broadcast'],
  ports: { in: input('json', { delivery: 'guaranteed' }) },
  config: z.strictObject({
    port: listenPort.default(9000).meta({ title: 'Port', description: 'TCP port that receivers connect to.' }),
    path: z
      .string()
      .startsWith('/')
      .max(200)
      .default('/')
      .meta({ title: 'Path', description: 'Path in the address that receivers connect to.' }),
    when_away: z
      .enum(['wait', 'drop'])
      .default('wait')
      .meta({
        title: 'While nobody can receive',
        description: 'Messages wait until somebody is connected and has room, or they are dropped and counted.',
        choices: { wait: 'Messages wait', drop: 'Messages are dropped' },
      }),
    host: listenHost.default('0.0.0.0').meta({ title: 'Address', description: listenHostDescription, advanced: true }),
    delivered: z
      .enum(['read', 'sent'])
      .default('read')
      .meta({
        title: 'Delivered',
        description:
          'When messages of a guaranteed connection are finished: when one receiver has read them, which the answer to a ping behind them tells, or when they were handed to the network. The latter is for receivers that answer no pings.',
        choices: { read: 'When a receiver has read it', sent: 'When it was sent' },
        advanced: true,
      }),
    max_receivers: z.int().min(1).max(100_000).default(10_000).meta({
      title: 'Most receivers',
      description: 'Further ones are refused, counted, and seen in the status of the flow.',
      advanced: true,
    }),
    max_waiting: size.prefault('8MB').meta({
      title: 'Waiting per receiver',
      description: 'What may wait for a receiver that is slow; what is more it misses, if others keep up.',
      advanced: true,
    }),
    ping_interval: duration.prefault('30s').meta({
      title: 'Ask after',
      description:
        'How often receivers are asked whether they are there. One that neither answers nor takes anything until it is asked again is given up. "0s" is never.',
      advanced: true,
    }),
    allowed_origins: z
      .array(z.string())
      .max(100)
      .default([])
      .meta({
        title: 'Allowed pages',
        description: 'Origins of web pages elsewhere that may connect; "*" allows all.',
        examples: [['https://control.example']],
        advanced: true,
      }),
  }),
  drops: {
    no_receiver: 'Nobody was connected.',
    slow_receiver: 'None of those who were connected read fast enough.',
  },
  plannedDrops: ['no_receiver'],
  examples: [{ title: 'Send to another location on port 9000', config: { port: 9000 } }],
  atOnce: 16,
  waitsByItself: true,
  listens: ({ host, port }) => ({ protocol: 'tcp', host, port }),
});
