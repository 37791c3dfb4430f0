import { z } from 'zod';
import {
  duration,
  listenHost,
  listenHostDescription,
  listenPort,
  maxPerAddress,
  sizeAboveZero,
} from '../../../component-kit/fields/fields.ts';
import { dialSettings, dialUrl, receiverName } from '../../../component-kit/link/settings.ts';
import { dialTlsSettings } from '../../../component-kit/network/settings.ts';
import { defineType, output } from '../../../engine/component.ts';

export const websocketInputDefinition = defineType({
  type: 'websocket_input',
  category: 'input',
  title: 'From location',
  summary: 'Receives from another SemStreams, or from any WebSocket server.',
  icon: 'satellite-dish',
  keywords: ['websocket', 'ws', 'wss', 'location', 'federation', 'connect', 'subscribe'],
  ports: { out: output('json') },
  config: z
    .strictObject({
      url: dialUrl.default('').meta({
        title: 'Address',
        description: 'Where to connect to. It is tried for ever, with growing waits.',
        examples: ['ws://location-a:9000'],
      }),
      format: z
        .enum(['json', 'json_lines', 'text'])
        .default('json')
        .meta({
          title: 'Content',
          description: 'What a frame holds: JSON, several lines of it, or text. Another SemStreams says so itself.',
          choices: { json: 'JSON', json_lines: 'JSON lines', text: 'Text' },
        }),
      name: receiverName.default('').meta({
        title: 'Name',
        description:
          'Under this name another SemStreams keeps a place for this receiver: what comes while it is away waits there. Where it is empty, a name is made of the flow, the component and this installation.',
        examples: ['location-b'],
      }),
      start_with: z
        .enum(['missed', 'new', 'last'])
        .default('missed')
        .meta({
          title: 'Begin with',
          description:
            'What another SemStreams sends when the line is made: all that is missed, only what comes from now on, or the newest of what is missed.',
          choices: { missed: 'All that is missed', new: 'What comes from now on', last: 'The newest messages' },
          advanced: true,
        }),
      last: z.int().min(1).max(10_000_000).default(100).meta({
        title: 'Newest messages',
        description: 'How many, where it begins with the newest.',
        advanced: true,
      }),
      compression: z
        .enum(['none', 'deflate'])
        .default('none')
        .meta({
          title: 'Compression',
          description: 'Another SemStreams packs what it sends: fewer bytes on the line, more work on both sides.',
          choices: { none: 'None', deflate: 'Deflate' },
          advanced: true,
        }),
      link: z
        .enum(['when_spoken', 'never'])
        .default('when_spoken')
        .meta({
          title: 'Protocol of links',
          description:
            'With another SemStreams each message comes once, with its id and headers. Never: plain frames, as from any WebSocket server.',
          choices: { when_spoken: 'When the far side speaks it', never: 'Never' },
          advanced: true,
        }),
      listen_port: listenPort.optional().meta({
        title: 'Port',
        description:
          'TCP port to listen on instead of dialling, for senders that nobody can reach from outside, and for any WebSocket client that sends.',
        advanced: true,
      }),
      listen_host: listenHost
        .default('0.0.0.0')
        .meta({ title: 'Interface', description: listenHostDescription, advanced: true }),
      listen_path: z
        .string()
        .startsWith('/')
        .max(200)
        .default('/')
        .meta({ title: 'Path', description: 'Path in the address that senders connect to.', advanced: true }),
      max_senders: z.int().min(1).max(10_000).default(100).meta({
        title: 'Most senders',
        description: 'How many may be connected where it listens; further ones are refused.',
        advanced: true,
      }),
      max_per_address: maxPerAddress('senders'),
      token: z.string().max(1000).default('').meta({
        title: 'Token',
        description: 'Sent as "Authorization: Bearer …"; where it listens, senders have to show it.',
        secret: true,
        advanced: true,
      }),
      ...dialTlsSettings('either'),
      ...dialSettings,
      subprotocols: z
        .array(z.string().regex(/^[\w.+-]{1,100}$/, 'a sub-protocol has a name such as "mqtt"'))
        .max(20)
        .default([])
        .meta({ title: 'Sub-protocols', description: 'Asked for when a WebSocket server is dialled.', advanced: true }),
      max_message: sizeAboveZero
        .prefault('16MB')
        .meta({ title: 'Largest message', description: 'A larger one ends the connection.', advanced: true }),
      silence: duration.prefault('30s').meta({
        title: 'Silence',
        description: 'A line that is silent for so long is asked, and then given up; "0s" is never.',
        advanced: true,
      }),
    })
    .check(({ value: { url, listen_port: port }, issues, value }) => {
      if ((url === '') === (port === undefined))
        issues.push({
          code: 'custom',
          message:
            url === ''
              ? 'give the "url" of the far side, or a "listen_port"'
              : 'it dials "url" or listens on "listen_port": leave one of them out',
          path: ['url'],
          input: value,
        });
    }),
  trial: { config: ({ websocket }) => ({ url: websocket }) },
  probes: 'Dials the far side once and says who is there; where it listens, looks whether the port is to be had.',
  examples: [
    { title: 'Receive from location A', config: { url: 'ws://location-a:9000' } },
    { title: 'Listen for locations that nobody can reach from outside', config: { listen_port: 9001 } },
  ],
});
