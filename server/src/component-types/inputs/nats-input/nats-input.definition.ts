import { z } from 'zod';
import { durationAboveZero, sizeAboveZero } from '../../../component-kit/fields/fields.ts';
import { checkNats, natsName, natsSettings, subjectFilter } from '../../../component-kit/nats/settings.ts';
import { overlap } from '../../../component-kit/nats/subject.ts';
import { defineType, output } from '../../../engine/component.ts';

const { url, domain, ...further } = natsSettings;
const ofStream = { field: 'jetstream', is: [true] };

const natsInputConfig = z
  .strictObject({
    url,
    subjects: z
      .array(subjectFilter)
      .max(100)
      .default([])
      .meta({
        title: 'Subjects',
        description:
          'What is subscribed to: * stands for one word between dots, > for all that follow. Of a stream, empty is all.',
        examples: [['sensors.*.temperature']],
      }),
    jetstream: z.boolean().default(false).meta({
      title: 'Out of a stream',
      description:
        'Messages are read from a stream of JetStream, in order, and acknowledged when they are safe: on disk behind a guaranteed connection. What is stored while this is away is read later. Otherwise only what is published while this is connected comes.',
    }),
    stream: natsName.meta({
      title: 'Stream',
      description: 'Name of the stream; where it is empty, the one that keeps the first subject.',
      examples: ['MEASURED'],
      showIf: ofStream,
    }),
    consumer: natsName.meta({
      title: 'Consumer',
      description:
        'Name of the durable consumer that knows what was read; it is made where it is missing, and no other may read by it. Where it is empty, the name is made of the flow, the component and this installation.',
      showIf: ofStream,
      advanced: true,
    }),
    from: z
      .enum(['all', 'new', 'last', 'last_per_subject', 'time', 'sequence'])
      .default('all')
      .meta({
        title: 'Begins with',
        description: 'What of the stream is read first by a consumer that is new.',
        choices: {
          all: 'All that is there',
          new: 'What is stored from now on',
          last: 'The last message',
          last_per_subject: 'The last message of each subject',
          time: 'What was stored since a time',
          sequence: 'A number in the stream',
        },
        showIf: ofStream,
      }),
    from_time: z
      .union([z.literal(''), z.iso.datetime({ offset: true, error: 'write a time such as "2026-07-01T12:00:00Z"' })])
      .default('')
      .meta({
        title: 'Since',
        description: 'The time.',
        examples: ['2026-07-01T12:00:00Z'],
        showIf: { field: 'from', is: ['time'] },
      }),
    from_sequence: z
      .int()
      .min(1)
      .default(1)
      .meta({ title: 'Number', description: 'In the stream.', showIf: { field: 'from', is: ['sequence'] } }),
    queue: natsName.meta({
      title: 'Queue group',
      description:
        'Of all that subscribe with the same name, each message goes to one. Not for streams. Empty for none.',
      examples: ['control-room'],
      advanced: true,
    }),
    format: z
      .enum(['json', 'json_lines', 'text', 'text_lines', 'bytes'])
      .default('json')
      .meta({
        title: 'Content',
        description: 'What a payload holds: JSON, text, or bytes as base64.',
        choices: {
          json: 'JSON',
          json_lines: 'JSON lines',
          text: 'Text',
          text_lines: 'Lines of text',
          bytes: 'Bytes',
        },
      }),
    under_way: z.int().min(1).max(10_000).default(1000).meta({
      title: 'Under way',
      description: 'How many messages of a stream are read before the first of them is safe.',
      showIf: ofStream,
      advanced: true,
    }),
    under_way_size: sizeAboveZero.prefault('8MB').meta({
      title: 'Size under way',
      description: 'The same in bytes; a single message may be larger.',
      showIf: ofStream,
      advanced: true,
    }),
    ack_wait: durationAboveZero
      .refine((ms) => ms >= 1000 && ms <= 3_600_000, 'from "1s" to "1h"')
      .prefault('10s')
      .meta({
        title: 'Sent again after',
        description:
          'After so long the stream sends again what was under way when a line broke or this machine stopped; what comes behind waits for it, so that the order stays.',
        showIf: ofStream,
        advanced: true,
      }),
    max_message: sizeAboveZero.prefault('16MB').meta({
      title: 'Largest message',
      description: 'A larger one is left out, and counted.',
      advanced: true,
    }),
    domain,
    ...further,
  })
  .check(checkNats)
  .check(({ value, issues }) => {
    const problem = (name: keyof typeof value, message: string): void =>
      void issues.push({ code: 'custom', path: [name], message, input: value[name] });
    const { jetstream, stream, subjects, queue, from, from_time: since } = value;
    const twice = subjects.find((subject, at) => subjects.slice(0, at).some((before) => overlap(before, subject)));
    if (twice !== undefined)
      problem(
        'subjects',
        `"${twice}" has messages in common with one before it, which would come twice: leave one of them out`,
      );
    if (!jetstream && subjects.length === 0) problem('subjects', 'name a subject, such as "sensors.>"');
    if (jetstream && subjects.length === 0 && stream === '')
      problem('stream', 'name the stream, or a subject that it keeps');
    if (jetstream && queue !== '')
      problem('queue', 'a stream knows no queue groups: leave it empty, or switch "jetstream" off');
    if (!jetstream && stream !== '')
      problem('jetstream', 'a stream is named: switch "jetstream" on, or leave "stream" empty');
    if (jetstream && from === 'time' && since === '')
      problem('from_time', 'write since when, such as "2026-07-01T12:00:00Z"');
  });
export type NatsInputConfig = z.output<typeof natsInputConfig>;

export const natsInputDefinition = defineType({
  type: 'nats_input',
  category: 'input',
  title: 'NATS',
  summary: 'Receives what is published to subjects of a NATS server, or reads a stream of JetStream.',
  icon: 'radio-receiver',
  keywords: ['nats', 'jetstream', 'subscribe', 'stream', 'consumer', 'broker', 'subject', 'queue', 'messaging'],
  ports: { out: output('json') },
  config: natsInputConfig,
  drops: {
    too_long: 'A message was larger than "max_message" allows.',
    empty: 'A payload was empty.',
    internal: 'It is how NATS, or this product in it, speaks with itself.',
  },
  plannedDrops: ['empty', 'internal'],
  trial: { config: ({ nats }) => ({ url: nats, subjects: ['a'] }) },
  probes: 'Connects to the server once, and says which version it is and which stream is read.',
  examples: [
    {
      title: 'Temperatures of all sensors, as they are published',
      config: { url: 'nats://127.0.0.1:4222', subjects: ['sensors.*.temperature'] },
    },
    {
      title: 'A stream, from its beginning, each message once',
      config: {
        url: 'tls://nats.example',
        jetstream: true,
        stream: 'MEASURED',
        credentials_file: '/etc/semstreams/control-room.creds',
      },
    },
    {
      title: 'Alarms, shared by several instances',
      config: { url: 'nats://127.0.0.1:4222', subjects: ['alarms.>'], queue: 'control-room', format: 'text' },
    },
  ],
});
