import { z } from 'zod';
import { collect } from '../../../engine/collect.ts';
import { defineComponent, output } from '../../../engine/component.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { duration, size } from '../../../component-kit/fields/fields.ts';
import { decoders } from '../../../component-kit/content/decoders.ts';
import { keepLine, type Line } from './websocket-input.ts';

/** From so many messages on the line is paused. */
const enough = 1000;
/** What one chunk of the line can hold comes all the same, so this is far above. */
const mostInHand = 100_000;
const mostBytesInHand = 16 * 1024 ** 2;

export const websocketInput = defineComponent({
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
  create: ({ config, io, emit }) => {
    const shown = hideInAddresses(config.url);
    const collection = collect({
      emit,
      io,
      limit: mostInHand,
      limitBytes: mostBytesInHand + config.max_message,
      enough,
    });
    const decode = decoders[config.format];
    let line: Line | undefined;
    let connections = 0;

    const take = (frame: Buffer): Promise<void> | undefined => {
      if (frame.length === 0) return undefined;
      for (const decoded of decode(frame, shown))
        if ('invalid' in decoded) io.invalid(decoded.invalid, frame);
        else collection.push(io.message(decoded.payload, decoded));
      return collection.isFull ? collection.room() : undefined;
    };

    return {
      open() {
        io.report('waiting', `waiting for ${shown}`);
        line = keepLine({
          url: config.url,
          headers: config.token === '' ? {} : { authorization: `Bearer ${config.token}` },
          maxPayload: config.max_message,
          silenceMs: config.silence,
          random: io.random,
          onFrame: take,
          whenSafe: collection.whenSafe,
          onUp: () => {
            connections += 1;
            io.report('running', `Connected to ${shown}`);
          },
          onDown: (reason, againInMs) =>
            io.report('waiting', `${shown}: ${reason}; tried again in ${Math.ceil(againInMs / 1000)} s`),
        });
      },
      async close() {
        await line?.close();
        await collection.drained();
      },
      facts: () => ({ connections }),
    };
  },
});
