import { z } from 'zod';
import { defineComponent, input } from '../../../engine/component.ts';
import type { Batch } from '../../../engine/message.ts';
import { duration, listenHost, listenHostDescription, listenPort, size } from '../../../component-kit/fields/fields.ts';
import { Endpoint, type EndpointOwner } from './websocket-output.ts';

/** How often it is looked whether receivers read what they were given, in milliseconds. */
const lookMs = 1000;

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
  create: ({ config, io }) => {
    let endpoint: Endpoint | undefined;
    let looking: NodeJS.Timeout | undefined;
    let asking: NodeJS.Timeout | undefined;
    let hasHadReceivers = false;
    let isRefusing = false;
    let refusedBefore = 0;

    const present = (): string => {
      const count = endpoint?.receivers.count ?? 0;
      if (count > 0) return `${count} receiver${count === 1 ? '' : 's'}`;
      return hasHadReceivers ? 'Nobody is connected' : 'No receiver yet';
    };
    const tell = (): void => {
      if (isRefusing) {
        const most = config.max_receivers;
        io.report('waiting', `receivers are refused: ${most} are connected, the most that "max_receivers" allows`);
      } else io.report('running', present());
    };
    const owner: EndpointOwner = {
      path: config.path,
      maxReceivers: config.max_receivers,
      allowedOrigins: config.allowed_origins,
      mostWaiting: config.max_waiting,
      delivered: io.isKept ? config.delivered : 'sent',
      changed: () => {
        if (!endpoint) return;
        hasHadReceivers ||= endpoint.receivers.count > 0;
        isRefusing = endpoint.isFull && (isRefusing || endpoint.refused > refusedBefore);
        refusedBefore = endpoint.refused;
        tell();
      },
      stalled: (isStalled) => (isStalled ? io.report('waiting', `${present()}, and nobody reads`) : tell()),
      failed: io.fail,
    };
    const wait = (batch: Batch): void | Promise<void> => {
      // a first receiver may take its time: nothing is wrong until one that was there is gone
      if (endpoint!.receivers.count === 0 && hasHadReceivers) io.report('waiting', 'nobody is connected');
      return endpoint!.receivers.deliver(
        batch.map((message) => message.json),
        io.signal,
      );
    };
    const drop = (batch: Batch): void => {
      if (endpoint!.receivers.count === 0) return io.drop('no_receiver', batch.length);
      const untaken = endpoint!.receivers.broadcast(batch.map((message) => message.json));
      if (untaken > 0) io.drop('slow_receiver', untaken);
    };

    return {
      async open() {
        endpoint = io.adopt() as Endpoint | undefined;
        if (endpoint) endpoint.handTo(owner);
        else endpoint = await Endpoint.open(config.host, config.port, owner);
        refusedBefore = endpoint.refused;
        hasHadReceivers = endpoint.receivers.count > 0;
        const { receivers } = endpoint;
        looking = setInterval(() => receivers.look(), lookMs);
        if (config.ping_interval > 0) asking = setInterval(() => receivers.ping(), config.ping_interval);
        tell();
      },
      in: config.when_away === 'wait' ? wait : drop,
      async close() {
        clearInterval(looking);
        clearInterval(asking);
        if (endpoint && !endpoint.isBroken && io.park(endpoint)) endpoint.leave();
        else await endpoint?.close();
      },
      facts: () => ({
        listening: endpoint?.port ?? null,
        receivers: endpoint?.receivers.count ?? 0,
        refused: endpoint?.refused ?? 0,
        missed: endpoint?.receivers.missed ?? 0,
        connected: endpoint?.receivers.list() ?? [],
      }),
    };
  },
});
