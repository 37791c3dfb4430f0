import { implement } from '../../../engine/component.ts';
import { bytesOfMark, type FramingOptions } from '../../../component-kit/content/framing.ts';
import { addressOf } from '../../../component-kit/fields/fields.ts';
import { takeIn } from '../../../component-kit/content/take-in.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { collectPatiently } from '../../../component-kit/sockets/collect-patiently.ts';
import { senderHeaders } from '../../../component-kit/sockets/sender-headers.ts';
import { TcpDial } from '../../../component-kit/sockets/tcp-dial.ts';
import { type ListenerOwner, type Refusing, TcpListener } from '../../../component-kit/sockets/tcp-listener.ts';
import { frameDecoder } from './frame-decoder.ts';
import { followLines, type LineTaker } from './tcp-input.ts';
import { tcpInputDefinition, type TcpInputConfig } from './tcp-input.definition.ts';

export const tcpInput = implement(tcpInputDefinition, ({ config, io, emit }) => {
  // those who wait for an acknowledgement are paused like all others
  const collection = collectPatiently({ emit, io, mustNotDrop: config.acknowledgement !== '' });
  const take = takeIn(io, collection);
  const headersOf = senderHeaders();
  let listener: TcpListener | undefined;
  let told = '';

  const decode = frameDecoder(config);
  const taker: LineTaker = {
    framing: framingOf(config),
    gapMs: config.frame_gap,
    longest: config.longest_line,
    tooLong: () => io.drop('too_long'),
    lines: (frames, from) => {
      const headers = headersOf(from);
      for (const frame of frames) for (const decoded of decode(frame, from)) take(decoded, frame, headers);
      return collection.isFull ? collection.room() : undefined;
    },
    lost: (count) => io.drop('cut_off', count),
    stranger: () => io.drop('no_lines'),
    acknowledgement: config.acknowledgement,
    whenSafe: collection.whenSafe,
  };
  const tell = (): void => {
    const refusing = listener?.refusing;
    const sentence = refusing ? sentenceOf(refusing) : '';
    if (sentence === told) return;
    told = sentence;
    io.report(sentence === '' ? 'running' : 'waiting', sentence);
  };
  const owner: ListenerOwner = {
    mostSenders: config.max_senders,
    mostOfOne: config.max_per_address,
    idleMs: config.idle_timeout,
    refusal: ({ why, most }) =>
      `no more than ${most} senders ${why === 'full' ? 'are' : 'of one address are'} taken here; try again later\n`,
    follow: (socket, carried) => followLines(socket, carried, taker),
    changed: tell,
    failed: io.fail,
  };

  if (config.mode === 'connect') {
    const line = new TcpDial(config, io, (socket) => followLines(socket, undefined, taker));
    return {
      open: () => line.open(config.tls ? readTlsFiles(config) : undefined),
      async close() {
        await line.close();
        await collection.drained();
      },
      facts: () => ({ connected: line.isConnected }),
    };
  }

  return {
    async open() {
      listener = io.adopt() as TcpListener | undefined;
      if (listener) listener.handTo(owner, config);
      else listener = await TcpListener.open({ host: config.host, port: config.port, tls: config }, owner);
    },
    async close() {
      if (listener && !listener.isBroken && io.park(listener)) listener.leave();
      else await listener?.end();
      await collection.drained();
    },
    facts: () => ({
      listening: listener?.port ?? null,
      senders: listener?.count ?? 0,
      refused: listener?.refused ?? 0,
      silent: listener?.silent ?? 0,
      ...(listener?.lastRefusal && { last_refusal: listener.lastRefusal }),
    }),
  };
});

const framingOf = (config: TcpInputConfig): FramingOptions => ({
  framing: config.framing,
  end: bytesOfMark(config.frame_end),
  lengthBytes: Number(config.length_bytes) as 1 | 2 | 4,
  lengthOrder: config.length_order,
  countsItself: config.length_counts_itself,
  frameLength: config.frame_length,
});

const sentenceOf = ({ why, address, most }: Refusing): string =>
  why === 'full'
    ? `senders are refused: ${most} are connected, the most that "max_senders" allows`
    : `senders at ${addressOf(address)} are refused: ${most} are connected from there, the most that "max_per_address" allows`;
