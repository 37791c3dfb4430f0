import { expect, it } from 'vitest';
import { z } from 'zod';
import { clash, listeningIn } from './listening.ts';

const tcp = (host: string, port: number, path?: string) => ({
  protocol: 'tcp' as const,
  host,
  port,
  ...(path === undefined ? {} : { path }),
});

it.each([
  [tcp('127.0.0.1', 9000), tcp('127.0.0.1', 9000), true],
  [tcp('127.0.0.1', 9000), tcp('127.0.0.1', 9001), false],
  [tcp('127.0.0.1', 9000), tcp('0.0.0.0', 9000), true],
  [tcp('::', 9000), tcp('10.0.0.1', 9000), true],
  [tcp('localhost', 9000), tcp('127.0.0.1', 9000), true],
  [tcp('10.0.0.1', 9000), tcp('127.0.0.1', 9000), false],
  [{ ...tcp('0.0.0.0', 9000), protocol: 'udp' as const }, tcp('0.0.0.0', 9000), false],
  [tcp('0.0.0.0', 9000, '/a'), tcp('0.0.0.0', 9000, '/b'), false],
  [tcp('0.0.0.0', 9000, '/a'), tcp('0.0.0.0', 9000, '/a'), true],
  [tcp('0.0.0.0', 9000, '/a'), tcp('0.0.0.0', 9000), true],
])('%j and %j clash: %s', (one, other, expected) =>
  expect([clash(one, other), clash(other, one)]).toEqual([expected, expected]),
);

const definition = {
  config: z.strictObject({ listen_port: z.int().default(5760), host: z.string().default('') }),
  listens: (config: unknown) => {
    const { host, listen_port: port } = config as { host: string; listen_port: number };
    return tcp(host, port);
  },
};

it('knows the setting that names the port, also where nobody has written it', () =>
  expect(
    listeningIn(
      {
        components: [
          { id: 'a', type: 'it' },
          { id: 'any', type: 'it', config: { listen_port: 0 } },
          { id: 'wrong', type: 'it', config: { listen_port: 'x' } },
          { id: 'other', type: 'silent' },
        ],
      },
      (type) => (type === 'it' ? definition : undefined),
    ),
  ).toEqual([{ component: 'a', field: 'listen_port', at: tcp('', 5760) }]));
