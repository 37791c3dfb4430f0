import { farSides } from '@semstreams/contract';
import { shareOfOne } from '../../../access/by-address.ts';
import { implement } from '../../../engine/component.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { decoders } from '../../../component-kit/content/decoders.ts';
import { takeIn } from '../../../component-kit/content/take-in.ts';
import { Intake } from '../../../component-kit/link/intake.ts';
import { type Dialling, keepDialling } from '../../../component-kit/link/keep-dialling.ts';
import type { Line } from '../../../component-kit/link/line.ts';
import { takeLink, type TakenLink } from '../../../component-kit/link/take-link.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { collectPatiently } from '../../../component-kit/sockets/collect-patiently.ts';
import { addressOf } from '../../../component-kit/fields/fields.ts';
import { heartbeatOf, whoIs } from '../../../component-kit/link/who.ts';
import { FarSides } from './far-sides.ts';
import { takePlainLine } from './plain-line.ts';
import { Senders } from './senders.ts';
import { websocketInputDefinition } from './websocket-input.definition.ts';

/** What may be under way on a link, or taken in and not yet safe. Packed bytes take several times as much in memory. */
const windows = {
  none: { blocks: 256, bytes: 8 * 1024 ** 2 },
  deflate: { blocks: 256, bytes: 2 * 1024 ** 2 },
} as const;
/** What a block of another SemStreams may hold, in bytes, unless a message may be larger. */
const largestBlock = 16 * 1024 ** 2;
const goingAway = 1001;

export const websocketInput = implement(websocketInputDefinition, ({ config, io, emit }) => {
  const shown = hideInAddresses(config.url);
  const largestFrame = Math.max(largestBlock, config.max_message);
  const collection = collectPatiently({ emit, io, largest: config.max_message });
  const takeOne = takeIn(io, collection);
  const intake = new Intake({ emit, component: io.component, ended: (thrown) => io.fail(thrown as Error) });
  const decode = decoders[config.format];
  const links = new Set<TakenLink>();
  const fars = new FarSides(() => io.now());
  let dialling: Dialling | undefined;
  let senders: Senders | undefined;
  let connections = 0;

  const take = (frame: Buffer): Promise<void> | undefined => {
    if (frame.length === 0) return undefined;
    for (const decoded of decode(frame, shown)) takeOne(decoded, frame);
    return collection.isFull ? collection.room() : undefined;
  };
  const takePlain = (line: Line): void => {
    const { remoteAddress, remotePort } = line.socket;
    fars.plain(line, dialling ? shown : `${addressOf(remoteAddress)}:${remotePort}`);
    takePlainLine(line, {
      silenceMs: config.silence,
      onFrame: take,
      whenSafe: collection.whenSafe,
      largestFrame: config.max_message,
      onEnd: (end) => dialling?.ended(end),
    });
  };
  const takeBlocks = (line: Line): void => {
    const link = takeLink(line, {
      hello: {
        ...whoIs(io, config.name),
        since: since(config),
        compression: config.compression,
        heartbeat_ms: heartbeatOf(config.silence),
      },
      window: windows[config.compression],
      mostBytes: largestFrame,
      intake,
      greeted: (hello) => {
        links.add(link);
        fars.greeted(line, hello);
        dialling?.isGood();
      },
      waiting: (waiting) => {
        fars.waiting(line, waiting);
        tell();
      },
      ended: (end) => {
        links.delete(link);
        fars.left(line);
        if (senders) tell();
        dialling?.ended(end);
      },
    });
  };
  /** Called while somebody is connected, or listened for. */
  const tell = (): void => {
    if (!senders) return io.report('running', `Connected to ${shown}${fars.behind}`);
    const { count, refusing } = senders;
    const present = count === 0 ? 'No sender yet' : `${count} sender${count === 1 ? '' : 's'}${fars.behind}`;
    if (refusing !== undefined) io.report('waiting', refusing);
    else io.report('running', present);
  };
  const onUp = (line: Line, isLink: boolean): void => {
    connections += 1;
    if (isLink) takeBlocks(line);
    else takePlain(line);
  };
  const dial = (): void => {
    io.report('waiting', `waiting for ${shown}`);
    dialling = keepDialling({
      url: config.url,
      headers: { ...config.headers, ...(config.token !== '' && { authorization: `Bearer ${config.token}` }) },
      subprotocols: config.subprotocols,
      tls: readTlsFiles(config),
      maxPayload: largestFrame,
      longestWaitMs: config.longest_wait,
      link: config.link === 'never' ? 'never' : 'asked',
      random: io.random,
      onUp: (line, isLink) => {
        onUp(line, isLink);
        tell();
      },
      onDown: (reason, againInMs) =>
        io.report('waiting', `${shown}: ${reason}; tried again in ${Math.ceil(againInMs / 1000)} s`),
    });
  };
  const listen = async (port: number): Promise<void> => {
    senders = new Senders({
      place: { host: config.listen_host, port, largestFrame, tls: config },
      path: config.listen_path,
      allowedOrigins: [],
      token: config.token,
      mostSenders: config.max_senders,
      mostOfOne: config.max_per_address ?? shareOfOne(config.max_senders),
      links: config.link !== 'never',
      onUp,
      changed: tell,
      refused: tell,
      failed: io.fail,
    });
    await senders.open();
    tell();
  };

  return {
    async open() {
      if (config.listen_port === undefined) dial();
      else await listen(config.listen_port);
    },
    async close() {
      await intake.stop();
      for (const link of links) link.close(goingAway, 'the flow is stopped');
      await Promise.all([dialling?.close(), senders?.close()]);
      await collection.drained();
    },
    facts: () => ({
      connections,
      ...(senders && { listening: senders.port, senders: senders.count, refused: senders.refused.refused }),
      ...(senders?.refused.lastRefusal && { last_refusal: senders.refused.lastRefusal }),
      ...(links.size > 0 && { repeated: intake.repeated }),
      [farSides]: fars.list(),
    }),
  };
});

const since = ({ start_with, last }: { readonly start_with: 'missed' | 'new' | 'last'; readonly last: number }) =>
  start_with === 'missed' ? start_with : { last: start_with === 'new' ? 0 : last };
