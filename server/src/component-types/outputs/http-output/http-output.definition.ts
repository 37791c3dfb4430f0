import { z } from 'zod';
import { askSettings, checkAskSettings, httpUrl } from '../../../component-kit/http/ask-settings.ts';
import { durationAboveZero, fieldPath, sizeAboveZero } from '../../../component-kit/fields/fields.ts';
import { defineType, input } from '../../../engine/component.ts';

const whenTogether = { field: 'format', is: ['json_lines', 'json_array'] };

const httpOutputConfig = z
  .strictObject({
    url: httpUrl({ template: true }).meta({
      title: 'Address',
      description:
        'Where messages are sent. {name} stands for a field of the message, behind the host alone; messages for different addresses go by different requests.',
      examples: ['https://service.example/devices/{device}'],
    }),
    method: z
      .enum(['POST', 'PUT', 'PATCH', 'DELETE', 'GET'])
      .default('POST')
      .meta({ title: 'Method', description: 'DELETE and GET have no body: what they say stands in the address.' }),
    format: z
      .enum(['json', 'json_lines', 'json_array'])
      .default('json')
      .meta({
        title: 'Body',
        description: 'A request for each message, or for several: as JSON lines, or as a list.',
        choices: {
          json: 'One message, as JSON',
          json_lines: 'Several, as JSON lines',
          json_array: 'Several, as a list',
        },
      }),
    batch: z.int().min(1).max(10_000).default(100).meta({
      title: 'Messages of a request',
      description: 'How many go together at most.',
      showIf: whenTogether,
    }),
    batch_size: sizeAboveZero.prefault('1MB').meta({
      title: 'Size of a request',
      description: 'How large the messages that go together are at most; a single one may be larger.',
      showIf: whenTogether,
      advanced: true,
    }),
    batch_wait: durationAboveZero.prefault('100ms').meta({
      title: 'Wait for others',
      description: 'How long the first message of a request waits for others.',
      showIf: whenTogether,
      advanced: true,
    }),
    ...askSettings,
    content_type: z
      .string()
      .max(200)
      .regex(/^[\x20-\x7e]*$/, 'a type has letters such as "application/json"')
      .default('')
      .meta({
        title: 'Type of the body',
        description: 'Sent as "Content-Type"; empty for the one of the body.',
        examples: ['application/vnd.device+json'],
        advanced: true,
      }),
    compression: z
      .enum(['none', 'gzip'])
      .default('none')
      .meta({
        title: 'Compression',
        description: 'How the body is packed; not every server understands that.',
        choices: { none: 'None', gzip: 'Gzip' },
        advanced: true,
      }),
    key_header: z
      .string()
      .max(100)
      .regex(/^[\w-]*$/, 'a header has a name such as "Idempotency-Key"')
      .default('Idempotency-Key')
      .meta({
        title: 'Header of the key',
        description:
          'Header with a key that is the same when a request is repeated, so that the server can leave it out. Empty for none.',
        advanced: true,
      }),
    answers: z
      .union([z.literal(''), fieldPath])
      .default('')
      .meta({
        title: 'Answers for each',
        widget: 'text',
        description:
          'Where the server answers for each message of a request: field of its answer that holds the list of them, in their order. Empty where it answers for all together.',
        examples: ['items'],
        showIf: whenTogether,
        advanced: true,
      }),
    answer_status: fieldPath.default('status').meta({
      title: 'Status of each',
      widget: 'text',
      description: 'Field of each of these answers that holds its status, such as 201.',
      examples: ['index.status'],
      showIf: whenTogether,
      advanced: true,
    }),
    most_tries: z.int().min(0).max(1_000_000).default(0).meta({
      title: 'Most tries',
      description:
        'How often a message is tried while the server does not answer, or says that it should be tried again; then it becomes a dead letter. 0 is for ever.',
      advanced: true,
    }),
  })
  .check(checkAskSettings);
export type HttpOutputConfig = z.output<typeof httpOutputConfig>;

export const httpOutputDefinition = defineType({
  type: 'http_output',
  category: 'output',
  title: 'HTTP',
  summary: 'Sends messages to a web service, one by one or several together.',
  icon: 'cloud-upload',
  keywords: ['webhook', 'https', 'rest', 'post', 'put', 'api', 'request', 'url', 'cloud', 'ndjson'],
  ports: { in: input('json', { delivery: 'guaranteed' }) },
  config: httpOutputConfig,
  probes: 'Connects to the server, and says whether it is there; nothing is sent.',
  trial: { config: ({ http }) => ({ url: http }) },
  numbered: true,
  batches: ({ format, batch, batch_size: bytes, batch_wait: waitMs }) =>
    format === 'json' ? undefined : { messages: batch, bytes, waitMs },
  examples: [
    { title: 'Each message to a web service', config: { url: 'https://service.example/readings' } },
    {
      title: 'The state of each device under an address of its own',
      config: { url: 'https://service.example/devices/{device}', method: 'PUT' },
    },
    {
      title: 'Batches to another SemStreams, each message once',
      config: {
        url: 'https://location-b:8090/from-location-a',
        format: 'json_lines',
        batch: 1000,
        token: '${LOCATION_B}',
      },
    },
  ],
});
