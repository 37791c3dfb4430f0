import { nearest } from '@semstreams/contract';
import { z } from 'zod';
import { collect } from '../../engine/collect.ts';
import { defineComponent, output } from '../../engine/component.ts';
import { filePath, listenHost, listenHostDescription, listenPort, size } from '../fields.ts';
import { replaySettings } from '../replay-settings.ts';
import { latestPerSecond } from './latest.ts';
import { Decoder, messageNames } from './mavlink-input.ts';
import { signingKey, verifier } from './signing.ts';
import { sources } from './sources.ts';

const MessageName = z.string().check((context) => {
  if (messageNames.includes(context.value)) return;
  const near = nearest(context.value, messageNames);
  const message = `there is no message "${context.value}"${near ? `; did you mean "${near}"?` : ''}`;
  context.issues.push({ code: 'custom', message, input: context.value });
});

/** Messages that may wait while the flow is busy; sources that can wait do so long before. */
const mostWaiting = 50_000;
const enough = 2000;
const mostBytesWaiting = 64 * 1024 ** 2;

/** Tells that a frame was signed; where there is a key, rightly. */
const signedHeaders = { signed: 'true' } as const;

export const mavlinkInput = defineComponent({
  type: 'mavlink_input',
  category: 'input',
  title: 'Vehicle (MAVLink)',
  summary: 'Receives from drones, rovers and boats that speak MAVLink, or replays a recording.',
  icon: 'plane',
  keywords: ['drone', 'rover', 'boat', 'vehicle', 'uav', 'ardupilot', 'px4', 'telemetry', 'tlog', 'autopilot'],
  ports: { out: output('json') },
  config: z.strictObject({
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
    messages: z
      .array(MessageName)
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
    dialect: z
      .enum(['minimal', 'standard', 'common', 'ardupilotmega'])
      .default('ardupilotmega')
      .meta({
        title: 'Dialect',
        description: 'Messages that are known; each dialect holds those before it.',
        choices: { minimal: 'Minimal', standard: 'Standard', common: 'Common', ardupilotmega: 'ArduPilot' },
        advanced: true,
      }),
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
    receive_buffer: size.prefault('4MB').meta({
      title: 'Receive buffer',
      description: 'Memory of the system for bursts; Linux gives no more than "net.core.rmem_max" allows.',
      showIf: { field: 'source', is: ['udp'] },
      advanced: true,
    }),
  }),
  drops: {
    bad_checksum: 'The checksum did not match: the line is disturbed.',
    unknown_message: 'The dialect does not have this message.',
    garbage: 'Bytes that are no MAVLink; each run of them counts once, and so does each packet.',
    bad_signature: 'The signature was missing, wrong, or seen before.',
    socket_full: 'It came faster than the system could hand it on: a larger receive buffer holds more.',
    superseded: 'A newer one of the same second took its place.',
  },
  plannedDrops: ['superseded'],
  examples: [
    { title: 'Listen on the usual port', config: {} },
    { title: 'Replay a recording for ever', config: { source: 'tlog', path: 'flight.tlog.gz', loop: true } },
  ],
  listens: ({ source, host, port }) => {
    if (source === 'udp') return { protocol: 'udp', host, port };
    return source === 'tcp_listen' ? { protocol: 'tcp', host, port } : undefined;
  },
  create: ({ config, io, emit }) => {
    const collection = collect({
      emit,
      io,
      limit: mostWaiting,
      limitBytes: mostBytesWaiting,
      enough,
    });
    const latest = config.latest_per_second
      ? latestPerSecond({ pass: (message) => collection.push(message), superseded: () => io.drop('superseded') })
      : undefined;
    const decoder = new Decoder({
      dialect: config.dialect,
      messages: config.messages,
      systems: config.systems,
      verify: config.signing_key === '' ? undefined : verifier(signingKey(config.signing_key)),
      message: (payload, time, isSigned) => {
        const message = io.message(payload, isSigned ? { time, headers: signedHeaders } : { time });
        if (latest) latest.take(`${payload['system_id']}:${payload['component_id']}:${payload['message_id']}`, message);
        else collection.push(message);
      },
      refused: (reason) => io.drop(reason),
    });
    const source = sources[config.source]({
      config,
      io,
      decoder,
      room: () => (collection.isFull ? collection.room() : undefined),
    });

    return {
      open: async () => source.open(),
      async close() {
        await source.close();
        latest?.end();
        await collection.drained();
      },
      facts: () => ({
        frames: decoder.totals.frames,
        signed: decoder.totals.signed,
        garbage_bytes: decoder.totals.garbageBytes,
        ...source.facts(),
        vehicles: decoder.loss.report(),
      }),
    };
  },
});
