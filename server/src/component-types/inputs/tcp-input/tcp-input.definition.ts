import { z } from 'zod';
import { defineType, output } from '../../../engine/component.ts';
import { bytesOfMark, longestMark } from '../../../component-kit/content/framing.ts';
import {
  duration,
  listenHost,
  listenHostDescription,
  listenPort,
  maxPerAddress,
  senderField,
  size,
  textEncoding,
} from '../../../component-kit/fields/fields.ts';
import { dialTlsSettings, securedBy } from '../../../component-kit/network/settings.ts';

const framingIs = (...is: string[]) => ({ field: 'framing', is });
const whenListening = { field: 'mode', is: ['listen'] };
const whenConnecting = { field: 'mode', is: ['connect'] };

const tcpInputConfig = z
  .strictObject({
    port: listenPort
      .default(5001)
      .meta({ title: 'Port', description: 'TCP port that senders connect to, or of the device.' }),
    mode: z
      .enum(['listen', 'connect'])
      .default('listen')
      .meta({
        title: 'Who connects',
        description: 'Senders to this port, or this input to a device, again and again where the line ends.',
        choices: { listen: 'Senders connect here', connect: 'It connects to a device' },
      }),
    address: z
      .string()
      .max(255)
      .default('')
      .meta({
        title: 'Device',
        description: 'Name or address of the device.',
        examples: ['192.168.1.20'],
        showIf: whenConnecting,
      }),
    format: z
      .enum(['json', 'text', 'bytes'])
      .default('json')
      .meta({
        title: 'Content',
        description: 'What a line or frame holds: JSON, text, or bytes as base64.',
        choices: { json: 'JSON', text: 'Text', bytes: 'Bytes' },
      }),
    framing: z
      .enum(['lines', 'cr', 'nul', 'stx_etx', 'end', 'length', 'fixed', 'json', 'idle', 'none'])
      .default('lines')
      .meta({
        title: 'Frames',
        description: 'How one message is told from the next. A line may end with LF, CR LF or CR.',
        choices: {
          lines: 'Lines',
          cr: 'Ended by CR',
          nul: 'Ended by NUL',
          stx_etx: 'Between STX and ETX',
          end: 'Ended by characters of your own',
          length: 'A length in front',
          fixed: 'So many bytes each',
          json: 'JSON, one after the other, also over several lines',
          idle: 'Ended by silence',
          none: 'None: as the bytes come',
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
      .meta({ title: 'Bytes of a frame', description: 'How many each has.', showIf: framingIs('fixed') }),
    frame_gap: duration
      .refine((ms) => ms > 0 && ms <= 60_000, 'silence that ends a frame lasts 1ms to 60s')
      .prefault('50ms')
      .meta({ title: 'Silence', description: 'How long silence ends a frame: 1ms to 60s.', showIf: framingIs('idle') }),
    sender_field: senderField,
    encoding: textEncoding,
    host: listenHost
      .default('0.0.0.0')
      .meta({ title: 'Address', description: listenHostDescription, showIf: whenListening, advanced: true }),
    longest_line: size
      .refine(
        (bytes) => bytes > 0 && bytes <= 64 * 1024 ** 2,
        'a line has room for 1B to 64MB: name the longest that you expect',
      )
      .prefault('1MB')
      .meta({
        title: 'Longest line',
        description: 'A longer line or frame, up to 64MB, is left out and counted.',
        advanced: true,
      }),
    max_senders: z.int().min(1).max(10_000).default(256).meta({
      title: 'Most senders',
      description: 'Further ones are refused, counted, and seen in the status of the flow.',
      showIf: whenListening,
      advanced: true,
    }),
    max_per_address: maxPerAddress('senders').meta({ showIf: whenListening }),
    idle_timeout: duration.prefault('0s').meta({
      title: 'Silent senders',
      description:
        'A sender that says nothing for so long is given up; "0s" is never. One that vanished is noticed anyway.',
      advanced: true,
    }),
    tls: z
      .boolean()
      .default(false)
      .meta({ title: 'TLS', description: 'Whether the device speaks TLS.', showIf: whenConnecting, advanced: true }),
    ...dialTlsSettings('either'),
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
  })
  .check(({ value, issues }) => {
    if (value.framing === 'fixed' && value.frame_length > value.longest_line)
      issues.push({
        code: 'custom',
        path: ['frame_length'],
        message: 'a frame has more bytes than "longest_line" allows: raise that, too',
        input: value.frame_length,
      });
    if (value.mode !== 'connect') {
      if (value.ca_file !== '' && value.cert_file === '')
        issues.push({
          code: 'custom',
          path: ['cert_file'],
          message: 'to ask senders for certificates it needs one of its own: give "cert_file" and "key_file"',
          input: value.cert_file,
        });
      return;
    }
    if (value.address === '')
      issues.push({
        code: 'custom',
        path: ['address'],
        message: 'name the device to connect to',
        input: value.address,
      });
    if (value.port === 0)
      issues.push({ code: 'custom', path: ['port'], message: 'name the port of the device', input: value.port });
  });
export type TcpInputConfig = z.output<typeof tcpInputConfig>;

export const tcpInputDefinition = defineType({
  type: 'tcp_input',
  category: 'input',
  title: 'TCP',
  summary: 'Receives lines or other frames from programs that connect here, or from a device to which it connects.',
  icon: 'cable',
  keywords: ['socket', 'network', 'stream', 'lines', 'ndjson', 'nmea', 'port', 'listen'],
  ports: { out: output('json') },
  config: tcpInputConfig,
  drops: {
    too_long: 'A line was longer than allowed.',
    cut_off: 'The sender was cut off, or went away, before this could be taken in.',
    no_lines: 'A program spoke HTTP or TLS, such as a web browser: it was told so, and counts once.',
  },
  probes: 'Looks whether the port is to be had, or whether the device answers.',
  examples: [
    { title: 'JSON lines on port 5001', config: { port: 5001 } },
    {
      title: 'What a scale sends, from STX to ETX',
      config: { mode: 'connect', address: '192.168.1.20', port: 4001, format: 'text', framing: 'stx_etx' },
    },
  ],
  listens: ({ mode, host, port, ...tls }) =>
    mode === 'listen' ? { protocol: 'tcp', host, port, secured: securedBy(tls) } : undefined,
});
