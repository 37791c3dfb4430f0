import { pbkdf2Sync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SomeFailed } from '../engine/fault.ts';
import { makeCertificates } from '../component-kit/testing/certificates.ts';
import {
  type Listener,
  listenFor,
  type Mosquitto,
  publishLines,
  startMosquitto,
} from '../component-kit/testing/mosquitto.ts';
import { rehearse, type Rehearsal, until } from '../component-kit/testing/rehearsal.ts';
import { mqttInput } from './inputs/mqtt-input/mqtt-input.component.ts';
import { probe } from './inputs/mqtt-input/mqtt-input.probe.ts';
import { mqttOutput } from './outputs/mqtt-output/mqtt-output.component.ts';

/** The components of MQTT with mosquitto and its clients. */
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of opened.splice(0).reverse()) await end();
});
const mosquitto = async (...given: Parameters<typeof startMosquitto>): Promise<Mosquitto> => {
  const started = await startMosquitto(...given);
  opened.push(() => started.end());
  return started;
};
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `{"n":${from + index}}`);
const at = ({ port }: Mosquitto, topic: string, ...more: string[]): string[] => [
  ...['-h', '127.0.0.1', '-p', String(port), '-t', topic],
  ...more,
];

const open = async (config: object, world?: Parameters<typeof rehearse>[2]): Promise<Rehearsal> => {
  const input = rehearse(mqttInput, { topics: ['a/#'], longest_wait: '100ms', ...config }, world);
  opened.push(() => input.close());
  await input.open();
  return input;
};
const runs = ({ reports }: Rehearsal): boolean => reports.at(-1)?.startsWith('running') ?? false;
const subscribed = async (...given: Parameters<typeof open>): Promise<Rehearsal> => {
  const input = await open(...given);
  await until('it is subscribed', () => runs(input));
  return input;
};
const ns = (input: Rehearsal): number[] => input.payloads().map((payload) => (payload as { n: number }).n);
const upTo = (end: number): number[] => Array.from({ length: end }, (_, index) => index);

/** A line of a file of passwords, as mosquitto_passwd writes it. */
const passwordLine = (user: string, password: string): string => {
  const [salt, rounds] = [Buffer.from('twelve bytes'), 101];
  const hash = pbkdf2Sync(password, salt, rounds, 64, 'sha512');
  return `${user}:$7$${rounds}$${salt.toString('base64')}$${hash.toString('base64')}\n`;
};

describe.each(['5', '3.1.1'])('an input by MQTT %s', (protocol) => {
  it.each(['0', '1', '2'])('takes what comes with QoS %s, in order', async (qos) => {
    const broker = await mosquitto();
    const input = await subscribed({ url: broker.url, protocol, qos });
    await publishLines(numbers(0, 200), ...at(broker, 'a/b', '-q', qos));
    await until('all are there', () => input.emitted.length >= 200);
    expect(ns(input)).toEqual(upTo(200));
    expect(input.emitted[0]!.headers).toEqual({ topic: 'a/b' });
    expect(input.facts()).toMatchObject({ connected: true, protocol });
  });

  it('gets what has waited at the broker while it was away, also over a kill of the broker', async () => {
    const broker = await mosquitto();
    const config = { url: broker.url, protocol };
    const before = await subscribed(config);
    await before.close();
    await publishLines(numbers(0, 100), ...at(broker, 'a/b', '-q', '1'));
    await broker.save();
    await broker.kill();
    await broker.start();
    const after = await subscribed(config);
    await until('all are there', () => after.emitted.length >= 100);
    expect(ns(after)).toEqual(upTo(100));
  });

  it('takes again what it had not acknowledged when the broker was killed', async () => {
    const broker = await mosquitto();
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const input = await subscribed({ url: broker.url, protocol }, { emit: async () => held });
    await publishLines(numbers(0, 100), ...at(broker, 'a/b', '-q', '1'));
    await broker.save();
    await broker.kill();
    await broker.start();
    await until('it is back', () => runs(input));
    letGo();
    await until('all are there', () => new Set(ns(input)).size === 100);
    const again = await subscribed({ url: broker.url, protocol, client_id: 'somebody-else' });
    await publishLines(['{"n":100}'], ...at(broker, 'a/b', '-q', '1'));
    await until('the broker goes on', () => again.emitted.length === 1 && ns(input).includes(100));
  });

  it('notices that the broker stands still, says so, and goes on when it moves again', async () => {
    const broker = await mosquitto();
    const input = await subscribed({ url: broker.url, protocol, keep_alive: '1s', timeout: '1s' });
    broker.freeze();
    await until('it says so', () => input.reports.some((report) => report.includes('it does not answer any more')));
    broker.thaw();
    await until('it is back', () => runs(input));
    await publishLines(numbers(0, 10), ...at(broker, 'a/b', '-q', '1'));
    await until('all are there', () => input.emitted.length >= 10);
  });

  it('shares what comes with others of its group', async () => {
    const broker = await mosquitto();
    const config = { url: broker.url, protocol, topics: ['$share/group/a/#'] };
    const one = await subscribed({ ...config, client_id: 'one' });
    const two = await subscribed({ ...config, client_id: 'two' });
    await publishLines(numbers(0, 100), ...at(broker, 'a/b', '-q', '1'));
    await until('all are there', () => one.emitted.length + two.emitted.length >= 100);
    expect([...ns(one), ...ns(two)].sort((a, b) => a - b)).toEqual(upTo(100));
    expect(Math.min(one.emitted.length, two.emitted.length)).toBeGreaterThan(10);
  });

  it('knows what was kept from what comes now', async () => {
    const broker = await mosquitto();
    await publishLines(['{"n":0}'], ...at(broker, 'a/b', '-q', '1', '-r'));
    const [takes, leaves] = await Promise.all([
      subscribed({ url: broker.url, protocol, client_id: 'takes' }),
      subscribed({ url: broker.url, protocol, client_id: 'leaves', retained: 'leave_out' }),
    ]);
    await until('the kept one is there', () => takes.emitted.length === 1);
    await publishLines(['{"n":1}'], ...at(broker, 'a/b', '-q', '1', '-r'));
    await until('the fresh one is there', () => takes.emitted.length === 2 && leaves.emitted.length === 1);
    expect(takes.emitted.map(({ headers }) => headers)).toEqual([{ topic: 'a/b', retained: 'true' }, { topic: 'a/b' }]);
    expect(ns(leaves)).toEqual([1]);
  });
});

describe('a mosquitto that lets in by password and TLS alone', () => {
  const made = makeCertificates();
  const { file } = made;
  let broker: Mosquitto;
  beforeAll(async () => {
    made.authority('ours');
    made.authority('theirs');
    made.signed('server', 'ours');
    made.signed('client', 'ours');
    broker = await startMosquitto(
      [
        'allow_anonymous false',
        'password_file {folder}/passwords',
        'acl_file {folder}/rights',
        `cafile ${file('ours.crt')}`,
        `certfile ${file('server.crt')}`,
        `keyfile ${file('server.key')}`,
      ],
      {
        passwords: passwordLine('me', 'secret'),
        rights: 'user me\ntopic readwrite a/#\n',
      },
    );
  }, 60_000);
  afterAll(async () => {
    await broker.end();
    made.remove();
  });
  const url = (): string => `mqtts://127.0.0.1:${broker.port}`;
  const good = (): Record<string, unknown> => ({
    ...{ url: url(), username: 'me', password: 'secret', ca_file: file('ours.crt') },
  });

  it.each(['5', '3.1.1'])('lets in who has both, by MQTT %s', async (protocol) => {
    const input = await subscribed({ ...good(), protocol });
    await publishLines(
      ['{"n":7}'],
      ...at(broker, 'a/b', '-q', '1', '-u', 'me', '-P', 'secret', '--cafile', file('ours.crt')),
    );
    await until('it is there', () => input.emitted.length === 1);
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'it does not let us in: look at "username" and "password"'],
    ['nobody', { username: '', password: '' }, 'it does not let us in: look at "username" and "password"'],
    ['another authority', () => ({ ca_file: file('theirs.crt') }), 'certificate'],
    ['no TLS', () => ({ url: broker.url, ca_file: '' }), 'it hung up at once: does it want TLS'],
  ])('says why it refuses %s', async (_, more, sentence) => {
    const input = await open({ ...good(), ...(typeof more === 'function' ? more() : more) });
    await until('it says so', () => input.reports.some((report) => report.includes(sentence)));
    expect(input.faults).toEqual([]);
  });

  it('wants to see a certificate, says so, and lets in who shows one', async () => {
    const strict = await mosquitto([
      ...['allow_anonymous true', 'require_certificate true', `cafile ${file('ours.crt')}`],
      ...[`certfile ${file('server.crt')}`, `keyfile ${file('server.key')}`],
    ]);
    const settings = { url: `mqtts://127.0.0.1:${strict.port}`, ca_file: file('ours.crt') };
    const without = await open(settings);
    await until('it says so', () => without.reports.some((report) => report.includes('certificate')));
    await subscribed({ ...settings, cert_file: file('client.crt'), key_file: file('client.key') });
  });

  it('is found by a test of the connection, and what is wrong with it', async () => {
    const { signal } = new AbortController();
    const config = (more = {}) => mqttInput.config.parse({ topics: ['a'], ...good(), ...more }) as never;
    expect(await probe({ config: config(), signal })).toBe(`Connected to ${url()}, which speaks MQTT 5`);
    await expect(probe({ config: config({ password: 'wrong' }), signal })).rejects.toThrow('it does not let us in');
  });
});

it('two with the same client id are told so, and do not fight for ever', async () => {
  const broker = await mosquitto();
  const config = { url: broker.url, client_id: 'twin', longest_wait: '10s' };
  const one = await subscribed(config);
  await open(config);
  await until('it says so', () => one.reports.some((report) => report.includes('another client')));
  expect(one.facts()).toMatchObject({ connected: false, taken_over: 1 });
});

describe.each(['5', '3.1.1'])('an output by MQTT %s', (protocol) => {
  const publisher = async (config: object): Promise<Rehearsal> => {
    const output = rehearse(mqttOutput, { topic: 'a/b', longest_wait: '100ms', protocol, ...config });
    opened.push(() => output.close());
    await output.open();
    return output;
  };
  const listener = async (...options: readonly string[]): Promise<Listener> => {
    const listening = await listenFor(...options);
    opened.push(() => listening.end());
    return listening;
  };

  it.each(['0', '1', '2'])('publishes with QoS %s to where its messages say, in order', async (qos) => {
    const broker = await mosquitto();
    const others = await listener(...at(broker, 'a/#', '-q', '2', '-F', '%t %q %p'));
    const output = await publisher({ url: broker.url, qos, topic: 'a/{n}' });
    await output.feed(upTo(100).map((n) => ({ n })));
    await until('all are there', () => others.lines().length >= 100);
    expect(others.lines()).toEqual(upTo(100).map((n) => `a/${n} ${qos} {"n":${n}}`));
  });

  it('has the last one kept, and its last will published when it is gone', async () => {
    const broker = await mosquitto();
    const output = await publisher({
      url: broker.url,
      retained: true,
      will_topic: 'a/state',
      online_payload: 'online',
    });
    await output.feed([{ n: 1 }, { n: 2 }]);
    const others = await listener(...at(broker, 'a/#', '-F', '%t %r %p'));
    await until('what was kept is there', () => others.lines().length === 2);
    expect([...others.lines()].sort()).toEqual(['a/b 1 {"n":2}', 'a/state 1 online']);
    await output.close();
    await until('it is said that it is gone', () => others.lines().includes('a/state 0 offline'));
  });

  it('says why a message is refused, and publishes the others', async () => {
    const broker = await mosquitto(['allow_anonymous true', 'max_packet_size 500', 'acl_file {folder}/rights'], {
      rights: 'topic read $SYS/#\ntopic readwrite a/#\n',
    });
    const others = await listener(...at(broker, 'a/#', '-q', '1', '-F', '%p'));
    const output = await publisher({ url: broker.url, topic: '{topic}', longest_wait: '10ms' });
    const large = { topic: 'a/b', text: 'x'.repeat(500) };
    const thrown: unknown = await output
      .feed([{ topic: 'a/b' }, { topic: 'b' }, large, { topic: 'a/c' }])
      .catch((cause: unknown) => cause);
    // 3.1.1 has no word for what is not allowed
    const expected = protocol === '5' ? [1, 2] : [2];
    expect([...(thrown as SomeFailed).failed.keys()].sort()).toEqual(expected);
    await until('the others are there', () => new Set(others.lines()).size === 2);
  });

  it('waits while the broker stands still, is ended or is killed, and goes on', async () => {
    const broker = await mosquitto();
    const output = await publisher({ url: broker.url, keep_alive: '1s', timeout: '1s' });
    await output.feed([{ n: 0 }]);
    broker.freeze();
    const whileFrozen = output.feed(upTo(50).map((n) => ({ n })));
    await until('it says so', () => output.reports.at(-1)!.startsWith('waiting'));
    broker.thaw();
    await whileFrozen;
    for (const end of [broker.kill, broker.stop]) {
      await end();
      const whileAway = output.feed([{ n: 1 }]);
      await until('it says so', () => output.reports.at(-1)!.startsWith('waiting'));
      await broker.start();
      await whileAway;
    }
    expect(output.faults).toEqual([]);
  });
});
