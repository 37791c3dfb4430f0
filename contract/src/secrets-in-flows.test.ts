import { expect, it } from 'vitest';
import { z } from 'zod';
import { type CheckedType, validateFlow } from './validate.ts';

const types: ReadonlyMap<string, CheckedType> = new Map([
  [
    'feed',
    {
      title: 'Feed',
      category: 'input',
      ports: { out: { direction: 'output', kind: 'json', required: false } },
      config: z.strictObject({
        url: z.url({ protocol: /^wss?$/ }).optional(),
        name: z
          .string()
          .regex(/^[a-z]+$/)
          .max(8)
          .optional(),
        port: z.int().optional(),
        kind: z.enum(['a', 'b']).optional(),
        list: z.array(z.string().startsWith('/')).optional(),
      }),
    },
  ],
]);
const findings = (config: Record<string, unknown>) =>
  validateFlow({ id: 'a', name: 'A', components: [{ id: 'in', type: 'feed', config }] }, types).map(
    ({ severity, code, place }) => [severity, code, place],
  );

it.each<[Record<string, unknown>]>([
  [{ url: '${FEED_URL}' }],
  [{ url: 'ws://${HOST}/?key=${KEY}' }],
  [{ name: '${A_NAME_THAT_IS_LONG}' }],
  [{ list: ['/a', '${PATH_TO_IT}'] }],
])('%j is right as far as anybody can tell before the start', (config) => expect(findings(config)).toEqual([]));

it.each<[Record<string, unknown>, string]>([
  [{ port: '${PORT}' }, 'port'],
  [{ kind: '${KIND}' }, 'kind'],
  [{ url: '${feed}' }, 'url'],
  [{ unknown: '${NAME}' }, 'unknown'],
])('%j is not', (config, field) =>
  expect(findings(config)).toEqual([['error', expect.any(String), `components[0].config.${field}`]]),
);

it('warns of a password that everybody can read', () => {
  expect(findings({ url: 'ws://user:hunter2@host/feed' })).toEqual([
    ['warning', 'password_in_address', 'components[0].config.url'],
  ]);
  for (const url of ['ws://host/a:b@c', 'ws://user@host', 'ws://host:9000']) expect(findings({ url })).toEqual([]);
});
