import { collect } from '../../../engine/collect.ts';
import { implement } from '../../../engine/component.ts';
import { parseJson, whyNoJson } from '../../../engine/json-text.ts';
import { type ListenerOwner, TcpListener } from '../../../component-kit/sockets/tcp-listener.ts';
import { followLines, type LineTaker } from './tcp-input.ts';
import { tcpInputDefinition } from './tcp-input.definition.ts';

/** From so many messages on the senders are paused: their side then waits, and nothing is lost. */
const enough = 1000;
/** What one chunk of every sender can hold comes all the same, so this is far above. */
const mostInHand = 100_000;
const mostBytesInHand = 64 * 1024 ** 2;

export const tcpInput = implement(tcpInputDefinition, ({ config, io, emit }) => {
  const collection = collect({
    emit,
    io,
    // what is acknowledged must not be dropped, and those who wait for that are paused like all others
    limit: config.acknowledgement === '' ? mostInHand : Infinity,
    limitBytes: config.acknowledgement === '' ? mostBytesInHand : Infinity,
    enough,
  });
  let listener: TcpListener | undefined;
  let isRefusing = false;
  /** Refusals that are over: they are told of as long as no place is free. */
  let refusedBefore = 0;

  const takeJson = (line: string): void => {
    if (line === '') return;
    try {
      collection.push(io.message(parseJson(line), { json: line }));
    } catch (thrown) {
      io.invalid(whyNoJson(thrown, line), line);
    }
  };
  const taker: LineTaker = {
    longest: config.longest_line,
    tooLong: () => io.drop('too_long'),
    lines: (lines, from) => {
      if (config.format === 'json') for (const line of lines) takeJson(line);
      else for (const line of lines) collection.push(io.message({ text: line, from }, { size: line.length }));
      return collection.isFull ? collection.room() : undefined;
    },
    lost: (count) => io.drop('cut_off', count),
    stranger: () => io.drop('no_lines'),
    acknowledgement: config.acknowledgement,
    whenSafe: collection.whenSafe,
  };
  const tell = (): void => {
    if (!listener) return;
    const wasRefusing = isRefusing;
    isRefusing = listener.isFull && (wasRefusing || listener.refused > refusedBefore);
    if (isRefusing === wasRefusing) return;
    refusedBefore = listener.refused;
    const most = config.max_senders;
    if (!isRefusing) io.report('running', '');
    else io.report('waiting', `senders are refused: ${most} are connected, the most that "max_senders" allows`);
  };
  const owner: ListenerOwner = {
    mostSenders: config.max_senders,
    idleMs: config.idle_timeout,
    refusal: `no more than ${config.max_senders} senders are taken here; try again later\n`,
    follow: (socket, carried) => followLines(socket, carried, taker),
    changed: tell,
    failed: io.fail,
  };

  return {
    async open() {
      listener = io.adopt() as TcpListener | undefined;
      if (listener) listener.handTo(owner);
      else listener = await TcpListener.open(config.host, config.port, owner);
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
    }),
  };
});
