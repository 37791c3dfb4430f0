import { z } from 'zod';
import { defineType, output } from '../../../engine/component.ts';
import {
  duration,
  filePath,
  listenHost,
  listenHostDescription,
  listenPort,
  maxPerAddress,
  multicastGroup,
  sizeAboveZero,
} from '../../../component-kit/fields/fields.ts';
import { dialTlsSettings, securedBy } from '../../../component-kit/network/settings.ts';
import { replaySettings } from '../../../component-kit/replay/replay-settings.ts';

const sourceIs = (...is: string[]) => ({ field: 'source', is });

const nmeaInputConfig = z
  .strictObject({
    source: z
      .enum(['udp', 'tcp_connect', 'tcp_listen', 'file'])
      .default('udp')
      .meta({
        title: 'Source',
        description: 'UDP packets, a TCP line that goes out or comes in, or a recording.',
        choices: {
          udp: 'UDP',
          tcp_connect: 'TCP, connect to it',
          tcp_listen: 'TCP, it connects here',
          file: 'Recording',
        },
      }),
    port: listenPort.default(10_110).meta({
      title: 'Port',
      description: 'Port to listen on, or of the device.',
      showIf: sourceIs('udp', 'tcp_connect', 'tcp_listen'),
    }),
    address: z
      .string()
      .max(255)
      .default('')
      .meta({
        title: 'Device',
        description: 'Name or address of the device to connect to.',
        examples: ['192.168.1.20'],
        showIf: sourceIs('tcp_connect'),
      }),
    path: filePath.default('').meta({
      title: 'Recording',
      description:
        'File with a sentence on each line; below the data folder where it does not begin with "/". What gzip has packed is unpacked.',
      examples: ['harbour.nmea'],
      showIf: sourceIs('file'),
    }),
    ...replaySettings(sourceIs('file')),
    sentences: z
      .array(
        z
          .string()
          .regex(
            /^(?:[A-Z]{3}|P[A-Z0-9]{2,9})$/,
            'a sentence is three capital letters, such as "RMC", or a maker\'s own, such as "PGRME"',
          ),
      )
      .max(500)
      .default([])
      .meta({
        title: 'Sentences',
        description: 'Only these, whoever speaks; all where there is none. AIS is VDM, and VDO of the own ship.',
        examples: [['RMC', 'VDM']],
      }),
    checksum: z
      .enum(['required', 'if_there'])
      .default('required')
      .meta({
        title: 'Checksum',
        description: 'Whether sentences without one are taken; one with a wrong one never is.',
        choices: { required: 'Each has one', if_there: 'Some have none' },
        advanced: true,
      }),
    host: listenHost.default('0.0.0.0').meta({
      title: 'Address',
      description: listenHostDescription,
      showIf: sourceIs('udp', 'tcp_listen'),
      advanced: true,
    }),
    multicast_group: multicastGroup.optional().meta({
      title: 'Multicast group',
      description: 'Group of IPv4 or IPv6 to join, as ships use them (IEC 61162-450).',
      examples: ['239.192.0.1'],
      showIf: sourceIs('udp'),
      advanced: true,
    }),
    interface: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({
        title: 'Interface of the group',
        description: 'Name of the network interface on which the group is joined.',
        examples: ['eth0'],
        showIf: sourceIs('udp'),
        advanced: true,
      }),
    max_senders: z
      .int()
      .min(1)
      .max(10_000)
      .default(256)
      .meta({
        title: 'Most senders',
        description: 'Further ones are refused, counted, and seen in the status of the flow.',
        showIf: sourceIs('tcp_listen'),
        advanced: true,
      }),
    max_per_address: maxPerAddress('senders').meta({ showIf: sourceIs('tcp_listen') }),
    idle_timeout: duration.prefault('0s').meta({
      title: 'Silent lines',
      description:
        'A line on which nothing comes for so long is ended, and begun anew where it goes out; "0s" is never.',
      showIf: sourceIs('tcp_connect', 'tcp_listen'),
      advanced: true,
    }),
    tls: z
      .boolean()
      .default(false)
      .meta({
        title: 'TLS',
        description: 'Whether the device speaks TLS, such as a gateway that is reached over the internet.',
        showIf: sourceIs('tcp_connect'),
        advanced: true,
      }),
    ...dialTlsSettings('either'),
    receive_buffer: sizeAboveZero.prefault('4MB').meta({
      title: 'Receive buffer',
      description: 'Memory of the system for bursts; Linux gives no more than "net.core.rmem_max" allows.',
      showIf: sourceIs('udp'),
      advanced: true,
    }),
  })
  .check(({ value, issues }) => {
    const miss = (field: 'address' | 'port' | 'path' | 'interface', message: string): void =>
      void issues.push({ code: 'custom', path: [field], message, input: value[field] });
    if (value.source === 'file' && value.path === '') miss('path', 'name the recording to read');
    if (value.source === 'tcp_connect' && value.address === '') miss('address', 'name the device to connect to');
    if (value.source === 'tcp_connect' && value.port === 0) miss('port', 'name the port of the device');
    if (value.interface !== undefined && value.multicast_group === undefined)
      miss('interface', 'it names where a group is joined: set "multicast_group" too');
  });
export type NmeaInputConfig = z.output<typeof nmeaInputConfig>;

export const nmeaInputDefinition = defineType({
  type: 'nmea_input',
  category: 'input',
  title: 'Ships and GPS (NMEA 0183, AIS)',
  summary: 'Receives what instruments on board, GPS receivers and AIS receivers say, or replays a recording of it.',
  icon: 'ship',
  keywords: ['nmea', 'nmea0183', 'ais', 'gps', 'gnss', 'ship', 'boat', 'vessel', 'marine', 'wind', 'depth', 'mmsi'],
  ports: { out: output('json') },
  config: nmeaInputConfig,
  drops: {
    bad_checksum: 'The checksum did not match: the line is disturbed.',
    no_checksum: 'It had no checksum: set "checksum" to "if_there" where a device sends none.',
    garbage: 'Characters that are no sentence; what stands together counts once.',
    too_long: 'A line had more than 4096 characters.',
    parts_missing: 'Of a message of AIS in several sentences, one did not come within ten seconds, or on that line.',
    too_many_parts: 'More messages of AIS were begun at once on one line than are waited for: the oldest was given up.',
    too_many_senders: 'More than 256 senders had begun something at once: the oldest of them was given up.',
    socket_full: 'It came faster than the system could hand it on: a larger receive buffer holds more.',
  },
  trial: { useful: Buffer.from('$GPHDT,274.07,T*03\r\n') },
  probes: 'Looks whether the port is to be had, or whether the device answers.',
  examples: [
    { title: 'What comes by UDP on the usual port', config: {} },
    {
      title: 'Ships that an AIS receiver hears',
      config: { source: 'tcp_connect', address: '192.168.1.20', sentences: ['VDM'] },
    },
    { title: 'Replay a recording for ever', config: { source: 'file', path: 'harbour.nmea.gz', loop: true } },
  ],
  listens: ({ source, host, port, ...tls }) => {
    if (source === 'udp') return { protocol: 'udp', host, port };
    return source === 'tcp_listen' ? { protocol: 'tcp', host, port, secured: securedBy(tls) } : undefined;
  },
});
