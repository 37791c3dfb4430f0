import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificates } from '../component-kit/testing/certificates.ts';
import {
  headersOf,
  type NatsClient,
  type NatsServer,
  startNatsServer,
  userKey,
} from '../component-kit/testing/nats-server.ts';
import { rehearse, type Rehearsal, until } from '../component-kit/testing/rehearsal.ts';
import { SomeFailed } from '../engine/fault.ts';
import { Message } from '../engine/message.ts';
import { natsInput } from './inputs/nats-input/nats-input.component.ts';
import { probe as probeInput } from './inputs/nats-input/nats-input.probe.ts';
import { natsOutput } from './outputs/nats-output/nats-output.component.ts';
import { probe as probeOutput } from './outputs/nats-output/nats-output.probe.ts';

/** The components of NATS with a nats-server and its client. */
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of opened.splice(0).reverse()) await end();
});
const server = async (...given: Parameters<typeof startNatsServer>): Promise<NatsServer> => {
  const started = await startNatsServer(...given);
  opened.push(() => started.end());
  return started;
};
const quick = { longest_wait: '100ms', keep_alive: '1s', timeout: '2s' };
const input = async (config: object, world?: Parameters<typeof rehearse>[2]): Promise<Rehearsal> => {
  const opening = rehearse(natsInput, { ...quick, ...config }, world);
  opened.push(() => opening.close());
  await opening.open();
  return opening;
};
const output = async (config: object): Promise<Rehearsal> => {
  const opening = rehearse(natsOutput, { ...quick, subject: 'a', ...config });
  opened.push(() => opening.close());
  await opening.open();
  return opening;
};
const runs = async (component: Rehearsal): Promise<void> =>
  until('it runs', () => component.reports.at(-1)?.startsWith('running') ?? false);
const says = async ({ reports }: Rehearsal, words: string): Promise<void> =>
  until(`it says "${words}", and not ${JSON.stringify(reports.slice(-2))}`, () =>
    reports.some((report) => report.includes(words)),
  );
const ns = (given: Rehearsal): number[] => given.payloads().map((payload) => (payload as { n: number }).n);
const upTo = (end: number, from = 0): number[] => Array.from({ length: end - from }, (_, index) => from + index);
const stream = async ({ manager }: NatsClient, name: string, subjects: string[], more: object = {}): Promise<void> =>
  void (await manager.streams.add({ name, subjects, ...more } as never));
const store = async ({ streams }: NatsClient, from: number, to: number, subject = 'a'): Promise<void> =>
  void (await Promise.all(upTo(to, from).map(async (n) => streams.publish(subject, JSON.stringify({ n })))));
const failuresOf = async (delivered: Promise<unknown>): Promise<Record<string, string>> => {
  const thrown: unknown = await delivered.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (thrown === undefined) return {};
  expect(thrown).toBeInstanceOf(SomeFailed);
  return Object.fromEntries(
    [...(thrown as SomeFailed).failed].map(([at, { name, message }]) => [at, `${name}: ${message}`]),
  );
};

describe('an input by subject', () => {
  it('takes what is published, with its subject and its headers', async () => {
    const there = await server();
    const taking = await input({ url: there.url, subjects: ['a.*', 'b.>'] });
    await runs(taking);
    const { nats } = await there.client();
    nats.publish('a.x', '{"n":0}', { headers: headersOf({ site: 'north' }) });
    nats.publish('b.y.z', '{"n":1}');
    nats.publish('c', '{"n":2}');
    nats.publish('a.x', 'no json');
    nats.publish('a.x', '');
    nats.publish('a.x', '{"n":3}');
    await until('all came', () => taking.emitted.length === 3);
    expect(ns(taking)).toEqual([0, 1, 3]);
    expect(taking.emitted.map(({ headers: each }) => each)).toEqual([
      { site: 'north', subject: 'a.x' },
      { subject: 'b.y.z' },
      { subject: 'a.x' },
    ]);
    expect([taking.invalid.length, taking.drops]).toEqual([1, { empty: 1 }]);
  });

  it('shares by a queue group: each message goes to one', async () => {
    const there = await server();
    const pair = [
      await input({ url: there.url, subjects: ['a'], queue: 'g' }),
      await input({ url: there.url, subjects: ['a'], queue: 'g' }),
    ];
    for (const each of pair) await runs(each);
    const { nats } = await there.client();
    for (const n of upTo(200)) nats.publish('a', JSON.stringify({ n }));
    await until('all came', () => pair.flatMap(ns).length >= 200);
    expect(pair.flatMap(ns).sort((a, b) => a - b)).toEqual(upTo(200));
    for (const each of pair) expect(each.emitted.length).toBeGreaterThan(0);
  });

  it('takes nothing of what NATS and this product say to themselves', async () => {
    const there = await server();
    const taking = await input({ url: there.url, subjects: ['>'] });
    await runs(taking);
    const client = await there.client();
    await stream(client, 'S', ['semstreams.x']);
    client.nats.publish('semstreams.buffer.f.a.out.b.in', '{"n":1}');
    client.nats.publish('$KV.semstreams_flows.a', '{"n":1}');
    client.nats.publish('mine', '{"n":2}');
    await until('mine came', () => taking.emitted.length > 0);
    expect(ns(taking)).toEqual([2]);
    expect(taking.drops['internal']).toBeGreaterThanOrEqual(2);
  });

  it('gives up and counts what comes faster than the flow takes it', async () => {
    const there = await server();
    let open: (() => void) | undefined;
    const shut = new Promise<void>((resolve) => (open = resolve));
    const taking = await input({ url: there.url, subjects: ['a'], format: 'bytes' }, { emit: async () => shut });
    await runs(taking);
    const { nats } = await there.client();
    const large = new Uint8Array(500_000);
    for (let count = 0; count < 300; count += 1) {
      nats.publish('a', large);
      await nats.flush();
    }
    await until('some are dropped', () => (taking.drops['overflow'] ?? 0) > 0);
    open!();
    await until('the others came', () => taking.emitted.length + taking.drops['overflow']! === 300);
  });
});

describe('an input out of a stream', () => {
  const config = { jetstream: true, subjects: ['a'], ack_wait: '1s' };

  it('begins where it is told', async () => {
    const there = await server();
    const client = await there.client();
    await stream(client, 'S', ['a', 'b']);
    await store(client, 0, 3);
    await store(client, 3, 5, 'b');
    // the server's times are finer than those of a text
    const pause = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
    await pause();
    const since = new Date().toISOString();
    await pause();
    await store(client, 5, 6);
    const begin = async (more: object): Promise<Rehearsal> => {
      const taking = await input({ url: there.url, jetstream: true, stream: 'S', ...more });
      await runs(taking);
      return taking;
    };
    const all = await begin({ consumer: 'all' });
    const last = await begin({ consumer: 'last', from: 'last' });
    const each = await begin({ consumer: 'each', from: 'last_per_subject' });
    const timed = await begin({ consumer: 'timed', from: 'time', from_time: since });
    const fourth = await begin({ consumer: 'fourth', from: 'sequence', from_sequence: 4 });
    const fresh = await begin({ consumer: 'fresh', from: 'new' });
    const onlyB = await begin({ consumer: 'b', subjects: ['b'] });
    await store(client, 6, 7);
    await until('all came', () => [all, last, each, timed, fourth, fresh].every((taking) => ns(taking).at(-1) === 6));
    expect([all, last, each, timed, fourth, fresh, onlyB].map(ns)).toEqual([
      ...[upTo(7), [5, 6], [4, 5, 6], [5, 6], [3, 4, 5, 6], [6], [3, 4]],
    ]);
    expect(all.emitted[4]!.headers).toEqual({ subject: 'b', sequence: '5' });
    expect(all.emitted[4]!.position).toMatchObject({ sequence: 5 });
  });

  it('acknowledges what is safe and nothing else, and the next one begins there', async () => {
    const there = await server();
    const client = await there.client();
    await stream(client, 'S', ['a']);
    await store(client, 0, 20);
    let count = 0;
    let end: (() => void) | undefined;
    const never = new Promise<void>((resolve) => (end = resolve));
    const taking = await input(
      { ...config, url: there.url, under_way: 5 },
      { emit: async (batch) => ((count += batch.length) > 5 ? never : undefined) },
    );
    opened.push(() => end!());
    await until('some came', () => taking.emitted.length > 0);
    const [consumer] = await client.manager.consumers.list('S').next();
    const acknowledged = async (): Promise<number> =>
      (await client.manager.consumers.info('S', consumer!.name)).ack_floor.stream_seq;
    const safe = taking.emitted.length;
    for (const deadline = Date.now() + 30_000; (await acknowledged()) < safe;)
      if (Date.now() > deadline) throw new Error('nothing is acknowledged');
    expect(await acknowledged()).toBe(safe);
    // it is gone without a word, as after a cut of the power
    const next = await input({ ...config, url: there.url });
    await until('the others came', () => next.emitted.length >= 20 - safe);
    expect(ns(next)).toEqual(upTo(20, safe));
    expect(taking.emitted[0]!.position!.source).toBe(next.emitted[0]!.position!.source);
  });

  it('goes on in order when the server is killed, or frozen, or hangs up', async () => {
    const there = await server();
    const client = await there.client();
    await stream(client, 'S', ['a']);
    await store(client, 0, 3000);
    const taking = await input(
      { ...config, url: there.url, under_way: 50 },
      { emit: async () => new Promise((resolve) => setTimeout(resolve, 20)) },
    );
    await until('it begins', () => taking.emitted.length > 100);
    await there.kill();
    await there.start();
    const before = taking.emitted.length;
    await until('it goes on', () => taking.emitted.length >= Math.min(before + 100, 3000), 90_000);
    there.freeze();
    await new Promise((resolve) => setTimeout(resolve, 4000));
    there.thaw();
    await until('all came', () => taking.emitted.length >= 3000, 90_000);
    expect(ns(taking)).toEqual(upTo(3000));
  });

  it('takes a message that is larger than all that may be under way', async () => {
    const there = await server();
    const client = await there.client();
    await stream(client, 'S', ['a']);
    for (const n of upTo(5))
      await client.streams.publish('a', JSON.stringify({ n, text: 'x'.repeat(n === 2 ? 500_000 : 10) }));
    const taking = await input({ ...config, url: there.url, under_way_size: '10KB' });
    await until('all came', () => taking.emitted.length === 5);
    expect(ns(taking)).toEqual(upTo(5));
  });

  it.each([
    ['a stream that is not there', { stream: 'NONE', subjects: [] }, 'there is no stream of that name'],
    ['a subject of no stream', { subjects: ['z'] }, 'no stream there keeps "z"'],
  ])('says what is wrong with %s, and reads it when it is there', async (_, more, sentence) => {
    const there = await server();
    const client = await there.client();
    const taking = await input({ ...config, url: there.url, ...more });
    await says(taking, sentence);
    await stream(client, 'NONE', ['z']);
    await store(client, 0, 3, 'z');
    await until('it came', () => taking.emitted.length === 3);
  });

  it('goes on when its consumer is removed, and makes another one', async () => {
    const there = await server();
    const client = await there.client();
    await stream(client, 'S', ['a']);
    const taking = await input({ ...config, url: there.url, consumer: 'mine', from: 'new' });
    await runs(taking);
    await client.manager.consumers.delete('S', 'mine');
    await says(taking, 'was removed at the server');
    await until('it reads again', () => taking.reports.at(-1)!.startsWith('running'));
    await store(client, 0, 3);
    await until('it came', () => taking.emitted.length === 3);
  });

  it('reads no consumer by which messages would be lost', async () => {
    const there = await server();
    const client = await there.client();
    await stream(client, 'S', ['a']);
    await client.manager.consumers.add('S', { durable_name: 'careless', ack_policy: 'none' as never });
    const taking = await input({ ...config, url: there.url, consumer: 'careless' });
    await says(taking, 'takes no acknowledgements');
  });
});

describe('an output', () => {
  it('publishes what messages hold, under the subject and with the headers of each', async () => {
    const there = await server();
    const sending = await output({ url: there.url, subject: 'to.{n}' });
    const { nats } = await there.client();
    const got: [string, string, string | undefined][] = [];
    nats.subscribe('>', {
      callback: (_, each) => void got.push([each.subject, each.string(), each.headers?.get('site')]),
    });
    await nats.flush();
    const message = (n: unknown, headers = {}) => new Message({ n }, 0, 's', 1, headers);
    const failures = await failuresOf(
      sending.deliver([
        message(1, { site: 'north\r\nx: y', 'Nats-Rollup': 'all' }),
        message('a b'),
        message('*'),
        message('a.>'),
        message('a..b'),
        message('\u0000'),
        message(undefined),
        message('deep.er'),
      ]),
    );
    await until('it came', () => got.length === 2);
    expect(got).toEqual([
      ['to.1', '{"n":1}', 'north x: y'],
      ['to.deep.er', '{"n":"deep.er"}', undefined],
    ]);
    expect(failures).toMatchObject({
      1: expect.stringContaining('cannot be published to "to.a b": a subject has no blanks'),
      2: expect.stringContaining('write no "*"'),
      3: expect.stringContaining('write no "*" and no ">"'),
      4: expect.stringContaining('on both sides of each dot'),
      5: expect.stringContaining('InvalidMessage'),
      6: expect.stringContaining('"n" is missing'),
    });
    expect(Object.keys(failures)).toHaveLength(6);
  });

  it.each([true, false])('says which message is larger than the server takes, by a stream: %s', async (jetstream) => {
    const there = await server(['max_payload: 1000']);
    await stream(await there.client(), 'S', ['a']);
    const sending = await output({ url: there.url, jetstream });
    expect(await failuresOf(sending.feed([{ n: 1 }, { text: 'x'.repeat(1000) }, { n: 2 }]))).toEqual({
      1: expect.stringMatching(/^InvalidMessage: it has \d+ bytes with its headers, and the server takes 1000 at most/),
    });
  });

  it('has a stream keep each message once, whatever becomes of the line', async () => {
    const there = await server();
    const client = await there.client();
    await stream(client, 'S', ['a']);
    const sending = await output({ url: there.url, jetstream: true });
    const send = async (from: number): Promise<void> =>
      sending.deliver(
        upTo(from + 500, from).map((n) => new Message({ n }, 0, 's', n).at({ source: 'run.1', sequence: n })),
      );
    const killing = (async () => {
      await there.kill();
      await there.start();
    })();
    for (let from = 0; from < 5000; from += 500) await send(from);
    await killing;
    const cutting = there.kill().then(async () => there.start());
    for (let from = 5000; from < 8000; from += 500) await send(from);
    await cutting;
    await send(7500);
    const taking = await input({ url: there.url, jetstream: true, subjects: ['a'], ack_wait: '1s' });
    await until('all came', () => taking.emitted.length >= 8000);
    expect(ns(taking)).toEqual(upTo(8000));
    expect(sending.facts()['repeated']).toBeGreaterThanOrEqual(500);
  });

  it('waits for the stream that is missing or full, and says so', async () => {
    const there = await server();
    const client = await there.client();
    const sending = await output({ url: there.url, jetstream: true });
    expect(await failuresOf(sending.feed([{ n: 1 }]))).toEqual({
      0: expect.stringContaining('TransientFault: no stream there takes "a": make one'),
    });
    await stream(client, 'S', ['a'], { max_msgs: 1, discard: 'new', max_msg_size: 100 });
    expect(await failuresOf(sending.feed([{ n: 1 }, { text: 'x'.repeat(200) }, { n: 2 }, { n: 3 }]))).toEqual({
      1: 'InvalidMessage: it is larger than the stream takes: raise its "max_msg_size"',
      2: expect.stringContaining('TransientFault: the stream does not take it: '),
      3: expect.stringContaining('TransientFault: the stream does not take it: '),
    });
  });

  it('says what it may not publish', async () => {
    const there = await server([
      'authorization { users = [ { user: u, password: p, permissions: { publish: ["good.>", "$JS.>", "_INBOX.>"], subscribe: ["_INBOX.>"] } } ] }',
    ]);
    const login = { url: there.url, username: 'u', password: 'p' };
    for (const jetstream of [false, true]) {
      const fixed = await output({ ...login, subject: 'bad', jetstream });
      expect(await failuresOf(fixed.feed([{ n: 1 }]))).toEqual({
        0: 'TransientFault: this login may not publish to "bad": give it that right at the server',
      });
    }
    const chosen = await output({ ...login, subject: '{to}' });
    expect(await failuresOf(chosen.feed([{ to: 'good.1' }, { to: 'bad' }, { to: 'good.2' }]))).toEqual({
      1: 'InvalidMessage: this login may not publish to "bad": give it that right at the server',
    });
    const taking = await input({ ...login, subjects: ['bad'] });
    await says(taking, 'this login may not subscribe to "bad"');
  });
});

describe('who logs in', () => {
  it('is let in by a password, a token, a key, and by what stands in the address', async () => {
    const { seed, user } = userKey();
    const there = await server(['authorization { users = [ { user: u, password: "p ä" }, { nkey: ' + user + ' } ] }'], {
      'user.nk': seed,
    });
    const address = there.url.replace('//', `//u:${encodeURIComponent('p ä')}@`);
    for (const login of [
      { url: there.url, username: 'u', password: 'p ä' },
      { url: there.url, credentials_file: join(there.folder, 'user.nk') },
      { url: address },
    ]) {
      const sending = await output(login);
      await sending.feed([{ n: 1 }]);
    }
    const other = await server(['authorization { token: "secret" }']);
    await (await output({ url: other.url, token: 'secret' })).feed([{ n: 1 }]);
    await (await output({ url: other.url.replace('//', '//secret@') })).feed([{ n: 1 }]);
  });

  it('is told why not, and let in when the server takes the login', async () => {
    const there = await server(['authorization { user: u, password: old }']);
    const taking = await input({ url: there.url, subjects: ['a'], username: 'u', password: 'new' });
    await says(taking, 'it does not let this login in: check the user and the password');
    await there.kill();
    await there.start(['authorization { user: u, password: new }']);
    await runs(taking);
    await there.kill();
    await there.start(['authorization { user: u, password: other }']);
    await until('it waits', () => taking.reports.at(-1)!.includes('does not let this login in'));
  });

  it('speaks TLS with an authority of its own, and shows a certificate', async () => {
    const certificates = makeCertificates();
    opened.push(() => certificates.remove());
    certificates.authority('ca');
    certificates.signed('server', 'ca');
    certificates.signed('client', 'ca');
    const file = (name: string): string => certificates.file(name);
    const there = await server([
      `tls { cert_file: "${file('server.crt')}", key_file: "${file('server.key')}", ca_file: "${file('ca.crt')}", verify: true }`,
    ]);
    const url = there.url.replace('nats:', 'tls:');
    const shown = { ca_file: file('ca.crt'), cert_file: file('client.crt'), key_file: file('client.key') };
    await (await output({ url, ...shown })).feed([{ n: 1 }]);
    await (await output({ url: there.url, ...shown })).feed([{ n: 1 }]);
    await says(await output({ url }), 'name the file of that authority in "ca_file"');
    await says(await output({ url, ca_file: file('ca.crt') }), 'certificate');
    const plain = await server();
    await says(await output({ url: plain.url.replace('nats:', 'tls:') }), 'it does not speak TLS: write "nats://"');
  });

  it('names the file that is no key', async () => {
    const there = await server();
    const path = join(there.folder, 'nothing.creds');
    writeFileSync(path, 'nothing');
    await says(
      await output({ url: there.url, credentials_file: path }),
      `the file "${path}" of "credentials_file" holds no key`,
    );
  });
});

describe('a test of the connection', () => {
  const { signal } = new AbortController();
  it('says what is there, and what is missing', async () => {
    const there = await server();
    const client = await there.client();
    await stream(client, 'S', ['a']);
    await store(client, 0, 3);
    const parse = (config: object) => natsInput.config.parse({ ...quick, url: there.url, ...config }) as never;
    const shown = `Connected to ${there.url}, NATS `;
    expect(await probeInput({ config: parse({ subjects: ['a'] }), signal })).toContain(shown);
    expect(await probeInput({ config: parse({ subjects: ['a'], jetstream: true }), signal })).toContain(
      '; the stream "S" holds 3 messages',
    );
    await expect(probeInput({ config: parse({ stream: 'T', jetstream: true }), signal })).rejects.toThrow(
      'there is no stream of that name',
    );
    const out = natsOutput.config.parse({ ...quick, url: there.url, subject: 'a', jetstream: true }) as never;
    expect(await probeOutput({ config: out, signal })).toContain('; the stream "S" keeps "a"');
    const nobody = natsOutput.config.parse({ ...quick, url: 'nats://127.0.0.1:1', subject: 'a' }) as never;
    await expect(probeOutput({ config: nobody, signal })).rejects.toThrow('nats://127.0.0.1:1: nothing listens there');
  });

  it('goes to the next server where one is away', async () => {
    const there = await server();
    const sending = await output({ url: `nats://127.0.0.1:1, ${there.url}` });
    await sending.feed([{ n: 1 }]);
  });
});
