import { z } from 'zod';
import { defineType, output } from '../../../engine/component.ts';
import { duration, listenHost, listenHostDescription, listenPort, size } from '../../../component-kit/fields/fields.ts';

export const tcpInputDefinition = defineType({
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
  probes: 'Looks whether the port is to be had.',
  examples: [{ title: 'JSON lines on port 5001', config: { port: 5001 } }],
  listens: ({ host, port }) => ({ protocol: 'tcp', host, port }),
});
