import { z } from 'zod';
import { defineType, output } from '../../../engine/component.ts';
import { duration, size } from '../../../component-kit/fields/fields.ts';

export const websocketInputDefinition = defineType({
  type: 'websocket_input',
  category: 'input',
  title: 'From location',
  summary: 'Receives from another SemStreams, or from any WebSocket server.',
  icon: 'satellite-dish',
  keywords: ['websocket', 'ws', 'wss', 'location', 'federation', 'connect', 'subscribe'],
  ports: { out: output('json') },
  config: z.strictObject({
    url: z
      .url({ protocol: /^wss?$/, error: 'write an address such as "ws://location-a:9000"' })
      .regex(/^[^#]*$/, 'an address has no "#" here')
      .meta({
        title: 'Address',
        description: 'Where to connect to. It is tried for ever, with growing waits.',
        examples: ['ws://location-a:9000'],
      }),
    format: z
      .enum(['json', 'json_lines', 'text'])
      .default('json')
      .meta({
        title: 'Content',
        description: 'What a frame holds: JSON, several lines of it, or text.',
        choices: { json: 'JSON', json_lines: 'JSON lines', text: 'Text' },
      }),
    token: z
      .string()
      .default('')
      .meta({ title: 'Token', description: 'Sent as "Authorization: Bearer …".', secret: true, advanced: true }),
    max_message: size
      .prefault('16MB')
      .meta({ title: 'Largest message', description: 'A larger one ends the connection.', advanced: true }),
    silence: duration.prefault('30s').meta({
      title: 'Silence',
      description: 'A line that is silent for so long is asked, and then given up; "0s" is never.',
      advanced: true,
    }),
  }),
  examples: [{ title: 'Receive from location A', config: { url: 'ws://location-a:9000' } }],
});
