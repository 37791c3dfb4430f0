import { z } from 'zod';
import { messageTemplateProblem } from '../../../component-kit/content/message-template.ts';
import { checkNats, natsSettings } from '../../../component-kit/nats/settings.ts';
import { defineType, input } from '../../../engine/component.ts';
import { subjectTemplateProblem } from './subject-template.ts';

const template = (problem: (text: string) => string | undefined) =>
  z
    .string()
    .max(65_535)
    .check(({ value, issues }) => {
      const message = problem(value);
      if (message !== undefined) issues.push({ code: 'custom', message, input: value });
    });

const { url, domain: _, ...further } = natsSettings;

const natsOutputConfig = z
  .strictObject({
    url,
    subject: template(subjectTemplateProblem).meta({
      title: 'Subject',
      description:
        'Where messages are published. {name} stands for a field of the message, {@header.subject} for one of its headers; {{ and }} are braces.',
      examples: ['sensors.{site}.temperature'],
    }),
    jetstream: z.boolean().default(false).meta({
      title: 'Kept by a stream',
      description:
        'A message is finished when a stream of JetStream has it, once: what is sent again within the "duplicate_window" of the stream is left out there. Otherwise it is finished when the server has it, and those who listen then get it.',
    }),
    format: z
      .enum(['json', 'text', 'bytes', 'template'])
      .default('json')
      .meta({
        title: 'Content',
        description:
          'What is published of a message: all of it as JSON, its text, the bytes that it holds as base64, or a text of your own. Its headers go with it.',
        choices: { json: 'JSON', text: 'Text', bytes: 'Bytes', template: 'A text with fields in it' },
      }),
    template: template(messageTemplateProblem)
      .default('')
      .meta({
        title: 'Text',
        description: 'What is published; {name} stands for a field of the message.',
        examples: ['{state}'],
        showIf: { field: 'format', is: ['template'] },
      }),
    ...further,
  })
  .check(({ value, issues }) => checkNats({ value: { ...value, domain: '' }, issues }));
export type NatsOutputConfig = z.output<typeof natsOutputConfig>;

export const natsOutputDefinition = defineType({
  type: 'nats_output',
  category: 'output',
  title: 'NATS',
  summary: 'Publishes messages to subjects of a NATS server, kept by JetStream where that is wanted.',
  icon: 'radio-tower',
  keywords: ['nats', 'jetstream', 'publish', 'stream', 'broker', 'subject', 'queue', 'messaging'],
  ports: { in: input('json', { delivery: 'guaranteed' }) },
  config: natsOutputConfig,
  waitsByItself: true,
  numbered: true,
  probes:
    'Connects to the server once, and says which version it is, and whether a stream takes the subject; nothing is published.',
  trial: { config: ({ nats }) => ({ url: nats, subject: 'a' }) },
  examples: [
    { title: 'Everything to one subject', config: { url: 'nats://127.0.0.1:4222', subject: 'telemetry' } },
    {
      title: 'What each device measures, kept by a stream',
      config: {
        url: 'tls://nats.example',
        subject: 'devices.{device}.measured',
        jetstream: true,
        credentials_file: '/etc/semstreams/gateway.creds',
      },
    },
    {
      title: 'What came by NATS, below another subject',
      config: { url: 'nats://127.0.0.1:4222', subject: 'checked.{@header.subject}' },
    },
  ],
});
