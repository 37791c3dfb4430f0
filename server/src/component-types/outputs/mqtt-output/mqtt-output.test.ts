import type { IConnackPacket, IPublishPacket } from 'mqtt-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import {
  cmds,
  ids,
  obliging,
  type Script,
  type ScriptedBroker,
  startScriptedBroker,
} from '../../../component-kit/testing/scripted-broker.ts';
import { SomeFailed } from '../../../engine/fault.ts';
import { Message } from '../../../engine/message.ts';
import { mqttOutput } from './mqtt-output.component.ts';
import { mqttOutputDefinition } from './mqtt-output.definition.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of opened.splice(0).reverse()) await end();
});
const broker = async (script?: Script): Promise<ScriptedBroker> => {
  const started = await startScriptedBroker(script);
  opened.push(() => started.end());
  return started;
};
const open = async ({ url }: { readonly url: string }, config: object = {}): Promise<Rehearsal> => {
  const output = rehearse(mqttOutput, { url, topic: 'a', longest_wait: '50ms', ...config });
  opened.push(() => output.close());
  await output.open();
  return output;
};
const saysThat = async ({ reports }: Rehearsal, sentence: string): Promise<void> =>
  until(`it says "${sentence}"`, () => reports.some((report) => report.includes(sentence)));
const numbered = (count: number, from = 0): unknown[] =>
  Array.from({ length: count }, (_, index) => ({ n: from + index }));
const publishes = (there: ScriptedBroker): IPublishPacket[] => cmds(there, 'publish') as IPublishPacket[];
const payloads = (there: ScriptedBroker): string[] => publishes(there).map(({ payload }) => payload.toString());
const topics = (there: ScriptedBroker): string[] => publishes(there).map(({ topic }) => topic);

/** What became of each message that did not work, as a kind and a sentence. */
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
const letsIn = (more: Partial<IConnackPacket>): Script => {
  const greeting = { cmd: 'connack', sessionPresent: false, reasonCode: 0, returnCode: 0, ...more } as const;
  return (packet, line) => (packet.cmd === 'connect' ? [greeting] : obliging(packet, line));
};
/** Like another script, but silent to packets of one kind on the first line. */
const silentAtFirst =
  (cmd: string, script: Script = obliging): Script =>
  (packet, line) =>
    packet.cmd === cmd && line === 1 ? [] : script(packet, line);

describe('a message', () => {
  it.each([
    ['0', '5', []],
    ['1', '5', ['puback']],
    ['1', '3.1.1', ['puback']],
    ['2', '5', ['pubrec', 'pubcomp']],
    ['2', '3.1.1', ['pubrec', 'pubcomp']],
  ])('with QoS %s by MQTT %s is finished when all of it is answered', async (qos, protocol, answers) => {
    const there = await broker((packet, line) => (packet.cmd === 'connect' ? obliging(packet, line) : []));
    const output = await open(there, { qos, protocol, retained: true });
    let isFinished = false;
    const delivered = output.feed([{ n: 1 }]).then(() => (isFinished = true));
    await until('it is published', () => publishes(there).length === 1);
    expect(publishes(there)[0]).toMatchObject({ topic: 'a', qos: Number(qos), retain: true, dup: false });
    for (const cmd of answers) {
      expect(isFinished).toBe(false);
      const messageId = publishes(there)[0]!.messageId!;
      if (cmd === 'pubcomp') await until('it is let go', () => cmds(there, 'pubrel').length === 1);
      there.send({ cmd, messageId, reasonCode: 0 } as never);
    }
    await delivered;
    expect(payloads(there)).toEqual(['{"n":1}']);
  });

  it('is one of no more under way than the broker takes', async () => {
    const there = await broker((packet, line) =>
      packet.cmd === 'publish' ? [] : letsIn({ properties: { receiveMaximum: 3 } })(packet, line),
    );
    const output = await open(there);
    const delivered = output.feed(numbered(7));
    for (let first = 0; first < 7; first += 3) {
      await until('as many as may are there', () => publishes(there).length === Math.min(7, first + 3));
      expect(output.facts()).toMatchObject({ under_way: Math.min(3, 7 - first) });
      for (const { messageId = 0 } of publishes(there).slice(first)) there.send({ cmd: 'puback', messageId });
    }
    await delivered;
    expect(payloads(there)).toEqual(numbered(7).map((each) => JSON.stringify(each)));
  });

  it('is published again, in order and before what comes later, where the line ends without its answer', async () => {
    const there = await broker((packet, line) => {
      const isKnown = packet.cmd === 'publish' && ['{"n":0}', '{"n":2}'].includes(String(packet.payload));
      return line === 1 && packet.cmd === 'publish' && !isKnown ? [] : obliging(packet, line);
    });
    const output = await open(there);
    const delivered = output.feed(numbered(5));
    await until('all were published', () => publishes(there).length === 5);
    await until('two are finished', () => output.facts()['under_way'] === 3);
    there.cut();
    await delivered;
    expect(payloads(there).slice(5)).toEqual(['{"n":1}', '{"n":3}', '{"n":4}']);
  });

  it('is never lost and never out of order, wherever lines are cut', async () => {
    let untilCut = 7;
    const there = await broker((packet, line) => {
      untilCut -= 1;
      if (untilCut > 0) return obliging(packet, line);
      untilCut = 4 + ((line * 7) % 40);
      there.break();
      return [];
    });
    const output = await open(there, { qos: '1', longest_wait: '5ms' });
    for (let from = 0; from < 300; from += 30) expect(await failuresOf(output.feed(numbered(30, from)))).toEqual({});
    expect(there.lines()).toBeGreaterThan(5);
    const seen = new Set<string>();
    const firsts = payloads(there).filter((each) => !seen.has(each) && seen.add(each));
    expect(firsts).toEqual(numbered(300).map((each) => JSON.stringify(each)));
  });

  const keeps = (script: Script): Script => {
    return (packet, line) =>
      packet.cmd === 'connect' ? letsIn({ sessionPresent: line > 1 })(packet, line) : script(packet, line);
  };
  it('with QoS 2 keeps its number, and is not published again once the broker has it', async () => {
    const there = await broker(keeps(silentAtFirst('pubrel')));
    const output = await open(there, { qos: '2' });
    const delivered = output.feed(numbered(2));
    await until('both are let go', () => cmds(there, 'pubrel').length === 2);
    there.cut();
    await delivered;
    expect(payloads(there)).toEqual(['{"n":0}', '{"n":1}']);
    expect(ids(there, 'pubrel')).toEqual([1, 2, 1, 2]);
    expect(cmds(there, 'connect')).toMatchObject([{ clean: true }, { clean: false }]);
  });

  it('with QoS 2 is published under the same number where it is not known whether the broker has it', async () => {
    const there = await broker(keeps(silentAtFirst('publish')));
    const output = await open(there, { qos: '2' });
    const delivered = output.feed([{ n: 1 }]);
    await until('it is published', () => publishes(there).length === 1);
    there.cut();
    await delivered;
    expect(publishes(there).map(({ messageId, dup }) => [messageId, dup])).toEqual([
      [1, false],
      [1, true],
    ]);
  });

  it.each([
    [0x87, 'InvalidMessage: the broker refuses it: it does not allow it'],
    [0x90, 'InvalidMessage: the broker refuses it: it takes no such topic'],
    [0x99, 'InvalidMessage: the broker refuses it: the payload is not what it should be'],
    [0x97, 'TransientFault: the broker refuses it: a quota is used up there'],
    [0x80, 'TransientFault: the broker refuses it: it gives no reason'],
  ])('that is refused with %i fails alone', async (reasonCode, sentence) => {
    for (const qos of ['1', '2']) {
      const there = await broker((packet, line) =>
        packet.cmd === 'publish' && String(packet.payload) === '{"n":1}'
          ? [{ cmd: qos === '1' ? 'puback' : 'pubrec', messageId: packet.messageId!, reasonCode }]
          : obliging(packet, line),
      );
      const output = await open(there, { qos });
      expect(await failuresOf(output.feed(numbered(3)))).toEqual({ 1: sentence });
    }
  });

  it('for which the broker ends the line again and again is found, and the others are published', async () => {
    const there = await broker((packet, line) => {
      if (packet.cmd !== 'publish' || String(packet.payload) !== '{"n":2}') return obliging(packet, line);
      there.cut();
      return [];
    });
    const output = await open(there, { protocol: '3.1.1' });
    expect(await failuresOf(output.feed(numbered(5)))).toEqual({
      2: 'InvalidMessage: the broker ended the line each of the 5 times that it was published: it may be too large, or its topic not allowed',
    });
    expect([...new Set(payloads(there))].sort()).toEqual(numbered(5).map((each) => JSON.stringify(each)));
    expect(await failuresOf(output.feed(numbered(3, 10)))).toEqual({});
  });

  it('that is larger than the broker takes is not sent', async () => {
    const there = await broker(letsIn({ properties: { maximumPacketSize: 1000 } }));
    const output = await open(there, { format: 'text' });
    const fits = 1000 - 1 - 2 - 6;
    expect(await failuresOf(output.feed(['x'.repeat(fits), 'x'.repeat(fits + 1)]))).toEqual({
      1: 'InvalidMessage: it has 1001 bytes with its topic, and the broker takes 1000 at most',
    });
    expect(payloads(there)).toEqual(['x'.repeat(fits)]);
  });

  it.each([
    ['text', { text: 'ON' }, 'ON'],
    ['bytes', { data: 'T04=' }, 'ON'],
    ['template', { state: 'ON', t: 21.5 }, 'ON at 21.5'],
  ])('is written as %s', async (format, payload, expected) => {
    const there = await broker();
    const output = await open(there, { format, template: '{state} at {t}' });
    await output.feed([payload]);
    expect(payloads(there)).toEqual([expected]);
  });
});

describe('a topic', () => {
  const message = (payload: unknown, topic = 'b/c'): Message => new Message(payload, 0, 'test', 1, { topic });
  it('holds fields and headers', async () => {
    const there = await broker();
    const output = await open(there, { topic: 'out/{site}/{@header.topic}' });
    await output.deliver([message({ site: 'nörth' }), message({ site: 7 }, 'x')]);
    expect(topics(there)).toEqual(['out/nörth/b/c', 'out/7/x']);
  });

  it.each([
    ['a/{site}', '+', 'a topic to publish to has no "+" and no "#"'],
    ['a/{site}', 'b/#', 'a topic to publish to has no "+" and no "#"'],
    ['a/{site}', 'b\u0000', 'a topic has no control characters'],
    ['a/{site}', 'b\nc', 'a topic has no control characters'],
    ['a/{site}', '\ud800', 'a topic has no control characters'],
    ['a/{site}', 'x'.repeat(65_535), 'a topic has 65535 bytes at most'],
    ['a/{site}', '', 'the field "site" is empty'],
    ['a/{site}', null, 'the field "site" is missing'],
    ['a/{site}', { deep: 1 }, 'the field "site" is no single value'],
    ['{site}/a', '$SYS', 'topics that begin with "$" belong to the broker'],
    ['{site}', '$share/g/a', 'topics that begin with "$" belong to the broker'],
  ])('of %j is none where the field is %j, and the other messages are published', async (topic, site, sentence) => {
    const there = await broker();
    const output = await open(there, { topic });
    const failures = await failuresOf(output.feed([{ site: 'good' }, { site }, { site: 'better' }]));
    expect(failures).toEqual({ 1: expect.stringContaining(sentence) as string });
    expect(publishes(there)).toHaveLength(2);
  });
});

describe('a broker', () => {
  it('that is away is waited for, and a stop does not wait for it', async () => {
    const there = await broker();
    await there.end();
    const output = await open(there);
    const delivered = output.feed([{ n: 1 }]);
    await saysThat(output, 'nothing listens there');
    const stopped = expect(delivered).rejects.toThrow('abort');
    await output.close();
    await stopped;
  });

  it('that takes and never acknowledges is given up, and everything goes by the next line', async () => {
    const there = await broker(silentAtFirst('publish'));
    const output = await open(there, { timeout: '300ms' });
    await output.feed(numbered(3));
    await saysThat(output, 'it does not acknowledge what is published');
    expect(payloads(there).slice(-3)).toEqual(['{"n":0}', '{"n":1}', '{"n":2}']);
  });

  it('that reads nothing more is given up', async () => {
    const there = await broker();
    const output = await open(there, { keep_alive: '300ms', timeout: '300ms', format: 'text', qos: '0' });
    await saysThat(output, 'Publishes at');
    there.stopReading();
    await output.feed(Array.from({ length: 40 }, () => 'x'.repeat(500_000)));
    await until('it came by another line', () => there.lines() > 1);
  });

  it.each([
    ['acknowledges what was never published', { cmd: 'puback', messageId: 9, reasonCode: 0 }],
    ['receives what was never published', { cmd: 'pubrec', messageId: 9, reasonCode: 0 }],
    ['finishes what was never published', { cmd: 'pubcomp', messageId: 9, reasonCode: 0 }],
    ['publishes to it', { cmd: 'publish', topic: 'x', payload: 'y', qos: 0, dup: false, retain: false }],
  ] as const)('that %s harms nobody', async (_, packet) => {
    const there = await broker();
    const output = await open(there);
    await saysThat(output, 'Publishes at');
    there.send(packet);
    await output.feed(numbered(3));
    expect(payloads(there)).toHaveLength(3);
    expect(output.faults).toEqual([]);
  });

  it('that keeps nothing is said so, and nothing is lost', async () => {
    const there = await broker(letsIn({ properties: { retainAvailable: false } }));
    const output = await open(there, { retained: true });
    const delivered = output.feed([{ n: 1 }]);
    await saysThat(output, 'keeps no retained messages: switch "retained" off');
    const stopped = expect(delivered).rejects.toThrow('abort');
    expect(publishes(there)).toEqual([]);
    await output.close();
    await stopped;
  });

  it('that takes a lower QoS alone gets that, and it is said', async () => {
    const there = await broker(letsIn({ properties: { maximumQoS: 1 } }));
    const output = await open(there, { qos: '2' });
    await output.feed([{ n: 1 }]);
    await saysThat(output, `Publishes at ${there.url}, with QoS 1, the most that it takes`);
    expect(publishes(there)[0]).toMatchObject({ qos: 1 });
  });

  it.each(['5', '3.1.1'])('by MQTT %s hears that this is there, and publishes the last will', async (protocol) => {
    const there = await broker();
    const output = await open(there, { protocol, will_topic: 'state', online_payload: 'online' });
    await saysThat(output, 'Publishes at');
    await until('it has heard', () => publishes(there).length === 1);
    expect(there.got[0]).toMatchObject({
      will: { topic: 'state', payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    expect(publishes(there)[0]).toMatchObject({ topic: 'state', payload: Buffer.from('online'), retain: true });
    await output.close();
    await until('the line is gone', () => there.open() === 0);
    expect(cmds(there, 'disconnect')).toMatchObject(protocol === '5' ? [{ reasonCode: 4 }] : []);
  });
});

describe('settings', () => {
  const problems = (config: object): unknown =>
    mqttOutputDefinition.config
      .safeParse({ url: 'mqtt://broker', topic: 'a', ...config })
      .error?.issues.map(({ path, message }) => [path.join('.'), message]);
  it.each([[{ topic: '{site}' }], [{ topic: 'a/{@header.topic}' }], [{ topic: '$aws/{thing}/update' }]])(
    'may be %j',
    (config) => expect(problems(config)).toBeUndefined(),
  );
  it.each([
    [{ topic: '' }, 'topic', 'a topic has at least one character'],
    [{ topic: 'a/#' }, 'topic', 'a topic to publish to has no "+" and no "#"'],
    [{ topic: '{site}/+' }, 'topic', 'a topic to publish to has no "+" and no "#"'],
    [{ topic: 'a/{site' }, 'topic', 'a brace has no other one'],
    [{ topic: 'a\u0000' }, 'topic', 'a topic has no control characters'],
    [{ format: 'template', template: '{' }, 'template', 'a brace has no other one'],
    [{ will_topic: 'a/+' }, 'will_topic', 'a topic to publish to has no "+" and no "#"'],
    [{ online_payload: 'here' }, 'will_topic', 'name the topic where it is said that this is connected'],
    [{ qos: 1 }, 'qos', ''],
  ])('may not be %j', (config, place, sentence) =>
    expect(problems(config)).toEqual([[place, expect.stringContaining(sentence)]]),
  );
});
