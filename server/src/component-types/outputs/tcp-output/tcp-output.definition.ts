import { z } from 'zod';
import { bytesOfMark, longestMark } from '../../../component-kit/content/framing.ts';
import { durationAboveZero } from '../../../component-kit/fields/fields.ts';
import { dialTlsSettings } from '../../../component-kit/network/settings.ts';
import { defineType, input } from '../../../engine/component.ts';

const framingIs = (...is: string[]) => ({ field: 'framing', is });

const tcpOutputConfig = z.strictObject({
  address: z
    .string()
    .min(1)
    .max(255)
    .meta({ title: 'To', description: 'Name or address of the receiver.', examples: ['192.168.1.20'] }),
  port: z.int().min(1).max(65_535).default(5001).meta({ title: 'Port', description: 'TCP port of the receiver.' }),
  format: z
    .enum(['json', 'text', 'bytes'])
    .default('json')
    .meta({
      title: 'Content',
      description:
        'What is sent of a message: all as JSON, the text that it is or holds as "text", or the bytes that it holds as base64 in "data".',
      choices: { json: 'JSON', text: 'Text', bytes: 'Bytes' },
    }),
  framing: z
    .enum(['lines', 'crlf', 'cr', 'nul', 'stx_etx', 'end', 'length', 'fixed', 'none'])
    .default('lines')
    .meta({
      title: 'Frames',
      description: 'How one message is told from the next.',
      choices: {
        lines: 'Lines',
        crlf: 'Lines ended by CR LF',
        cr: 'Ended by CR',
        nul: 'Ended by NUL',
        stx_etx: 'Between STX and ETX',
        end: 'Ended by characters of your own',
        length: 'A length in front',
        fixed: 'So many bytes each',
        none: 'None: one behind the other',
      },
    }),
  frame_end: z
    .string()
    .min(1)
    .max(64)
    .refine((text) => bytesOfMark(text).length <= longestMark, `an end has ${longestMark} bytes at most`)
    .default(';')
    .meta({
      title: 'End of a frame',
      description: 'Characters that end it; \\r, \\n, \\t, \\0 and \\x03 stand for those that cannot be typed.',
      examples: [';'],
      showIf: framingIs('end'),
    }),
  length_bytes: z
    .enum(['1', '2', '4'])
    .default('4')
    .meta({
      title: 'Bytes of the length',
      description: 'How long the length in front is.',
      showIf: framingIs('length'),
    }),
  length_order: z
    .enum(['big', 'little'])
    .default('big')
    .meta({
      title: 'Order of its bytes',
      description: 'Which byte of the length comes first.',
      choices: { big: 'The largest first (network order)', little: 'The smallest first' },
      showIf: framingIs('length'),
    }),
  length_counts_itself: z
    .boolean()
    .default(false)
    .meta({
      title: 'Counts itself',
      description: 'Whether the length counts its own bytes too.',
      showIf: framingIs('length'),
    }),
  frame_length: z
    .int()
    .min(1)
    .max(65_536)
    .default(16)
    .meta({
      title: 'Bytes of a frame',
      description: 'How many each has. What is shorter is filled up with NUL; what is longer is refused.',
      showIf: framingIs('fixed'),
    }),
  acknowledgement: z
    .string()
    .max(200)
    .regex(/^[^\r\n]*$/, 'it is one line')
    .default('')
    .meta({
      title: 'Acknowledgement',
      description:
        'Line by which the receiver says that it has what was sent, as "acknowledgement" of a TCP input does: "{count}" in it is how many messages of this connection it has; without it, it comes once for each. Empty where it says nothing: then what was handed to the network counts as sent.',
      examples: ['ok {count}'],
      advanced: true,
    }),
  timeout: durationAboveZero.prefault('10s').meta({
    title: 'Longest wait',
    description:
      'How long the connection may take to be made, what is sent to be taken, and its acknowledgement to come. Then the line is made anew.',
    advanced: true,
  }),
  tls: z
    .boolean()
    .default(false)
    .meta({ title: 'TLS', description: 'Whether the receiver speaks TLS.', advanced: true }),
  ...dialTlsSettings('dials'),
});
export type TcpOutputConfig = z.output<typeof tcpOutputConfig>;

export const tcpOutputDefinition = defineType({
  type: 'tcp_output',
  category: 'output',
  title: 'TCP',
  summary: 'Connects to a device or program, and sends each message as a line or another frame.',
  icon: 'plug-zap',
  keywords: ['socket', 'network', 'stream', 'lines', 'ndjson', 'client', 'tls', 'connect'],
  ports: { in: input('json', { delivery: 'guaranteed' }) },
  config: tcpOutputConfig,
  probes: 'Connects for a moment, and says whether somebody is there.',
  trial: { config: ({ sink }) => ({ address: '127.0.0.1', port: sink }) },
  examples: [
    { title: 'JSON lines to a program', config: { address: '192.168.1.20', port: 5001 } },
    {
      title: 'To a TCP input of another SemStreams, which says what it has',
      config: { address: 'location-b', port: 5001, acknowledgement: 'ok {count}' },
    },
  ],
});
