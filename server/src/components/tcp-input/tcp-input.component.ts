import { z } from 'zod';
import { collect } from '../../engine/collect.ts';
import { defineComponent, output } from '../../engine/component.ts';
import { listenHost, listenPort, size } from '../fields.ts';
import { listenForLines, type Listening } from './tcp-input.ts';

/** From so many messages on the senders are paused: their side then waits, and nothing is lost. */
const enough = 1000;
/** What one chunk of every sender can hold comes all the same, so this is far above. */
const mostInHand = 100_000;

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
    host: listenHost
      .default('0.0.0.0')
      .meta({ title: 'Address', description: 'Interface to listen on; 0.0.0.0 is all of them.', advanced: true }),
    longest_line: size
      .prefault('1MB')
      .meta({ title: 'Longest line', description: 'A longer one is left out and counted.', advanced: true }),
    max_senders: z
      .int()
      .min(1)
      .max(10_000)
      .default(256)
      .meta({ title: 'Most senders', description: 'Further ones are refused.', advanced: true }),
  }),
  drops: { too_long: 'A line was longer than allowed.' },
  examples: [{ title: 'JSON lines on port 5001', config: { port: 5001 } }],
  create: ({ config, io, emit }) => {
    const collection = collect({
      emit,
      limit: mostInHand,
      enough,
      dropped: (count) => io.drop('overflow', count),
      failed: io.fail,
    });
    let listening: Listening | undefined;

    const takeJson = (line: string): void => {
      if (line === '') return;
      try {
        collection.push(io.message(JSON.parse(line), { json: line }));
      } catch {
        io.invalid(`no JSON: ${JSON.stringify(line.slice(0, 60))}`, line);
      }
    };

    return {
      async open() {
        listening = await listenForLines({
          host: config.host,
          port: config.port,
          mostSenders: config.max_senders,
          longest: config.longest_line,
          tooLong: () => io.drop('too_long'),
          lines: (lines, from) => {
            if (config.format === 'json') for (const line of lines) takeJson(line);
            else for (const line of lines) collection.push(io.message({ text: line, from }));
            return collection.isFull ? collection.room() : undefined;
          },
          onError: io.fail,
        });
      },
      async close() {
        await listening?.close();
        await collection.drained();
      },
      facts: () => ({ listening: listening?.port ?? null, senders: listening?.senders ?? 0 }),
    };
  },
});
