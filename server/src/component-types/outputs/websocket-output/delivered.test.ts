import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import { websocketOutput } from './websocket-output.component.ts';

/** Behind a guaranteed connection: what is delivered, when, and to whom. */
const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

type Place = NonNullable<Parameters<typeof rehearse>[2]>['place'];

const open = async (config: object = {}, place?: Place): Promise<Rehearsal> => {
  const world = { isKept: true, ...(place && { place }) };
  const output = rehearse(websocketOutput, { host: '127.0.0.1', port: 0, ...config }, world);
  await output.open();
  ended.push(() => output.close());
  return output;
};

const receive = async (output: Rehearsal, options: object = {}, path = '/') => {
  const client = new WebSocket(`ws://127.0.0.1:${String(output.facts()['listening'])}${path}`, options);
  const got: number[] = [];
  let pings = 0;
  client.on('message', (data) => got.push(JSON.parse((data as Buffer).toString()) as number));
  client.on('ping', () => (pings += 1));
  client.on('error', () => undefined);
  ended.push(() => client.terminate());
  await new Promise((resolve) => client.once('open', resolve));
  return { client, got, pings: () => pings };
};
/** Hands over a batch; tells whether it is delivered. */
const feed = (output: Rehearsal, payloads: readonly unknown[]) => {
  const fed = { isDone: false, end: Promise.resolve() };
  fed.end = output.feed(payloads).then(
    () => void (fed.isDone = true),
    () => undefined,
  );
  return fed;
};
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
const pause = async (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('what comes by a guaranteed connection', () => {
  it('is delivered when a receiver has read it, and not before', async () => {
    const output = await open();
    const { client, got } = await receive(output);
    client.pause();
    const fed = feed(output, [1, 2]);
    await pause(100);
    expect(fed.isDone).toBe(false);
    client.resume();
    await fed.end;
    expect([fed.isDone, got]).toEqual([true, [1, 2]]);
  });

  it('reaches the next receiver when one hangs and goes away, as well as what came meanwhile', async () => {
    const output = await open();
    const first = await receive(output);
    await feed(output, numbers(0, 500)).end;
    first.client.pause();
    const waiting = Array.from({ length: 10 }, (_, n) => feed(output, numbers(500 + n * 500, 1000 + n * 500)));
    await pause(100);
    expect(waiting.map(({ isDone }) => isDone)).not.toContain(true);
    first.client.terminate();
    const second = await receive(output);
    await Promise.all(waiting.map(({ end }) => end));
    expect([first.got.slice(0, 500), second.got]).toEqual([numbers(0, 500), numbers(500, 5500)]);
  });

  it('reaches whoever connects beside one that hangs', async () => {
    const output = await open();
    (await receive(output)).client.pause();
    const fed = feed(output, [1, 2, 3]);
    await pause(50);
    const { got } = await receive(output);
    await fed.end;
    expect(got).toEqual([1, 2, 3]);
  });

  it('waits for none that has hung for longer than it may', async () => {
    const output = await open({ ping_interval: '100ms' });
    (await receive(output)).client.pause();
    const fed = feed(output, [1]);
    await until('it is given up', () => output.facts()['receivers'] === 0);
    expect(fed.isDone).toBe(false);
    const { got } = await receive(output);
    await fed.end;
    expect(got).toEqual([1]);
  });

  it('goes to all of them, in order, several batches under way', async () => {
    const output = await open();
    const receivers = [await receive(output), await receive(output), await receive(output)];
    await Promise.all(numbers(0, 200).map(async (n) => output.feed(numbers(n * 10, n * 10 + 10))));
    await until('all have all', () => receivers.every(({ got }) => got.length === 2000));
    for (const { got } of receivers) expect(got).toEqual(numbers(0, 2000));
    expect(output.facts()['missed']).toBe(0);
  });

  it('asks a few of many, and the others when those do not answer', async () => {
    const output = await open();
    const receivers: Awaited<ReturnType<typeof receive>>[] = [];
    for (let n = 0; n < 12; n += 1) receivers.push(await receive(output));
    await feed(output, [1]).end;
    await until('the first ones were asked', () => receivers.filter(({ pings }) => pings() > 0).length === 8);
    for (const { client } of receivers.slice(0, 8)) client.pause();
    await feed(output, [2]).end;
    await until('the others have it', () => receivers.slice(8).every(({ got }) => got.length === 2));
  });

  it('believes no answer to what was not asked', async () => {
    const output = await open();
    const { client } = await receive(output, { autoPong: false });
    const fed = feed(output, [1]);
    for (const words of ['block 99', 'block -1', 'block x', 'block ', '']) client.pong(words);
    await pause(50);
    expect([fed.isDone, output.facts()['receivers']]).toEqual([false, 1]);
  });

  it('is handed over to one that answers no pings, where it was told to', async () => {
    const output = await open({ delivered: 'sent', ping_interval: '0s' });
    const { got } = await receive(output, { autoPong: false });
    await feed(output, [1]).end;
    await until('it is there', () => got.length === 1);
    await pause(200);
    expect(output.facts()['receivers']).toBe(1);
  });

  it('comes again after the end only where its answer was not on the way', async () => {
    const output = await open();
    const { client, got } = await receive(output);
    const answered = feed(output, [1]);
    await output.close();
    await answered.end;
    expect([answered.isDone, got, client.readyState === WebSocket.OPEN]).toEqual([true, [1], false]);
  });

  it('says that nobody reads, and that somebody does again', async () => {
    const output = await open();
    const { client } = await receive(output);
    client.pause();
    const fed = feed(output, [1]);
    await until('it says so', () => output.reports.at(-1) === 'waiting: 1 receiver, and nobody reads');
    client.resume();
    await fed.end;
    expect(output.reports.at(-1)).toBe('running: 1 receiver');
  });
});

describe('over a redeploy', () => {
  it('receivers stay, and get what is not delivered yet', async () => {
    const place: Place = {};
    const first = await open({}, place);
    const { client, got } = await receive(first);
    await feed(first, [1]).end;
    client.pause();
    const waiting = feed(first, [2]);
    await first.close();
    expect(waiting.isDone).toBe(false);
    client.resume();
    const second = await open({}, place);
    await feed(second, [2, 3]).end;
    // at least once: what was under way comes again
    expect([
      [1, 2, 3],
      [1, 2, 2, 3],
    ]).toContainEqual(got);
    expect([client.readyState, second.facts()['receivers']]).toEqual([WebSocket.OPEN, 1]);
  });

  it.each([
    ['the path', { path: '/data' }, undefined, 1012],
    ['pages that may listen', { allowed_origins: [] }, { origin: 'https://a.example' }, 1012],
  ])('those who came under what was changed are told to come again: %s', async (_, change, headers, expected) => {
    const place: Place = {};
    const first = await open({ allowed_origins: ['https://a.example'] }, place);
    const { client } = await receive(first, { headers });
    const code = new Promise((resolve) => client.once('close', resolve));
    await first.close();
    await open(change, place);
    expect(await code).toBe(expected);
  });

  it('everybody is told where nobody takes over', async () => {
    const place: Place = {};
    const first = await open({}, place);
    const { client } = await receive(first);
    const code = new Promise((resolve) => client.once('close', resolve));
    await first.close();
    await place.parked!.end();
    expect(await code).toBe(1012);
  });
});

describe('half requests', () => {
  it('lock nobody out, however many they are', async () => {
    const output = await open({ max_receivers: 2 });
    const port = Number(output.facts()['listening']);
    const halves = numbers(0, 1200).map(() => {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '));
      socket.on('error', () => undefined);
      ended.push(() => socket.destroy());
      return socket;
    });
    await until('most are connected', () => halves.filter(({ readyState }) => readyState === 'open').length >= 900);
    const { got } = await receive(output);
    await feed(output, [1]).end;
    expect(got).toEqual([1]);
  });

  it.runIf(process.platform === 'linux')('of one address do not make those of another break off', async () => {
    const output = await open();
    const half = (localAddress: string): Socket => {
      const port = Number(output.facts()['listening']);
      const socket = connect({ port, host: '127.0.0.1', localAddress }, () => socket.write('GET / HTTP/1.1\r\n'));
      socket.on('error', () => undefined);
      ended.push(() => socket.destroy());
      return socket;
    };
    const honest = half('127.0.0.2');
    let said = '';
    honest.on('data', (chunk) => (said += chunk.toString('latin1')));
    await until('it is connected', () => honest.readyState === 'open');
    const others = numbers(0, 1200).map(() => half('127.0.0.1'));
    await until('some had to go', () => others.filter(({ destroyed }) => destroyed).length >= 100);
    honest.write(
      'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await until('it is a receiver', () => said.startsWith('HTTP/1.1 101'));
  });
});
