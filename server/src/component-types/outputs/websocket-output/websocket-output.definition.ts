import { z } from 'zod';
import {
  duration,
  durationAboveZero,
  listenHost,
  listenHostDescription,
  listenPort,
  maxPerAddress,
  sizeAboveZero,
} from '../../../component-kit/fields/fields.ts';
import { dialSettings, dialUrl, receiverName } from '../../../component-kit/link/settings.ts';
import { dialTlsSettings, securedBy } from '../../../component-kit/network/settings.ts';
import { defineType, input } from '../../../engine/component.ts';

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
    dial: dialUrl.default('').meta({
      title: 'Dial',
      description:
        'Address of a "websocket_input" that listens, for a location that nobody can reach from outside: it is dialled, and nothing listens here.',
      examples: ['ws://control-room:9001'],
      advanced: true,
    }),
    host: listenHost.default('0.0.0.0').meta({ title: 'Address', description: listenHostDescription, advanced: true }),
    token: z.string().max(1000).default('').meta({
      title: 'Token',
      description: 'Receivers have to show it as "Authorization: Bearer …"; where it dials, it is shown.',
      secret: true,
      advanced: true,
    }),
    ...dialTlsSettings('either'),
    ...dialSettings,
    allowed_receivers: z.array(receiverName.min(1)).max(1000).default([]).meta({
      title: 'Allowed names',
      description: 'Names of receivers of SemStreams that may connect; all where there are none.',
      advanced: true,
    }),
    catch_up: z
      .enum(['oldest_first', 'newest_first'])
      .default('oldest_first')
      .meta({
        title: 'Order of catching up',
        description:
          'What a receiver with a name gets first when it comes back: what it has missed, in order, or what comes from then on, with what it has missed beside that as far as there is room.',
        choices: { oldest_first: 'All in order', newest_first: 'The newest first, the gap later' },
        advanced: true,
      }),
    catch_up_rate: z.int().min(1).max(10_000_000).optional().meta({
      title: 'Rate of catching up',
      description:
        'How many messages a second of what it has missed each receiver with a name is sent at most, in blocks; as many as it takes where it is left out.',
      advanced: true,
    }),
    urgent: z
      .array(z.string().min(1).max(63))
      .max(100)
      .default([])
      .meta({
        title: 'Urgent',
        description:
          'Components connected to this one whose messages go before all others to receivers with a name, such as a filter that passes alarms. Each of them is kept in order.',
        examples: [['alarms']],
        advanced: true,
      }),
    forget_after: durationAboveZero.prefault('7d').meta({
      title: 'Forget after',
      description: 'The place of a receiver with a name is kept while it is away, for so long.',
      advanced: true,
    }),
    forget_beyond: sizeAboveZero.prefault('32MB').meta({
      title: 'Forget beyond',
      description: 'It is given up sooner where so much waits for it, so that it takes no room from the others.',
      advanced: true,
    }),
    delivered: z
      .enum(['read', 'sent'])
      .default('read')
      .meta({
        title: 'Delivered',
        description:
          'When messages of a guaranteed connection are finished for receivers without a name: when one of them has read them, which the answer to a ping behind them tells, or when they were handed to the network. The latter is for receivers that answer no pings.',
        choices: { read: 'When a receiver has read it', sent: 'When it was sent' },
        advanced: true,
      }),
    max_receivers: z.int().min(1).max(100_000).default(10_000).meta({
      title: 'Most receivers',
      description: 'Further ones are refused, counted, and seen in the status of the flow.',
      advanced: true,
    }),
    max_per_address: maxPerAddress('receivers'),
    max_waiting: sizeAboveZero.prefault('8MB').meta({
      title: 'Waiting per receiver',
      description:
        'What may wait for a receiver that is slow. What is more one without a name misses, if others keep up; one with a name gets it later.',
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
  trial: { takenBy: 'websocket' },
  probes: 'Looks whether the port is to be had; where it dials, dials once and says who is there.',
  examples: [{ title: 'Send to another location on port 9000', config: { port: 9000 } }],
  atOnce: 16,
  mentions: ({ urgent }) => (urgent.length > 0 ? { field: 'urgent', ids: urgent } : undefined),
  follows: ({ when_away }) => when_away === 'wait',
  listens: ({ dial, host, port, ...tls }) =>
    dial === '' ? { protocol: 'tcp', host, port, secured: securedBy(tls) } : undefined,
});
