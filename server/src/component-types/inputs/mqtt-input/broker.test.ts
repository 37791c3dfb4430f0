import { afterEach, describe, expect, it } from 'vitest';
import { generate } from 'mqtt-packet';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import {
  cmds,
  ids,
  obliging,
  publish,
  type Script,
  type ScriptedBroker,
  startScriptedBroker,
} from '../../../component-kit/testing/scripted-broker.ts';
import { mqttInput } from './mqtt-input.component.ts';
import { probe } from './mqtt-input.probe.ts';
import { mqttInputDefinition } from './mqtt-input.definition.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of opened.splice(0).reverse()) await end();
});

const broker = async (script?: Script): Promise<ScriptedBroker> => {
  const started = await startScriptedBroker(script);
  opened.push(() => started.end());
  return started;
};
type World = Parameters<typeof rehearse>[2];
const open = async (url: string, config: object = {}, world?: World): Promise<Rehearsal> => {
  const rehearsal = rehearse(mqttInput, { url, topics: ['a/#'], longest_wait: '50ms', ...config }, world);
  opened.push(() => rehearsal.close());
  await rehearsal.open();
  return rehearsal;
};
const subscribed = async (url: string, config: object = {}, world?: World): Promise<Rehearsal> => {
  const rehearsal = await open(url, config, world);
  await until('it is subscribed', () => rehearsal.reports.some((report) => report.startsWith('running')));
  return rehearsal;
};
describe('a broker', () => {
  it('is asked to keep a session, in words of its version', async () => {
    const there = await broker();
    await subscribed(there.url, { session_expiry: '1h', username: 'me', password: 'secret', client_id: 'here' });
    expect(there.got[0]).toMatchObject({
      ...{ cmd: 'connect', protocolVersion: 5, clean: false, clientId: 'here', username: 'me', keepalive: 30 },
      ...{ password: Buffer.from('secret'), properties: { sessionExpiryInterval: 3600, receiveMaximum: 4096 } },
    });
    const none = await broker();
    await subscribed(none.url, { session_expiry: '0s', protocol: '3.1.1' });
    expect(none.got[0]).toMatchObject({ protocolVersion: 4, clean: true, clientId: 'rehearsal.tested@rehearse' });
  });

  it('that speaks 3.1.1 alone is spoken to in 3.1.1', async () => {
    const there = await broker((packet, line) =>
      packet.cmd === 'connect' && packet.protocolVersion === 5
        ? [{ cmd: 'connack', sessionPresent: false, reasonCode: 0x84, returnCode: 1 }]
        : obliging(packet, line),
    );
    const input = await subscribed(there.url);
    expect(input.facts()).toMatchObject({ protocol: '3.1.1' });
  });

  it.each([
    ['says so as old brokers do', () => Buffer.from([0x20, 2, 0, 1])],
    ['hangs up without a word', () => undefined],
  ])('that knows no 5 and %s is spoken to in 3.1.1', async (_, answer) => {
    const there = await broker((packet, line) => {
      if (packet.cmd !== 'connect' || packet.protocolVersion !== 5) return obliging(packet, line);
      const bytes = answer();
      if (bytes) there.write(bytes);
      else there.cut();
      return [];
    });
    const input = await subscribed(there.url);
    expect(input.facts()).toMatchObject({ protocol: '3.1.1' });
  });

  it('that sends the same for ever before it gets an answer is cut off', async () => {
    const there = await broker();
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const input = await subscribed(there.url, { qos: '2' }, { emit: async () => held });
    const same = generate(publish(1, '1', { qos: 2 }), { protocolVersion: 5 });
    there.write(Buffer.concat(Array.from({ length: 70_000 }, () => same)));
    await until('it says so', () => input.reports.some((report) => report.includes('it sent more at once')));
    letGo();
  });

  it.each([
    [0x86, 5, 'it does not let us in: look at "username" and "password"'],
    [0x87, 5, 'it does not let us in: look at "username" and "password"'],
    [0x85, 5, 'it does not take this client id: give another one as "client_id"'],
    [0x8a, 5, 'it has banned this client'],
    [0x84, 5, 'it does not speak this version of MQTT: set "protocol"'],
    [4, 4, 'it does not let us in: look at "username" and "password"'],
    [2, 4, 'it does not take this client id: give another one as "client_id"'],
    [3, 4, 'it is not available now'],
    [99, 4, 'it answered 99'],
  ])('that answers %i to version %i is said why', async (code, version, sentence) => {
    const there = await broker(() => [
      { cmd: 'connack', sessionPresent: false, ...(version === 5 ? { reasonCode: code } : { returnCode: code }) },
    ]);
    const input = await open(there.url, { protocol: version === 5 ? '5' : '3.1.1' });
    await until('it says so', () => input.reports.some((report) => report.includes(`: ${sentence}; tried again in`)));
    await until('it tries again', () => there.lines() > 2);
  });

  it('that refuses a subscription is asked again, and the others go on', async () => {
    let isAllowed = false;
    const there = await broker((packet, line) =>
      packet.cmd === 'subscribe'
        ? [
            {
              ...{ cmd: 'suback', messageId: packet.messageId! },
              granted: packet.subscriptions.map(({ topic }) => (topic === 'secret' && !isAllowed ? 0x87 : 1)),
            },
          ]
        : obliging(packet, line),
    );
    const input = await open(there.url, { topics: ['a/#', 'secret'] });
    const sentence = `waiting: ${there.url} refuses the subscription to "secret": it does not allow it`;
    await until('it says so', () => input.reports.includes(sentence));
    there.send(publish(1, '1'));
    await until('the other goes on', () => input.emitted.length === 1);
    isAllowed = true;
    await until('it is subscribed', () => input.reports.at(-1) === `running: Subscribed at ${there.url}`);
  });

  it('that grants less than is asked for is said', async () => {
    const there = await broker((packet, line) =>
      packet.cmd === 'subscribe'
        ? [{ cmd: 'suback', messageId: packet.messageId!, granted: [0] }]
        : obliging(packet, line),
    );
    const input = await subscribed(there.url);
    expect(input.reports.at(-1)).toBe(`running: Subscribed at ${there.url}, with QoS 0, the most that it grants`);
  });

  const silent =
    (...to: string[]): Script =>
    (packet, line) =>
      to.includes(packet.cmd) ? [] : obliging(packet, line);
  it.each([
    ['lets nobody in', silent('connect'), {}, 'there is no answer'],
    ['answers to no subscription', silent('subscribe'), {}, 'it does not answer to a subscription'],
    ['stands still', silent('pingreq'), { keep_alive: '200ms' }, 'it does not answer any more'],
    [
      'begins with something else',
      () => [{ cmd: 'pingresp' as const }],
      {},
      'it does not speak MQTT: is that its port?',
    ],
  ])('that %s is given up and tried again', async (_, script, config, sentence) => {
    const there = await broker(script);
    const input = await open(there.url, { timeout: '300ms', ...config });
    await until('it says so', () => input.reports.some((report) => report.includes(sentence)));
    await until('it tries again', () => there.lines() > 2);
    expect(input.faults).toEqual([]);
  });

  it.each([
    ['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'it sent what is no MQTT'],
    ['a length that never ends', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff]), 'it sent what is no MQTT'],
    ['a huge packet that is no message', Buffer.from([0x90, 0xff, 0xff, 0xff, 0x7f]), 'it sent what is no MQTT'],
    ['a message with QoS 3', Buffer.from([0x36, 0x05, 0, 1, 97, 0, 1]), 'it sent what is no MQTT'],
    ['a topic longer than its message', Buffer.from([0x30, 0x03, 0xff, 0xff, 97]), 'it sent what is no MQTT'],
  ])('that sends %s harms nobody', async (_, bytes, sentence) => {
    const there = await broker();
    const input = await subscribed(there.url);
    there.write(bytes);
    await until('it says so', () => input.reports.some((report) => report.includes(sentence)));
    await until('it is back', () => input.reports.at(-1)!.startsWith('running'));
    there.send(publish(1, '1'));
    await until('it goes on', () => input.emitted.length === 1);
    expect(input.faults).toEqual([]);
  });

  it('that gives the session to another client is said so, and not fought for', async () => {
    const there = await broker();
    const input = await subscribed(there.url, { client_id: 'twin', longest_wait: '300ms' });
    for (let time = 1; time <= 4; time += 1) {
      await until('it is there', () => there.lines() === time && input.reports.at(-1)!.startsWith('running'));
      there.send({ cmd: 'disconnect', reasonCode: 0x8e });
      await until('it says so', () => input.reports.at(-1)!.startsWith('waiting'));
    }
    const [first, ...more] = input.reports.filter((report) => report.includes('another client'));
    expect(first).toContain(
      'another client has connected with the same client id: give each its own "client_id"; this one is "twin"; tried again in 1 s',
    );
    expect(more.at(-1)).toContain('tried again in 3 s');
    expect(input.facts()).toMatchObject({ taken_over: 4 });
  });

  it('of 3.1.1 that cuts the line again and again is asked whether another client is there', async () => {
    const there = await broker();
    const input = await subscribed(there.url, { client_id: 'twin', protocol: '3.1.1' });
    for (let time = 1; time <= 3; time += 1) {
      await until('it is there', () => there.lines() === time && input.reports.at(-1)!.startsWith('running'));
      there.cut();
      await until('it says so', () => input.reports.at(-1)!.startsWith('waiting'));
    }
    expect(input.reports.at(-1)).toContain('is another client there with the same id?');
  });

  it('is told good-bye, after what is safe by then is acknowledged', async () => {
    const there = await broker();
    const input = await subscribed(there.url);
    there.send(publish(1, '1'));
    await until('it is there', () => input.emitted.length === 1);
    await input.close();
    await until('it has heard', () => cmds(there, 'disconnect').length === 1);
    expect(ids(there, 'puback')).toEqual([1]);
  });

  it('is found by a test of the connection, by another client id', async () => {
    const there = await broker();
    const config = mqttInputDefinition.config.parse({ url: there.url, topics: ['a'], client_id: 'here' });
    const { signal } = new AbortController();
    expect(await probe({ config, signal })).toBe(`Connected to ${there.url}, which speaks MQTT 5`);
    expect((there.got[0] as { clientId: string }).clientId).toMatch(/^here-probe-/);
    await there.end();
    await expect(probe({ config, signal })).rejects.toThrow(`${there.url}: nothing listens there`);
  });
});

describe('settings', () => {
  const problems = (config: object): unknown =>
    mqttInputDefinition.config
      .safeParse({ url: 'mqtt://broker', topics: ['a'], ...config })
      .error?.issues.map(({ path, message }) => [path.join('.'), message]);
  it.each([
    [{ url: 'mqtts://broker:8883', ca_file: 'ca.crt' }],
    [{ url: 'ws://broker/mqtt?x=1' }],
    [{ url: 'mqtt://[::1]:1883' }],
    [{ url: 'mqtt://me:${PASSWORD}@broker' }],
    [{ url: 'mqtt://me:100%@broker' }],
  ])('may be %j', (config) => expect(problems(config)).toBeUndefined());
  it.each([
    [{ url: 'broker:1883' }, 'url', 'write an address such as "mqtt://broker:1883"'],
    [{ url: 'http://broker' }, 'url', 'write an address such as'],
    [{ url: 'mqtt://broker:99999' }, 'url', 'write an address such as'],
    [{ url: 'mqtt://broker/a/b' }, 'url', 'leave out what stands behind the port'],
    [{ url: 'mqtt://broker?qos=1' }, 'url', 'leave out what stands behind the port'],
    [{ url: 'mqtt://broker#a' }, 'url', 'an address has no "#" here'],
    [{ ca_file: 'ca.crt' }, 'ca_file', 'this is for TLS'],
    [{ server_name: 'broker' }, 'server_name', 'this is for TLS'],
    [{ protocol: '3.1.1', password: 'secret' }, 'username', 'MQTT 3.1.1 knows no password without a user'],
    [{ topics: [] }, 'topics', ''],
    [{ topics: ['a', 'b/#/c'] }, 'topics.1', '"+" stands for one whole level'],
    [{ topics: ['$share/g'] }, 'topics.0', 'a shared subscription is written'],
    [{ client_id: 'a+' }, 'client_id', 'a client id has no control characters'],
  ])('may not be %j', (config, place, sentence) =>
    expect(problems(config)).toEqual([[place, expect.stringContaining(sentence)]]),
  );
});
