import { implement } from '../../../engine/component.ts';
import type { Batch } from '../../../engine/message.ts';
import { Endpoint, type EndpointOwner } from './websocket-output.ts';
import { websocketOutputDefinition } from './websocket-output.definition.ts';

/** How often it is looked whether receivers read what they were given, in milliseconds. */
const lookMs = 1000;

export const websocketOutput = implement(websocketOutputDefinition, ({ config, io }) => {
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
});
