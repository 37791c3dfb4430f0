import { nearest } from '@semstreams/contract';
import { z } from 'zod';
import { defineType, output } from '../../../engine/component.ts';
import {
  duration,
  filePath,
  listenHost,
  listenHostDescription,
  listenPort,
  sizeAboveZero,
} from '../../../component-kit/fields/fields.ts';
import { replaySettings } from '../../../component-kit/replay/replay-settings.ts';
import { messageNames } from '../../../component-kit/mavlink/dialect-names.generated.ts';
import { dialectSettings, ownDialect } from '../../../component-kit/mavlink/dialect-settings.ts';
import { stationSettings } from './station-settings.ts';

/** A message that no dialect has; in a dialect of one's own it is known only when that is read. */
const nameProblem = (name: string): string | undefined => {
  if (messageNames.includes(name)) return undefined;
  const near = nearest(name, messageNames);
  return `there is no message "${name}"${near ? `; did you mean "${near}"?` : ''}`;
};

export const mavlinkInputDefinition = defineType({
  type: 'mavlink_input',
  category: 'input',
  title: 'Vehicle (MAVLink)',
  summary: 'Receives from drones, rovers and boats that speak MAVLink, or replays a recording.',
  icon: 'plane',
  keywords: ['drone', 'rover', 'boat', 'vehicle', 'uav', 'ardupilot', 'px4', 'telemetry', 'tlog', 'autopilot'],
  ports: { out: output('json') },
  config: z
    .strictObject({
      source: z
        .enum(['udp', 'tcp_listen', 'tcp_connect', 'tlog'])
        .default('udp')
        .meta({
          title: 'Source',
          description: 'UDP packets, a TCP line that comes in or goes out, or a recording (.tlog, .tlog.gz).',
          choices: {
            udp: 'UDP',
            tcp_listen: 'TCP, it connects here',
            tcp_connect: 'TCP, connect to it',
            tlog: 'Recording',
          },
        }),
      port: listenPort.default(14_550).meta({
        title: 'Port',
        description: 'Port to listen on or to connect to.',
        showIf: { field: 'source', is: ['udp', 'tcp_listen', 'tcp_connect'] },
      }),
      host: listenHost.default('0.0.0.0').meta({
        title: 'Address',
        description: `${listenHostDescription} Or the host to connect to.`,
        showIf: { field: 'source', is: ['udp', 'tcp_listen', 'tcp_connect'] },
      }),
      path: filePath.default('').meta({
        title: 'Recording',
        description: 'File to replay; below the data folder where it does not begin with "/".',
        examples: ['flight.tlog'],
        showIf: { field: 'source', is: ['tlog'] },
      }),
      ...replaySettings({ field: 'source', is: ['tlog'] }),
      remember: z
        .boolean()
        .default(false)
        .meta({
          title: 'Go on where it was',
          description:
            'Whether a start goes on where the last one ended, so that each record comes once. Otherwise each start begins anew.',
          showIf: { field: 'source', is: ['tlog'] },
          advanced: true,
        }),
      messages: z
        .array(z.string().min(1).max(64))
        .max(500)
        .default([])
        .meta({
          title: 'Messages',
          description: 'Only these; all where there is none.',
          examples: [['GLOBAL_POSITION_INT', 'HEARTBEAT']],
        }),
      systems: z
        .array(z.int().min(1).max(255))
        .max(255)
        .default([])
        .meta({ title: 'Vehicles', description: 'Only these system ids; all where there is none.', advanced: true }),
      latest_per_second: z.boolean().default(false).meta({
        title: 'Once a second',
        description: 'Passes on the latest of each message of each vehicle once a second, and leaves out the rest.',
        advanced: true,
      }),
      join_texts: z.boolean().default(false).meta({
        title: 'Join texts',
        description:
          'Joins the parts of long texts (STATUSTEXT); one whose parts do not come is passed on after two seconds.',
        advanced: true,
      }),
      quiet_after: duration.prefault('10s').meta({
        title: 'Quiet after',
        description: 'The status tells of each vehicle of which nothing was heard for so long; "0s" tells of none.',
        showIf: { field: 'source', is: ['udp', 'tcp_listen', 'tcp_connect'] },
        advanced: true,
      }),
      ...stationSettings,
      ...dialectSettings,
      signing_key: z
        .string()
        .default('')
        .meta({
          title: 'Signing key',
          description:
            'Passphrase or 64 hexadecimal digits. With it, only rightly signed messages are accepted, and RADIO_STATUS unsigned, since radios cannot sign. The header "signed" tells of each message that was signed.',
          examples: ['${VEHICLE_KEY}'],
          secret: true,
          advanced: true,
        }),
      receive_buffer: sizeAboveZero.prefault('4MB').meta({
        title: 'Receive buffer',
        description: 'Memory of the system for bursts; Linux gives no more than "net.core.rmem_max" allows.',
        showIf: { field: 'source', is: ['udp'] },
        advanced: true,
      }),
    })
    .check(({ value, issues }) => {
      if (value.dialect === ownDialect) return;
      const names = [
        ...value.messages.map((name, index) => ({ name, path: ['messages', index] })),
        ...value.rates.map(({ message: name }, index) => ({ name, path: ['rates', index, 'message'] })),
      ];
      for (const { name, path } of names) {
        const message = nameProblem(name);
        if (message) issues.push({ code: 'custom', path, message, input: name });
      }
    }),
  drops: {
    bad_checksum: 'The checksum did not match: the line is disturbed.',
    unknown_message: 'The dialect does not have this message.',
    garbage: 'Bytes that are no MAVLink; each run of them counts once, and so does each packet.',
    bad_signature: 'The signature was missing, wrong, or seen before.',
    late_signature:
      'Rightly signed, but with a time that lies more than a minute behind: another sender with the same key has a clock that is ahead, or its own is behind, or it was recorded.',
    too_many_senders: 'Too many senders had begun a frame at once, more than 256: the oldest of them was given up.',
    socket_full: 'It came faster than the system could hand it on: a larger receive buffer holds more.',
    superseded: 'A newer one of the same second took its place.',
  },
  plannedDrops: ['superseded'],
  trial: { useful: Buffer.from('fe0900010100000000000603030403b121', 'hex') },
  examples: [
    { title: 'Listen on the usual port', config: {} },
    { title: 'Replay a recording for ever', config: { source: 'tlog', path: 'flight.tlog.gz', loop: true } },
  ],
  listens: ({ source, host, port }) => {
    if (source === 'udp') return { protocol: 'udp', host, port };
    return source === 'tcp_listen' ? { protocol: 'tcp', host, port } : undefined;
  },
});
