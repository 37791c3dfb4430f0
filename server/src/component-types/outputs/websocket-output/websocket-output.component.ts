import { farSides } from '@semstreams/contract';
import { shareOfOne } from '../../../access/by-address.ts';
import { implement } from '../../../engine/component.ts';
import type { Batch } from '../../../engine/message.ts';
import { FatalFault } from '../../../engine/fault.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { type Dialling, keepDialling } from '../../../component-kit/link/keep-dialling.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { heartbeatOf, whoIs } from '../../../component-kit/link/who.ts';
import { farSidesOf } from './far-sides.ts';
import { NamedReceivers } from './named-receivers.ts';
import { presence } from './presence.ts';
import { goingAway, serviceRestart } from './receivers.ts';
import { Endpoint, type EndpointOwner } from './websocket-output.ts';
import { websocketOutputDefinition } from './websocket-output.definition.ts';

/** How often it is looked whether receivers read what they were given, in milliseconds. */
const lookMs = 1000;
/** Receivers send nothing but what belongs to the protocols. */
const largestFrame = 16 * 1024;

export const websocketOutput = implement(websocketOutputDefinition, ({ config, io }) => {
  const isDialling = config.dial !== '';
  const shown = hideInAddresses(config.dial);
  const mostOfOne = config.max_per_address ?? shareOfOne(config.max_receivers);
  const named =
    io.followed.length > 0 && config.when_away === 'wait'
      ? new NamedReceivers({
          hello: { ...whoIs(io), heartbeat_ms: heartbeatOf(config.ping_interval) },
          followed: io.followed,
          catchUp: { order: config.catch_up, mostPerSecond: config.catch_up_rate, urgent: config.urgent },
          mostBytes: config.max_waiting,
          allowed: config.allowed_receivers,
          forgetAfterMs: config.forget_after,
          forgetBeyondBytes: config.forget_beyond,
          stopping: io.signal,
          now: () => io.now(),
          begun: () => {
            if (!isNamelessServed()) releaseNameless();
            tell();
          },
          changed: () => tell(),
        })
      : undefined;
  let endpoint: Endpoint | undefined;
  let dialling: Dialling | undefined;
  let looking: NodeJS.Timeout | undefined;
  let asking: NodeJS.Timeout | undefined;
  let hasHadReceivers = false;
  let isRefusing = false;
  let refusedBefore = 0;
  let isUnread = false;
  /** Whether somebody was away or behind at the last look. */
  let wasWaiting = false;
  const released: (() => void)[] = [];
  /** Since when nobody without a name is there, in milliseconds that never jump; undefined where none ever was. */
  let namelessGoneAt: number | undefined;

  const nameless = (): number => endpoint?.receivers.count ?? 0;
  const tell = (): void => {
    const all = named?.list() ?? [];
    const isHolding = endpoint?.receivers.isHolding ?? false;
    const { state, sentence } = presence({ nameless: nameless(), named: all, hasHadReceivers, isHolding });
    const crowded = endpoint?.refused.crowded;
    if (isRefusing) {
      const most = config.max_receivers;
      io.report('waiting', `receivers are refused: ${most} are connected, the most that "max_receivers" allows`);
    } else if (crowded !== undefined) {
      const most = `${mostOfOne} are connected from there, the most that "max_per_address" allows`;
      io.report('waiting', `receivers at ${crowded} are refused: ${most}`);
    } else if (isUnread) io.report('waiting', `${sentence}, and nobody reads`);
    else if (!isDialling || all.some(({ isThere }) => isThere)) io.report(state, sentence);
  };
  const isNamelessServed = (): boolean => io.followed.some((each) => each.isNamelessServed());
  /** What was handed over while nobody was known by name is for those who now are. */
  const releaseNameless = (): void => {
    endpoint?.receivers.release();
    for (const release of released.splice(0)) release();
  };
  const serveNameless = (isWanted: boolean): void => io.followed.forEach((each) => each.serveNameless(isWanted));
  const followNameless = (): void => {
    if (!named || nameless() > 0) namelessGoneAt = undefined;
    else namelessGoneAt ??= performance.now();
    if (nameless() > 0) serveNameless(true);
  };
  const owner: EndpointOwner = {
    path: config.path,
    maxReceivers: config.max_receivers,
    mostOfOne,
    allowedOrigins: config.allowed_origins,
    token: config.token,
    named,
    mostWaiting: config.max_waiting,
    delivered: io.isKept ? config.delivered : 'sent',
    changed: () => {
      if (!endpoint) return;
      hasHadReceivers ||= endpoint.receivers.count > 0;
      isRefusing = endpoint.isFull && (isRefusing || endpoint.refused.refusedForRoom > refusedBefore);
      refusedBefore = endpoint.refused.refusedForRoom;
      followNameless();
      tell();
    },
    stalled: (isStalled) => {
      isUnread = isStalled;
      tell();
    },
    failed: io.fail,
  };
  const wait = (batch: Batch): void | Promise<void> => {
    if (!endpoint) return Promise.race([new Promise<void>((release) => released.push(release)), aborted(io.signal)]);
    const delivered = endpoint.receivers.deliver(
      batch.map((message) => message.json),
      io.signal,
    );
    if (hasHadReceivers && endpoint.receivers.count === 0) tell();
    return delivered;
  };
  const drop = (batch: Batch): void => {
    if (!endpoint || endpoint.receivers.count === 0) return io.drop('no_receiver', batch.length);
    const untaken = endpoint.receivers.broadcast(batch.map((message) => message.json));
    if (untaken > 0) io.drop('slow_receiver', untaken);
  };
  const look = (): void => {
    endpoint?.receivers.look();
    if (!named) return;
    named.look();
    const goneMs = namelessGoneAt === undefined ? 0 : performance.now() - namelessGoneAt;
    if (goneMs > config.forget_after && isNamelessServed()) {
      serveNameless(false);
      releaseNameless();
    }
    const isWaiting = named.list().some(({ isThere, waiting }) => !isThere || waiting > 0);
    if (isWaiting || wasWaiting) tell();
    wasWaiting = isWaiting;
  };
  const dial = (): void => {
    if (!named)
      throw new FatalFault(
        '"dial" needs guaranteed connections into this component, and "when_away" to wait: what is under way is not lost then',
      );
    io.report('waiting', `waiting for ${shown}`);
    dialling = keepDialling({
      url: config.dial,
      headers: { ...config.headers, ...(config.token !== '' && { authorization: `Bearer ${config.token}` }) },
      subprotocols: [],
      tls: readTlsFiles(config),
      maxPayload: largestFrame,
      longestWaitMs: config.longest_wait,
      link: 'must',
      random: io.random,
      onUp: (line) => named.serve(line, undefined, (end) => dialling?.ended(end)),
      onDown: (reason, againInMs) =>
        io.report('waiting', `${shown}: ${reason}; tried again in ${Math.ceil(againInMs / 1000)} s`),
    });
  };
  const listen = async (): Promise<void> => {
    endpoint = io.adopt() as Endpoint | undefined;
    if (endpoint) endpoint.handTo(owner, config);
    else endpoint = await Endpoint.open({ host: config.host, port: config.port, largestFrame, tls: config }, owner);
    refusedBefore = endpoint.refused.refusedForRoom;
    hasHadReceivers = endpoint.receivers.count > 0;
    const { receivers } = endpoint;
    if (config.ping_interval > 0) asking = setInterval(() => receivers.ping(), config.ping_interval);
    followNameless();
    tell();
  };

  return {
    async open() {
      if (isDialling) dial();
      else await listen();
      looking = setInterval(look, lookMs);
    },
    in: config.when_away === 'wait' ? wait : drop,
    async close() {
      clearInterval(looking);
      clearInterval(asking);
      if (endpoint && !endpoint.isBroken && io.park(endpoint)) {
        endpoint.leave();
        await named?.close(serviceRestart, 'the flow was changed');
      } else await endpoint?.close();
      await named?.close(goingAway, 'the flow is stopped');
      await dialling?.close();
    },
    facts: () => ({
      listening: endpoint?.port ?? null,
      receivers: nameless() + (named?.count ?? 0),
      refused: endpoint?.refused.refused ?? 0,
      ...(endpoint?.refused.lastRefusal && { last_refusal: endpoint.refused.lastRefusal }),
      missed: endpoint?.receivers.missed ?? 0,
      [farSides]: farSidesOf(named?.list() ?? [], endpoint?.receivers.list() ?? []),
      ...(named && Object.keys(named.forgotten).length > 0 && { forgotten: named.forgotten }),
      ...(named && named.lastRefusal !== '' && { last_refused_name: named.lastRefusal }),
    }),
  };
});

/** Rejects when the flow is stopped. */
const aborted = async (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => {
    const end = (): void => reject(new DOMException('the flow is stopped', 'AbortError'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
