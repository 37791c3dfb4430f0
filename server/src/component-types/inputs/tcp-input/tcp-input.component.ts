import { z } from 'zod';
import { collect } from '../../../engine/collect.ts';
import { defineComponent, output } from '../../../engine/component.ts';
import { parseJson, whyNoJson } from '../../../engine/json-text.ts';
import { duration, listenHost, listenHostDescription, listenPort, size } from '../../../component-kit/fields/fields.ts';
import { type ListenerOwner, TcpListener } from '../../../component-kit/sockets/tcp-listener.ts';
import { followLines, type LineTaker } from './tcp-input.ts';

/** From so many messages on the senders are paused: their side then waits, and nothing is lost. */
const enough = 1000;
/** What one chunk of every sender can hold comes all the same, so this is far above. */
const mostInHand = 100_000;
const mostBytesInHand = 64 * 1024 ** 2;

export const tcpInput = defineComponent({
  type: 'tcp_input',
  category: 'input',
  title: 'TCP lines',
  summary: 'Receives lines from programs that connect to a port, no faster than the flow takes them.',
  icon: 'cable',
  keywords: ['socket', 'network', 'stream', 'lines', 'ndjson', 'nmea', 'port', 'listen'],
  ports: { out: output('json') },
  config: z.strictObject({
    port: listenPort.default(5001).meta({ title: 'Port', description: 'TCP port that senders connect to.' }),
    format: z
      .enum(['json', 'text'])
      .default('json')
      .meta({
        title: 'Content',
        description: 'What a line holds: JSON, or text.',
        choices: { json: 'JSON', text: 'Text' },
      }),
    host: listenHost.default('0.0.0.0').meta({ title: 'Address', description: listenHostDescription, advanced: true }),
    longest_line: size
      .prefault('1MB')
      .meta({ title: 'Longest line', description: 'A longer one is left out and counted.', advanced: true }),
    max_senders: z.int().min(1).max(10_000).default(256).meta({
      title: 'Most senders',
      description: 'Further ones are refused, counted, and seen in the status of the flow.',
      advanced: true,
    }),
    idle_timeout: duration.prefault('0s').meta({
      title: 'Silence',
      description:
        'A sender that says nothing for so long is given up; "0s" is never. One that vanished is noticed anyway.',
      advanced: true,
    }),
    acknowledgement: z
      .string()
      .max(200)
      .regex(/^[^\r\n]*$/, 'it is one line')
      .default('')
      .meta({
        title: 'Acknowledgement',
        description:
          'Line that is written back when what came is safe, on disk behind a guaranteed connection. "{count}" is how many lines of this connection are; without it, it comes once for each line. Empty for none.',
        examples: ['ok {count}'],
        advanced: true,
      }),
  }),
  drops: {
    too_long: 'A line was longer than allowed.',
    cut_off: 'The sender was cut off, or went away, before this could be taken in.',
    no_lines: 'A program spoke HTTP or TLS, such as a web browser: it was told so, and counts once.',
  },
  examples: [{ title: 'JSON lines on port 5001', config: { port: 5001 } }],
  listens: ({ host, port }) => ({ protocol: 'tcp', host, port }),
  create: ({ config, io, emit }) => {
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
  },
});
