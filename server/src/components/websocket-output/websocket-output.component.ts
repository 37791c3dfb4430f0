import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { defineComponent, input } from '../../engine/component.ts';
import type { Batch } from '../../engine/message.ts';
import { duration, listenHost, listenPort, size } from '../fields.ts';
import { Receivers } from './receivers.ts';
import { closeEndpoint, openEndpoint } from './websocket-output.ts';

const goodbyeMs = 1000;

export const websocketOutput = defineComponent({
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
    host: listenHost
      .default('0.0.0.0')
      .meta({ title: 'Address', description: 'Interface to listen on; 0.0.0.0 is all of them.', advanced: true }),
    max_receivers: z
      .int()
      .min(1)
      .max(100_000)
      .default(10_000)
      .meta({ title: 'Most receivers', description: 'Further ones are refused.', advanced: true }),
    max_waiting: size.prefault('8MB').meta({
      title: 'Waiting per receiver',
      description: 'What may wait for a receiver that is slow; what is more it misses, if others keep up.',
      advanced: true,
    }),
    ping_interval: duration.prefault('30s').meta({
      title: 'Ask after',
      description: 'How often receivers are asked whether they are there.',
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
  create: ({ config, io }) => {
    let hasHadReceivers = false;
    const receivers = new Receivers({
      mostWaiting: config.max_waiting,
      changed: () => {
        hasHadReceivers = true;
        io.report('running', present());
      },
    });
    const present = (): string => {
      if (receivers.count > 0) return `${receivers.count} receiver${receivers.count === 1 ? '' : 's'}`;
      return hasHadReceivers ? 'Nobody is connected' : 'No receiver yet';
    };
    const wait = (batch: Batch): void | Promise<void> => {
      // a first receiver may take its time: nothing is wrong until one that was there is gone
      if (receivers.count === 0 && hasHadReceivers) io.report('waiting', 'nobody is connected');
      return receivers.deliver(
        batch.map((message) => message.json),
        io.signal,
      );
    };
    const drop = (batch: Batch): void => {
      if (receivers.count === 0) return io.drop('no_receiver', batch.length);
      const untaken = receivers.broadcast(batch.map((message) => message.json));
      if (untaken > 0) io.drop('slow_receiver', untaken);
    };
    let endpoint: Server | undefined;
    let asking: NodeJS.Timeout | undefined;

    return {
      async open() {
        endpoint = await openEndpoint({
          host: config.host,
          port: config.port,
          path: config.path,
          maxReceivers: config.max_receivers,
          allowedOrigins: config.allowed_origins,
          count: () => receivers.count,
          onReceiver: (client, request) => receivers.add(client, request),
          onError: io.fail,
        });
        asking = setInterval(() => receivers.ping(), config.ping_interval);
        io.report('running', present());
      },
      in: config.when_away === 'wait' ? wait : drop,
      async close() {
        clearInterval(asking);
        await receivers.close(goodbyeMs);
        if (endpoint?.listening) await closeEndpoint(endpoint);
        endpoint = undefined;
      },
      facts: () => ({
        listening: (endpoint?.address() as AddressInfo | null)?.port ?? null,
        receivers: receivers.count,
        missed: receivers.missed,
        connected: receivers.list(),
      }),
    };
  },
});
