import { z } from 'zod';
import { fieldPath, sizeAboveZero, textEncoding } from '../../../component-kit/fields/fields.ts';
import { askSettings, checkAskSettings, httpUrl } from '../../../component-kit/http/ask-settings.ts';
import { scheduleSettings } from '../../../component-kit/schedule/settings.ts';
import { defineType, output } from '../../../engine/component.ts';

const optionalField = z.union([z.literal(''), fieldPath]).default('');
const whenOnlySome = { field: 'only', is: ['new', 'changed'] };
const whenJson = { field: 'format', is: ['json'] };

const httpPollInputConfig = z
  .strictObject({
    url: httpUrl({ template: false }).meta({
      title: 'Address',
      description: 'What is asked for.',
      examples: ['https://service.example/readings'],
    }),
    ...scheduleSettings('60s'),
    format: z
      .enum(['json', 'json_lines', 'text'])
      .default('json')
      .meta({
        title: 'Content',
        description: 'What an answer holds: JSON, JSON on each line, or a text.',
        choices: { json: 'JSON', json_lines: 'JSON lines', text: 'Text' },
      }),
    records: optionalField.meta({
      title: 'Records',
      description:
        'Field of the answer that holds what becomes messages: each element of a list is one. Empty for the whole answer.',
      examples: ['data.items'],
      showIf: whenJson,
    }),
    only: z
      .enum(['all', 'new', 'changed'])
      .default('all')
      .meta({
        title: 'Which of them',
        description:
          'All of each answer, those that did not come before, or those that are not what they were. What was seen is remembered over restarts.',
        choices: { all: 'All', new: 'Only new ones', changed: 'Only those that changed' },
      }),
    id_field: optionalField.meta({
      title: 'Field of the id',
      description:
        'What a record is known by. Where it is empty: new is what has another value than all before, changed what has another value than the one at the same place.',
      examples: ['id'],
      showIf: whenOnlySome,
    }),
    most_remembered: z.int().min(1).max(100_000).default(10_000).meta({
      title: 'Most remembered',
      description: 'How many records are known; the one that was not seen for longest is forgotten first.',
      showIf: whenOnlySome,
      advanced: true,
    }),
    method: z
      .enum(['GET', 'POST'])
      .default('GET')
      .meta({ title: 'Method', description: 'How it is asked.', advanced: true }),
    body: z
      .string()
      .max(100_000)
      .default('')
      .meta({
        title: 'Body',
        description: 'What is sent with POST, as JSON where the headers say nothing else.',
        showIf: { field: 'method', is: ['POST'] },
        advanced: true,
      }),
    next_field: optionalField.meta({
      title: 'Field of the next page',
      description:
        'Field of the answer with the address of the next page; without it the "Link" header of the answer tells.',
      examples: ['links.next'],
      showIf: whenJson,
      advanced: true,
    }),
    most_pages: z.int().min(1).max(1000).default(1).meta({
      title: 'Most pages',
      description: 'How many pages of an answer are read, of the same server alone.',
      advanced: true,
    }),
    max_answer: sizeAboveZero
      .refine((bytes) => bytes <= 64 * 1024 ** 2, 'an answer may have 64MB at most')
      .prefault('8MB')
      .meta({ title: 'Largest answer', description: 'A larger page is not taken; up to 64MB.', advanced: true }),
    encoding: textEncoding,
    ...askSettings,
  })
  .check(checkAskSettings);
export type HttpPollInputConfig = z.output<typeof httpPollInputConfig>;

export const httpPollInputDefinition = defineType({
  type: 'http_poll_input',
  category: 'input',
  title: 'Web service',
  summary: 'Asks a web service again and again, and takes what it answers, or only what is new.',
  icon: 'cloud-download',
  keywords: ['poll', 'http', 'https', 'rest', 'api', 'get', 'fetch', 'request', 'url', 'etag', 'interval', 'cron'],
  ports: { out: output('json') },
  config: httpPollInputConfig,
  probes: 'Asks once, and says what is answered.',
  trial: { makesItsOwn: true, config: ({ http }) => ({ url: http, every: '20ms' }) },
  examples: [
    {
      title: 'New readings of a web service, each minute',
      config: { url: 'https://service.example/readings', records: 'items', only: 'new', id_field: 'id' },
    },
    {
      title: 'The state of a device, when it has changed',
      config: { url: 'http://192.168.1.20/status', every: '5s', only: 'changed' },
    },
  ],
});
