import { z } from 'zod';
import {
  durationAboveZero,
  filePath,
  listenHost,
  listenHostDescription,
  listenPort,
  maxPerAddress,
  sizeAboveZero,
  textEncoding,
} from '../../../component-kit/fields/fields.ts';
import { securedBy, tlsSettings } from '../../../component-kit/network/settings.ts';
import { defineType, output } from '../../../engine/component.ts';

const headerName = z
  .string()
  .max(100)
  .regex(/^[\w!#$%&'*+.^`|~-]*$/, 'a header has a name such as "X-Device"');
const whenSigned = { field: 'signed', is: ['sha256'] };

const httpInputConfig = z
  .strictObject({
    port: listenPort.default(8090).meta({
      title: 'Port',
      description: 'TCP port that senders reach. Several flows may share one, each with a path of its own.',
    }),
    path: z
      .string()
      .regex(/^\/[^?#\s]*$/, 'a path begins with "/" and has no "?", "#" or space')
      .max(500)
      .default('/')
      .meta({ title: 'Path', description: 'Path in the address that senders use.', examples: ['/orders'] }),
    format: z
      .enum(['json', 'json_lines', 'json_array', 'form', 'text', 'bytes', 'by_type'])
      .default('json')
      .meta({
        title: 'Content',
        description:
          'What a body holds: JSON, JSON on each line, a list of which each element is a message, the fields of a form, a text, or bytes as base64; or what its "Content-Type" says.',
        choices: {
          json: 'JSON',
          json_lines: 'JSON lines',
          json_array: 'JSON list',
          form: 'Form',
          text: 'Text',
          bytes: 'Bytes',
          by_type: 'As its type says',
        },
      }),
    token: z.string().max(1000).default('').meta({
      title: 'Token',
      description: 'Senders have to show it as "Authorization: Bearer …"; empty asks for nothing.',
      secret: true,
    }),
    methods: z
      .array(z.enum(['POST', 'PUT', 'PATCH']))
      .min(1)
      .max(3)
      .default(['POST'])
      .meta({ title: 'Methods', description: 'Those that are taken.', advanced: true }),
    token_header: headerName
      .min(1)
      .default('Authorization')
      .meta({
        title: 'Header of the token',
        description: 'Header in which senders show the token; in another one than "Authorization" it stands alone.',
        examples: ['X-Gitlab-Token'],
        advanced: true,
      }),
    signed: z
      .enum(['no', 'sha256'])
      .default('no')
      .meta({
        title: 'Signature',
        description: 'Whether senders sign the body as it is sent, by HMAC with SHA-256.',
        choices: { no: 'None', sha256: 'HMAC with SHA-256' },
        advanced: true,
      }),
    signing_key: z.string().max(1000).default('').meta({
      title: 'Key of the signature',
      description: 'Secret that sender and receiver share.',
      secret: true,
      showIf: whenSigned,
      advanced: true,
    }),
    signature_header: headerName.min(1).default('X-Hub-Signature-256').meta({
      title: 'Header of the signature',
      description: 'Where it stands.',
      showIf: whenSigned,
      advanced: true,
    }),
    signature_prefix: z.string().max(100).default('sha256=').meta({
      title: 'Before the signature',
      description: 'What stands before it in the header.',
      showIf: whenSigned,
      advanced: true,
    }),
    signature_encoding: z
      .enum(['hex', 'base64'])
      .default('hex')
      .meta({
        title: 'Writing of the signature',
        description: 'How it is written.',
        choices: { hex: 'Hexadecimal', base64: 'Base64' },
        showIf: whenSigned,
        advanced: true,
      }),
    key_header: headerName.default('Idempotency-Key').meta({
      title: 'Header of the key',
      description:
        'A request that comes again with the same key in this header is answered as before, and its messages come once. Empty for none.',
      advanced: true,
    }),
    headers: z
      .array(headerName.min(1))
      .max(50)
      .default([])
      .meta({
        title: 'Headers to keep',
        description: 'Headers of the request that the messages get, under their names in lower case.',
        examples: [['X-Device', 'User-Agent']],
        advanced: true,
      }),
    answer: z
      .union([z.literal(200), z.literal(201), z.literal(202), z.literal(204)])
      .default(202)
      .meta({
        title: 'Answer',
        description: 'Status of the answer when the messages are safe, on disk behind a guaranteed connection.',
        advanced: true,
      }),
    encoding: textEncoding,
    host: listenHost.default('0.0.0.0').meta({ title: 'Address', description: listenHostDescription, advanced: true }),
    allowed_origins: z
      .array(z.string())
      .max(100)
      .default([])
      .meta({
        title: 'Allowed pages',
        description: 'Origins of web pages elsewhere that may send; "*" allows all.',
        examples: [['https://control.example']],
        advanced: true,
      }),
    max_body: sizeAboveZero
      .refine((bytes) => bytes <= 64 * 1024 ** 2, 'a body may have 64MB at most')
      .prefault('4MB')
      .meta({
        title: 'Largest body',
        description: 'A larger one, also when it is unpacked, is refused with 413; up to 64MB.',
        advanced: true,
      }),
    max_waiting: sizeAboveZero.prefault('32MB').meta({
      title: 'Waiting bytes',
      description: 'What may be read and not yet safe. Who comes then is asked to come again, with 429.',
      advanced: true,
    }),
    max_requests: z.int().min(1).max(10_000).default(500).meta({
      title: 'Waiting requests',
      description: 'How many may be read or not yet answered. Who comes then is asked to come again, with 429.',
      advanced: true,
    }),
    max_per_address: maxPerAddress('requests'),
    timeout: durationAboveZero.prefault('30s').meta({
      title: 'Longest wait',
      description:
        'So long may a body take to come, and so long do its messages have to become safe: then the answer is 408 or 503.',
      advanced: true,
    }),
    ...tlsSettings('listens'),
    ca_file: filePath.default('').meta({
      title: 'Authority',
      description: 'Whose certificates senders have to show, as a PEM file; none where it is empty.',
      advanced: true,
    }),
  })
  .check(({ value, issues }) => {
    const { signed, signing_key: key, ca_file: authority, cert_file: certificate } = value;
    if (signed !== 'no' && key === '')
      issues.push({
        code: 'custom',
        path: ['signing_key'],
        message: 'give the key that senders sign with',
        input: key,
      });
    if (authority !== '' && certificate === '')
      issues.push({
        code: 'custom',
        path: ['cert_file'],
        message: 'certificates can be asked for only by TLS: give "cert_file" and "key_file" too',
        input: certificate,
      });
  });
export type HttpInputConfig = z.output<typeof httpInputConfig>;

export const httpInputDefinition = defineType({
  type: 'http_input',
  category: 'input',
  title: 'HTTP',
  summary: 'Receives what other programs send by HTTP, such as a webhook, and answers when it is safe.',
  icon: 'webhook',
  keywords: ['webhook', 'https', 'rest', 'post', 'api', 'receive', 'hook', 'listen', 'ndjson', 'hmac'],
  ports: { out: output('json') },
  config: httpInputConfig,
  drops: { no_http: 'A program spoke something else than HTTP: it counts once.' },
  probes: 'Looks whether the port is to be had.',
  trial: { useful: Buffer.from('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 7\r\n\r\n{"a":1}') },
  examples: [
    { title: 'A webhook on port 8090', config: { port: 8090, path: '/orders' } },
    {
      title: 'A webhook of GitHub, which signs what it sends',
      config: { path: '/github', signed: 'sha256', signing_key: '${GITHUB_WEBHOOK}', headers: ['X-GitHub-Event'] },
    },
    {
      title: 'Batches of another SemStreams, each message once',
      config: { path: '/from-location-a', format: 'json_lines', token: '${LOCATION_A}' },
    },
  ],
  listens: ({ host, port, path, ...tls }) => ({ protocol: 'tcp', host, port, path, secured: securedBy(tls) }),
});
