import { afterEach, expect, it } from 'vitest';
import { limitTo } from '../../reach/reach.ts';
import { HttpClient } from '../http/http-client.ts';
import { keepDialling } from '../link/keep-dialling.ts';
import { openSocket } from '../mqtt/open-socket.ts';
import { keepConnected } from '../sockets/keep-connected.ts';
import { probeConnection } from '../sockets/probe-connection.ts';
import { dial } from './dial.ts';
import { resolveAddress } from './resolve-address.ts';

/** All ways of the kit to reach a far side; each resolves with why it is not reached. */
const ways: Readonly<Record<string, (host: string) => Promise<string>>> = {
  resolveAddress: async (host) => reasonOf(resolveAddress(host)),
  dial: async (host) => reasonOf(dial({ host, port: 9, withinMs: 30_000, signal: new AbortController().signal })),
  probeConnection: async (host) => reasonOf(probeConnection(host, 9)),
  HttpClient: async (host) => {
    const url = new URL(`http://${bracketed(host)}:9/`);
    const asked = {
      method: 'GET',
      url,
      headers: {},
      withinMs: 30_000,
      mostBytes: 1,
      signal: new AbortController().signal,
    };
    return reasonOf(new HttpClient({}).ask(asked));
  },
  openSocket: async (host) => brokenStream(`mqtt://${bracketed(host)}:9`),
  'openSocket by WebSocket': async (host) => brokenStream(`ws://${bracketed(host)}:9`),
  keepDialling: async (host) =>
    new Promise((resolve) => {
      const dialling = keepDialling({
        url: `ws://${bracketed(host)}:9`,
        headers: {},
        subprotocols: [],
        tls: {},
        maxPayload: 1000,
        longestWaitMs: 60_000,
        link: 'never',
        random: () => 0,
        onUp: () => undefined,
        onDown: (reason) => setImmediate(() => void dialling.close().then(() => resolve(reason))),
      });
    }),
  keepConnected: async (host) =>
    new Promise((resolve) => {
      const end = new AbortController();
      const line = keepConnected({
        host,
        port: 9,
        io: {
          signal: end.signal,
          random: () => 0,
          report: (_, sentence) => {
            if (!sentence.includes('trying again')) return;
            end.abort();
            void line.done.then(() => resolve(sentence));
          },
        },
        follow: () => () => undefined,
      });
    }),
};

const reasonOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'reached',
    (thrown: unknown) => (thrown as Error).message,
  );
const brokenStream = async (url: string): Promise<string> =>
  new Promise((resolve) => {
    const { stream } = openSocket(url, { tls: {}, largest: 1000, opened: () => resolve('reached') });
    stream.on('error', ({ message }) => resolve(message));
  });
const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

afterEach(() => limitTo({ network: ['*'] }));

/** The second is no address for Node, and one for the resolver of the system: what a hostile name server answers. */
const hosts = ['169.254.169.254', '169.254.43518', '::ffff:169.254.169.254', 'fe80::1'];
const cases = Object.keys(ways).flatMap((way) => hosts.map((host) => [way, host] as const));

it.each(cases)('%s does not reach %s', async (way, host) => {
  expect(await ways[way]!(host)).toMatch(/is an address of the machine or the cloud.* "network\.allowed"/);
});

it.each(Object.keys(ways))('%s reaches what is on the list alone, by address and by name', async (way) => {
  limitTo({ network: ['10.0.0.0/8', 'broker.example'] });
  for (const host of ['127.0.0.1', 'localhost'])
    expect(await ways[way]!(host)).toMatch(/is no address that flows may reach here: add it to .*"network\.allowed"/);
  limitTo({ network: ['127.0.0.1', 'localhost'] });
  for (const host of ['127.0.0.1', 'localhost']) expect(await ways[way]!(host)).not.toContain('network.allowed');
});
