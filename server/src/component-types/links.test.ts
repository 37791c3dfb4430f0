import { FarSide } from '@semstreams/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { rehearse, type Rehearsal, until } from '../component-kit/testing/rehearsal.ts';
import { connectionTrial, numbered } from '../engine/connection-trial.ts';
import { MemoryLog } from '../engine/memory-log.ts';
import type { Batch } from '../engine/message.ts';
import { websocketInput } from './inputs/websocket-input/websocket-input.component.ts';
import { websocketOutput } from './outputs/websocket-output/websocket-output.component.ts';

/** Two locations: a `websocket_output` behind a guaranteed connection, and one `websocket_input` or several. */
const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

interface Sending {
  readonly output: Rehearsal;
  readonly trial: ReturnType<typeof connectionTrial>;
  readonly port: () => number;
  /** Appends messages, a block each. */
  send(from: number, to: number): Promise<void>;
  stop(): Promise<void>;
}

const sending = async (config: object = {}, log = new MemoryLog()): Promise<Sending> => {
  const trial = connectionTrial(log);
  const output = rehearse(
    websocketOutput,
    { host: '127.0.0.1', port: 0, ...config },
    { isKept: true, followed: [trial.followers] },
  );
  await output.open();
  void trial
    .deliver(async (batch) => void (await output.feed(batch.map(({ payload }) => payload))), 16)
    .catch(() => undefined);
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await output.close();
    await trial.stop();
  };
  ended.push(stop);
  return {
    output,
    trial,
    port: () => Number(output.facts()['listening']),
    async send(from, to) {
      for (let n = from; n < to; n += 1) await trial.connection.append(numbered(n, n + 1));
    },
    stop,
  };
};

const receiving = async (
  config: object,
  world: { readonly emit?: (batch: Batch) => Promise<void>; readonly instance?: string } = {},
): Promise<Rehearsal & { readonly stop: () => Promise<void> }> => {
  const input = rehearse(websocketInput, config, world);
  await input.open();
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (!isStopped) await input.close();
    isStopped = true;
  };
  ended.push(stop);
  return { ...input, stop };
};

const at = ({ port }: Sending): string => `ws://127.0.0.1:${port()}`;
const numbers = (from: number, to: number): number[] => numbered(from, to).map(({ payload }) => payload as number);
const has = async (input: Rehearsal, count: number): Promise<void> =>
  until(`${count} are there`, () => input.emitted.length >= count);
/** What an end has reported with these words in it. */
const said = (end: Rehearsal, words: string): string | undefined =>
  end.reports.find((report) => report.includes(words));
const farSides = (end: Rehearsal): readonly Record<string, unknown>[] =>
  end.facts()['far_sides'] as readonly Record<string, unknown>[];
const product = expect.stringMatching(/^SemStreams v\d/) as string;
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string;

describe('a link', () => {
  it('carries messages in order, with their ids, times and headers, and forgets what is safe', async () => {
    const a = await sending();
    await a.send(0, 3);
    const b = await receiving({ url: at(a), name: 'b' });
    await a.send(3, 5);
    await has(b, 5);
    expect(b.payloads()).toEqual(numbers(0, 5));
    expect(b.emitted.map(({ id, time }) => [id, time])).toEqual(numbered(0, 5).map(({ id, time }) => [id, time]));
    await expect.poll(() => a.trial.kept().messages).toBe(0);
    const [b1] = farSides(a.output);
    expect(farSides(a.output)).toEqual([
      {
        ...{ name: 'b', speaks: 'link', product, is_there: true, since: moment, sentence: 'up to date' },
        ...{ waiting: 0, waiting_bytes: 0, missed: 0, delay_ms: expect.any(Number) },
      },
    ]);
    expect(FarSide.parse(b1)).toEqual(b1);
  });

  it('is safe when the flow over there has it, and not before', async () => {
    const a = await sending();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    await receiving({ url: at(a), name: 'b' }, { emit: async () => gate });
    await a.send(0, 3);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(a.trial.kept().messages).toBe(3);
    open();
    await expect.poll(() => a.trial.kept().messages).toBe(0);
  });

  it('says how far one is behind that is there', async () => {
    const a = await sending();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    await receiving({ url: at(a), name: 'b' }, { emit: async () => gate });
    await a.send(0, 3);
    await until('it is behind', () =>
      /^running: 1 receiver; "b" is \d+ d.* behind, and comes no nearer$/.test(a.output.reports.at(-1) ?? ''),
    );
    expect(farSides(a.output)).toMatchObject([{ name: 'b', is_there: true, waiting: 3, behind_s: expect.any(Number) }]);
    open();
    await until('it has everything', () => a.output.reports.at(-1) === 'running: 1 receiver');
    expect(farSides(a.output)[0]).not.toHaveProperty('behind_s');
  });

  it('is seen alike from both sides: who is there, since when, how far behind, and how long a block takes', async () => {
    const a = await sending({ ping_interval: '300ms' });
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    await a.send(0, 3);
    const b = await receiving({ url: at(a), name: 'b' }, { emit: async () => gate });
    ended.push(open);
    await until('b knows that it is behind', () => farSides(b)[0]?.['behind_s'] !== undefined);
    const [seenFromB] = farSides(b);
    expect(seenFromB).toEqual({
      ...{ name: 'rehearsal.tested@rehearse', speaks: 'link', product, is_there: true, since: moment },
      ...{ sentence: expect.stringMatching(/^\d+ d.* behind, and comes no nearer$/), behind_s: expect.any(Number) },
      ...{ waiting: 3, waiting_bytes: expect.any(Number) },
    });
    expect(FarSide.parse(seenFromB)).toEqual(seenFromB);
    expect(b.reports.at(-1)).toMatch(/^running: Connected to ws:.*; \d+ d.* behind, and comes no nearer$/);
    await until('a says the same', () => farSides(a.output)[0]?.['sentence'] === seenFromB!['sentence']);
    open();
    await until('b knows that it has everything', () => farSides(b)[0]?.['waiting'] === 0);
    expect(farSides(b)).toMatchObject([{ sentence: 'up to date', delay_ms: expect.any(Number) }]);
    expect(b.reports.at(-1)).toBe(`running: Connected to ${at(a)}`);
  });

  it('shows since when one is away, and those without a name by their address', async () => {
    const a = await sending();
    const b = await receiving({ url: at(a), name: 'b' });
    await until('b is there', () => farSides(a.output)[0]?.['is_there'] === true);
    const { since } = farSides(a.output)[0]!;
    await b.stop();
    const plain = await receiving({ url: at(a), link: 'never' });
    await until('b is away', () => farSides(a.output).length === 2 && farSides(a.output)[0]!['is_there'] === false);
    expect(farSides(a.output)).toMatchObject([
      {
        name: 'b',
        is_there: false,
        since: moment,
        sentence: expect.stringMatching(/^away, \d+ messages wait for it, forgotten in 7 d$/),
      },
      { name: expect.stringMatching(/^127.0.0.1:\d+$/), speaks: 'plain', is_there: true, since: moment, missed: 0 },
    ]);
    expect(Date.parse(farSides(a.output)[0]!['since'] as string)).toBeGreaterThanOrEqual(Date.parse(since as string));
    await until('the plain one knows where it is', () => farSides(plain).length === 1);
    expect(farSides(plain)).toMatchObject([{ name: at(a), speaks: 'plain', sentence: 'sends plain frames' }]);
  });

  it('goes on where it stopped: once, whichever side was away', async () => {
    const log = new MemoryLog();
    const a = await sending({}, log);
    const b = await receiving({ url: at(a), name: 'b' });
    await a.send(0, 20);
    await has(b, 10);
    await b.stop();
    await a.send(20, 40);
    const had = b.payloads();
    await expect.poll(() => a.output.reports.at(-1)).toMatch(/"b" is away: \d+ messages wait for it, forgotten in 7 d/);
    const again = await receiving({ url: at(a), name: 'b' });
    await has(again, 40 - had.length);
    expect([...had, ...again.payloads()]).toEqual(numbers(0, 40));
    const port = a.port();
    await a.stop();
    const anew = await sending({ port }, log);
    await anew.send(40, 50);
    await has(again, 50 - had.length);
    expect([...had, ...again.payloads()]).toEqual(numbers(0, 50));
  });

  it('reaches each receiver by itself: one that is away, or hangs, holds up nobody', async () => {
    const a = await sending();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const away = await receiving({ url: at(a), name: 'away' });
    await a.send(0, 1);
    await has(away, 1);
    await away.stop();
    const hanging = await receiving({ url: at(a), name: 'hanging' }, { emit: async () => gate });
    const present = await receiving({ url: at(a), name: 'present' });
    await a.send(1, 100);
    await until('it has the newest', () => present.emitted.at(-1)?.payload === 99);
    open();
    const back = await receiving({ url: at(a), name: 'away' });
    await has(back, 99);
    await until('the one that hung has the newest', () => hanging.emitted.at(-1)?.payload === 99);
    expect(back.payloads()).toEqual(numbers(1, 100));
    expect([present, hanging].map(({ payloads }) => payloads().filter((n) => n !== 0))).toEqual([
      numbers(1, 100),
      numbers(1, 100),
    ]);
  });

  it('brings what comes first and the gap beside it, each once, where that is the order of catching up', async () => {
    const log = new MemoryLog();
    const a = await sending({ catch_up: 'newest_first', catch_up_rate: 50 }, log);
    const first = await receiving({ url: at(a), name: 'b' });
    await until('it is connected', () => a.output.facts()['receivers'] === 1);
    await first.stop();
    await a.send(0, 200);
    const b = await receiving({ url: at(a), name: 'b' });
    await until('it is connected', () => a.output.facts()['receivers'] === 1);
    await a.send(200, 210);
    await until('it has the newest', () => b.emitted.some(({ payload }) => payload === 209));
    const early = b.payloads() as number[];
    expect(early.filter((n) => n >= 200)).toEqual(numbers(200, 210));
    expect(early.length).toBeLessThan(200);
    const port = a.port();
    await a.stop();
    const anew = await sending({ catch_up: 'newest_first', port }, log);
    await has(b, 210);
    await expect.poll(() => anew.trial.kept().messages).toBe(0);
    const all = b.payloads() as number[];
    expect([all.filter((n) => n < 200), all.filter((n) => n >= 200)]).toEqual([numbers(0, 200), numbers(200, 210)]);
  });

  it('sends what is urgent before what waits of others', async () => {
    const alarms = connectionTrial(new MemoryLog(), { from: 'alarms' });
    const others = connectionTrial(new MemoryLog(), { from: 'others' });
    for (let n = 0; n < 300; n += 1) await others.connection.append(numbered(n, n + 1));
    for (let n = 1000; n < 1020; n += 1) await alarms.connection.append(numbered(n, n + 1));
    const config = { host: '127.0.0.1', port: 0, urgent: ['alarms'] };
    const followed = [others.followers, alarms.followers];
    const output = rehearse(websocketOutput, config, { isKept: true, followed });
    await output.open();
    ended.push(() => output.close());
    const b = await receiving({ url: `ws://127.0.0.1:${String(output.facts()['listening'])}`, name: 'b' });
    await has(b, 320);
    const all = b.payloads() as number[];
    expect(all.indexOf(1019)).toBeLessThan(60);
    expect(all.filter((n) => n < 1000)).toEqual(numbers(0, 300));
    await Promise.all([alarms.stop(), others.stop()]);
  });

  it.each(['none', 'deflate'])('packs as it is asked to: %s', async (compression) => {
    const a = await sending();
    const b = await receiving({ url: at(a), name: 'b', compression });
    await a.trial.connection.append(numbered(0, 1000));
    await has(b, 1000);
    expect(b.payloads()).toEqual(numbers(0, 1000));
  });

  it('begins with what comes, or with the newest, where it is asked to', async () => {
    const a = await sending();
    await a.trial.connection.append(numbered(0, 10));
    const all = await receiving({ url: at(a), name: 'all' });
    const last = await receiving({ url: at(a), name: 'last', start_with: 'last', last: 3 });
    const none = await receiving({ url: at(a), name: 'new', start_with: 'new' });
    await until('all are connected', () => a.output.facts()['receivers'] === 3);
    await has(last, 3);
    await a.send(10, 12);
    await Promise.all([has(all, 12), has(last, 5), has(none, 2)]);
    expect([all, last, none].map(({ payloads }) => payloads())).toEqual([
      numbers(0, 12),
      numbers(7, 12),
      numbers(10, 12),
    ]);
  });

  it('is dialled by the sender where nobody can reach it', async () => {
    const b = await receiving({ listen_port: 0, listen_host: '127.0.0.1', name: 'b' });
    const a = await sending({ dial: `ws://127.0.0.1:${String(b.facts()['listening'])}` });
    await a.send(0, 20);
    await has(b, 20);
    expect(b.payloads()).toEqual(numbers(0, 20));
    expect(b.reports.at(-1)).toBe('running: 1 sender');
    await expect.poll(() => a.trial.kept().messages).toBe(0);
    expect(farSides(a.output)).toMatchObject([{ name: 'b', is_there: true }]);
  });

  it('has one receiver under a name: another installation is refused, on both sides with the reason', async () => {
    const a = await sending();
    const first = await receiving({ url: at(a), name: 'b' }, { instance: 'one' });
    await until('it is connected', () => a.output.facts()['receivers'] === 1);
    const second = await receiving({ url: at(a), name: 'b' }, { instance: 'two' });
    const sentence = 'another receiver is connected as "b": give it a name of its own';
    await until('it says so', () => second.reports.some((report) => report.includes(`4410 ${sentence}`)));
    await a.send(0, 3);
    await has(first, 3);
    expect([a.output.facts()['last_refused_name'], second.emitted]).toEqual([sentence, []]);
  });

  it('lets in those who show the token and whose name is allowed, and tells the others and us why not', async () => {
    const a = await sending({ token: 'right', allowed_receivers: ['b'] });
    const wrong = await receiving({ url: at(a), name: 'b', token: 'wrong' });
    const other = await receiving({ url: at(a), name: 'c', token: 'right' });
    const right = await receiving({ url: at(a), name: 'b', token: 'right' });
    await a.send(0, 3);
    await has(right, 3);
    await until('they know', () => said(wrong, '401') !== undefined && said(other, '4403') !== undefined);
    await until('a knows both', () => {
      const { last_refusal: one, last_refused_name: name } = a.output.facts();
      return one !== undefined && name !== undefined;
    });
    expect(said(wrong, '401')).toContain('it wants a token, or another one');
    const sentence = '"c" is not one of those that may receive here';
    expect(said(other, '4403')).toContain(sentence);
    expect(a.output.facts()).toMatchObject({
      last_refusal: expect.stringMatching(/^127\.0\.0\.1: a token is needed/) as string,
      last_refused_name: sentence,
    });
  });

  it('is waited for as long as was said, and what waited is counted by name', async () => {
    const a = await sending({ forget_after: '1s' });
    const b = await receiving({ url: at(a), name: 'b' });
    await a.send(0, 2);
    await has(b, 2);
    await b.stop();
    await a.send(2, 7);
    await until('it is forgotten', () => a.output.facts()['forgotten'] !== undefined);
    expect([a.output.facts()['forgotten'], a.trial.gone, farSides(a.output)]).toEqual([{ b: 5 }, { forgotten: 5 }, []]);
  });

  it('is given up where too much waits for it', async () => {
    const a = await sending({ forget_beyond: '1KB' });
    const b = await receiving({ url: at(a), name: 'b' });
    await until('it is connected', () => a.output.facts()['receivers'] === 1);
    await b.stop();
    await a.send(0, 60);
    await until('it is forgotten', () => a.output.facts()['forgotten'] !== undefined);
  });
});

describe('on the port of a link', () => {
  it('a plain client gets a text frame for each message, and what nobody has read waits for the next', async () => {
    const a = await sending();
    const client = new WebSocket(at(a));
    ended.push(() => client.terminate());
    const got: string[] = [];
    client.on('message', (data: Buffer, isBinary) => got.push(`${isBinary} ${data.toString()}`));
    await new Promise((resolve) => client.once('open', resolve));
    const b = await receiving({ url: at(a), name: 'b' });
    await a.send(0, 5);
    await has(b, 5);
    await until('it has all', () => got.length === 5);
    expect(got).toEqual(numbers(0, 5).map((n) => `false ${n}`));
    expect(a.output.facts()['receivers']).toBe(2);
    client.terminate();
    await until('it is gone', () => a.output.facts()['receivers'] === 1);
    await a.send(5, 8);
    await has(b, 8);
    const next = new WebSocket(at(a));
    ended.push(() => next.terminate());
    const later: string[] = [];
    next.on('message', (data: Buffer) => later.push(data.toString()));
    await until('the next has them', () => later.length === 3);
    expect(later).toEqual(['5', '6', '7']);
  });

  it('what waited for anybody is for the first that comes by name, and then waits for nobody else', async () => {
    const a = await sending();
    await a.send(0, 40);
    const b = await receiving({ url: at(a), name: 'b' });
    await has(b, 40);
    await expect.poll(() => a.trial.kept().messages).toBe(0);
    expect(b.payloads()).toEqual(numbers(0, 40));
  });

  it('a plain sender is taken from where it listens', async () => {
    const b = await receiving({ listen_port: 0, listen_host: '127.0.0.1', token: 'right' });
    const url = `ws://127.0.0.1:${String(b.facts()['listening'])}`;
    const headers = { authorization: 'Bearer right' };
    const client = new WebSocket(url, { headers });
    ended.push(() => client.terminate());
    await new Promise((resolve) => client.once('open', resolve));
    client.send('{"n":1}');
    await has(b, 1);
    expect(b.payloads()).toEqual([{ n: 1 }]);
    const stranger = new WebSocket(url);
    const said = await new Promise((resolve) => stranger.once('error', (error) => resolve(error.message)));
    expect(said).toContain('401');
  });

  it('one plain sender too many is refused where it listens, and that is said until there is room', async () => {
    const b = await receiving({ listen_port: 0, listen_host: '127.0.0.1', max_senders: 2, max_per_address: 1 });
    const from = async (localAddress: string) => {
      const client = new WebSocket(`ws://127.0.0.1:${String(b.facts()['listening'])}`, { localAddress });
      ended.push(() => client.terminate());
      return new Promise<WebSocket | string>((resolve) => {
        client.once('open', () => resolve(client));
        client.once('error', ({ message }) => resolve(message));
      });
    };
    const first = (await from('127.0.0.1')) as WebSocket;
    expect(await from('127.0.0.1')).toContain('503');
    expect(b.reports.at(-1)).toBe(
      'waiting: senders at 127.0.0.1 are refused: 1 are connected from there, the most that "max_per_address" allows',
    );
    await from('127.0.0.2');
    expect(await from('127.0.0.3')).toContain('503');
    expect(b.reports.at(-1)).toBe('waiting: senders are refused: 2 are connected, the most that "max_senders" allows');
    expect(b.facts()['refused']).toBe(2);
    first.close();
    await until('it says that all is well', () => b.reports.at(-1) === 'running: 1 sender');
  });

  it('"never" takes plain frames from a SemStreams, too', async () => {
    const a = await sending();
    const b = await receiving({ url: at(a), link: 'never' });
    await a.send(0, 3);
    await has(b, 3);
    await expect.poll(() => a.trial.kept().messages).toBe(0);
    expect(farSides(a.output)).toMatchObject([{ speaks: 'plain' }]);
  });
});
