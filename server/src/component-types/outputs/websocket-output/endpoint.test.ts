import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { textFrames } from './frames.ts';
import { websocketOutput } from './websocket-output.component.ts';
import { isAllowedOrigin, samePath } from '../../../component-kit/link/listening.ts';

/** What strangers may do to an endpoint, and what it does then. */
const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const open = async (config: object = {}): Promise<Rehearsal> => {
  const output = rehearse(websocketOutput, { host: '127.0.0.1', port: 0, when_away: 'drop', ...config });
  ended.push(() => output.close());
  await output.open();
  return output;
};
const portOf = (output: Rehearsal): number => Number(output.facts()['listening']);

/** A plain TCP line on which anything can be said. */
const line = async (output: Rehearsal): Promise<{ socket: Socket; said: () => string }> => {
  const socket = connect(portOf(output), '127.0.0.1');
  let said = '';
  socket.on('data', (chunk) => (said += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  ended.push(() => socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, said: () => said };
};
const upgrade = (target: string, headers = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`;

/** A receiver that speaks the protocol and keeps what it gets. */
const receive = async (output: Rehearsal, path = '/', headers: Record<string, string> = {}) => {
  const client = new WebSocket(`ws://127.0.0.1:${portOf(output)}${path}`, { headers });
  const got: string[] = [];
  client.on('message', (data) => got.push((data as Buffer).toString()));
  ended.push(() => client.terminate());
  await new Promise<void>((resolve, reject) => {
    client.once('open', resolve);
    client.once('error', reject);
  });
  return { client, got };
};

describe('an endpoint', () => {
  it.each([
    ['//', '404 Not Found'],
    ['http://[', '404 Not Found'],
    ['/elsewhere', '404 Not Found'],
    ['/data?since=1', '101 Switching Protocols'],
  ])('answers to whoever asks for %s', async (target, answer) => {
    const output = await open({ path: '/data' });
    const { socket, said } = await line(output);
    socket.write(upgrade(target));
    await until('it answers', () => said().includes(answer) || said().includes('400'));
    expect(said()).toMatch(/^HTTP\/1\.1 (404|400|101)/);
    await receive(output, '/data');
  });

  it.each([
    ['nonsense', 'this is no HTTP\r\n\r\n'],
    ['a handshake without a key', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['a head that never ends', `GET / HTTP/1.1\r\n${`x: ${'y'.repeat(100)}\r\n`.repeat(1000)}`],
    ['a page request', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('outlives %s', async (_, words) => {
    const output = await open();
    const { socket } = await line(output);
    socket.write(words);
    await until('it is over', () => socket.closed || socket.destroyed || socket.bytesRead > 0);
    const { got } = await receive(output);
    await output.feed([1]);
    await until('others are served', () => got.length === 1);
  });

  it('says to a browser what it is', async () => {
    const output = await open();
    const answer = await fetch(`http://127.0.0.1:${portOf(output)}/`);
    expect([answer.status, await answer.text()]).toEqual([426, expect.stringContaining('This is a WebSocket')]);
  });

  it('ends whoever sends frames that are too large, or no frames at all', async () => {
    const output = await open();
    const large = await receive(output);
    const closed = new Promise((resolve) => large.client.once('close', resolve));
    large.client.send('x'.repeat(100_000));
    expect(await closed).toBe(1009);
    const { socket } = await line(output);
    socket.write(upgrade('/'));
    await until('it is a receiver', () => output.facts()['receivers'] === 1);
    socket.write(Buffer.alloc(1000, 0xff));
    await until('it is ended', () => output.facts()['receivers'] === 0);
  });

  it('does not pile up answers for one that asks and never reads', async () => {
    const output = await open();
    const { socket } = await line(output);
    socket.write(upgrade('/'));
    await until('it is a receiver', () => output.facts()['receivers'] === 1);
    socket.pause();
    const ping = Buffer.concat([Buffer.from([0x89, 0x80 | 125, 0, 0, 0, 0]), Buffer.alloc(125)]);
    const many = Buffer.concat(Array.from({ length: 1000 }, () => ping));
    for (let n = 0; n < 100 && !socket.destroyed; n += 1)
      await new Promise<void>((resolve) => socket.write(many, () => resolve()));
    const waiting = (output.facts()['far_sides'] as { waiting_bytes: number }[])[0]?.waiting_bytes ?? 0;
    expect(waiting).toBeLessThan(256 * 1024);
  });

  it('refuses more than it may have, and takes others when one leaves', async () => {
    const output = await open({ max_receivers: 2 });
    const [first] = [await receive(output), await receive(output)];
    await expect(receive(output)).rejects.toThrow('503');
    first.client.close();
    await until('there is room', () => output.facts()['receivers'] === 1);
    await receive(output);
  });

  it.runIf(process.platform === 'linux')('leaves some to others, however many come from one address', async () => {
    const output = await open({ max_receivers: 8 });
    const from = async (localAddress: string) => {
      const client = new WebSocket(`ws://127.0.0.1:${portOf(output)}/`, { localAddress });
      ended.push(() => client.terminate());
      return new Promise<WebSocket>((resolve, reject) => {
        client.once('open', () => resolve(client));
        client.once('error', reject);
      });
    };
    const [first] = await Promise.all(Array.from({ length: 7 }, async () => from('127.0.0.1')));
    await expect(from('127.0.0.1')).rejects.toThrow('503');
    const crowded =
      'waiting: receivers at 127.0.0.1 are refused: 7 are connected from there, the most that "max_per_address" allows';
    expect([output.reports.at(-1), output.facts()['last_refusal'], output.facts()['refused']]).toEqual([
      crowded,
      '127.0.0.1: as many are connected from this address as may be',
      1,
    ]);
    await from('127.0.0.2');
    await expect(from('127.0.0.3')).rejects.toThrow('503');
    first!.close();
    await until('it says that all is well', () => output.reports.at(-1)!.startsWith('running'));
    await from('127.0.0.1');
  });

  it('refuses pages from elsewhere, and takes those that are named', async () => {
    const output = await open({ allowed_origins: ['https://control.example'] });
    await expect(receive(output, '/', { origin: 'https://evil.example' })).rejects.toThrow('403');
    await receive(output, '/', { origin: 'https://control.example' });
  });

  it('ends those that do not answer any more', async () => {
    const output = await open({ ping_interval: '50ms' });
    const { socket } = await line(output);
    socket.write(upgrade('/'));
    await until('it is a receiver', () => output.facts()['receivers'] === 1);
    const { got } = await receive(output);
    await until('only the other one is left', () => output.facts()['receivers'] === 1);
    await output.feed(['still here']);
    await until('it is served', () => got.length === 1);
  });

  it('serves many at once', async () => {
    const output = await open();
    const all = await Promise.all(Array.from({ length: 200 }, async () => receive(output)));
    await output.feed(Array.from({ length: 50 }, (_, n) => n));
    await until('all have all', () => all.every(({ got }) => got.length === 50));
    expect((output.facts()['far_sides'] as unknown[]).length).toBe(20);
    expect(output.facts()['receivers']).toBe(200);
  });

  it('says good-bye, and is gone', async () => {
    const output = await open();
    const { client } = await receive(output);
    const left = new Promise((resolve) => client.once('close', resolve));
    const port = portOf(output);
    await output.close();
    expect(await left).toBe(1001);
    const again = rehearse(websocketOutput, { host: '127.0.0.1', port });
    await again.open();
    await again.close();
  });

  it('says in a sentence that its port is taken', async () => {
    const port = portOf(await open());
    const second = rehearse(websocketOutput, { host: '127.0.0.1', port });
    await expect(second.open()).rejects.toThrow(`port ${port} is used by another program`);
    await second.close();
  });
});

it.each([
  [undefined, 'a:9000', [], true],
  ['http://a:8080', 'a:9000', [], true],
  ['http://localhost:8080', 'b:9000', [], true],
  ['http://evil.example', 'a:9000', [], false],
  ['http://a.evil.example', 'a:9000', [], false],
  ['null', 'a:9000', [], false],
  ['http://evil.example', undefined, [], false],
  ['http://evil.example', 'a:9000', ['*'], true],
])('a page of %s on host %s may listen where %j are allowed: %s', (origin, host, allowed, expected) =>
  expect(isAllowedOrigin({ origin, host }, allowed)).toBe(expected),
);

it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])(
  'a text of %i bytes is a frame that others read',
  async (size) => {
    const output = await open();
    const { got } = await receive(output);
    const text = 'x'.repeat(size);
    await output.feed([text]);
    await until('it is there', () => got.length === 1);
    expect(JSON.parse(got[0]!)).toBe(text);
    expect(textFrames([text]).length).toBe(size + (size < 126 ? 2 : size < 65_536 ? 4 : 10));
  },
);

it.each([
  ['/data', '/data', true],
  ['/data', '/data/', true],
  ['/data/', '/data', true],
  ['/data', '/data?x=1', true],
  ['/data', '/data/?x=1#y', true],
  ['/data', '/d%61ta', true],
  ['/d%61ta', '/data', true],
  ['/data', 'http://a:9000/data', true],
  ['/', '', true],
  ['/', '//', true],
  ['/', '/?token=1', true],
  ['/data', '/', false],
  ['/data', '/data/more', false],
  ['/data', '/Data', false],
  ['/data', '/%', false],
  ['/data', 'data', false],
])('the path %s is where %s leads: %s', (path, target, expected) => expect(samePath(target, path)).toBe(expected));
