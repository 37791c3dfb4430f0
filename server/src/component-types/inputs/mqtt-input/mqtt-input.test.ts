import { afterEach, describe, expect, it } from 'vitest';
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

describe('what comes from a broker', () => {
  it('is a message with its topic and its properties, and is acknowledged', async () => {
    const there = await broker();
    const input = await subscribed(there.url);
    there.send(publish(7, '{"t":21.5}', { properties: { userProperties: { retained: 'true' } } }));
    there.send(
      publish(8, '{"t":22}', {
        retain: true,
        properties: {
          contentType: 'application/json',
          responseTopic: 'answers',
          correlationData: Buffer.from('id'),
          userProperties: { site: 'north', topic: 'forged' },
        },
      }),
    );
    await until('both are acknowledged', () => ids(there, 'puback').length === 2);
    expect(input.emitted.map(({ payload, headers }) => [payload, headers])).toEqual([
      [{ t: 21.5 }, { topic: 'a/b' }],
      [
        { t: 22 },
        {
          ...{ topic: 'a/b', retained: 'true', content_type: 'application/json', response_topic: 'answers' },
          ...{ correlation: 'aWQ=', site: 'north' },
        },
      ],
    ]);
    expect(ids(there, 'puback')).toEqual([7, 8]);
  });

  it('is acknowledged when it is safe and not before, in the order in which it came', async () => {
    const there = await broker();
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const input = await subscribed(there.url, {}, { emit: async () => held });
    for (const id of [1, 2, 3]) there.send(publish(id, id === 2 ? 'no json' : `{"n":${id}}`));
    await until('the wrong one is told', () => input.invalid.length === 1);
    expect(ids(there, 'puback')).toEqual([]);
    letGo();
    await until('all are acknowledged', () => ids(there, 'puback').length === 3);
    expect(ids(there, 'puback')).toEqual([1, 2, 3]);
  });

  it('comes once with QoS 2, also when the line breaks before it is safe and the broker sends it again', async () => {
    const there = await broker((packet, line) =>
      packet.cmd === 'connect'
        ? [{ cmd: 'connack', sessionPresent: line > 1, reasonCode: 0, returnCode: 0 }]
        : obliging(packet, line),
    );
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const input = await subscribed(there.url, { qos: '2' }, { emit: async () => held });
    there.send(publish(1, '{"n":1}', { qos: 2 }));
    await until('it was taken', () => there.got.length > 1);
    there.cut();
    await until('it is back', () => there.lines() === 2 && input.reports.at(-1)!.startsWith('running'));
    there.send(publish(1, '{"n":1}', { qos: 2, dup: true }));
    letGo();
    await until('it is received', () => cmds(there, 'pubrec').length === 1);
    there.send(publish(1, '{"n":1}', { qos: 2, dup: true }));
    await until('it is received once more', () => cmds(there, 'pubrec').length === 2);
    there.send({ cmd: 'pubrel', messageId: 1, reasonCode: 0 });
    await until('it is finished', () => cmds(there, 'pubcomp').length === 1);
    there.send(publish(1, '{"n":2}', { qos: 2 }));
    await until('the next one is there', () => input.emitted.length === 2);
    expect(input.payloads()).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('is left out and counted where it cannot be used, and acknowledged so that it does not come again', async () => {
    const there = await broker();
    const input = await subscribed(there.url, { max_message: '200KB', retained: 'leave_out', protocol: '3.1.1' });
    there.send(publish(1, ''));
    there.send(publish(2, '1', { retain: true }));
    there.send(publish(3, '1', { topic: 'other' }));
    there.send(publish(4, Buffer.alloc(250 * 1024)));
    there.send(publish(5, Buffer.alloc(3 * 1024 ** 2)));
    there.send(publish(6, Buffer.alloc(3 * 1024 ** 2), { qos: 0 }));
    there.send(publish(7, '{"n":1}'));
    await until('all are acknowledged', () => ids(there, 'puback').length === 6);
    expect(ids(there, 'puback')).toEqual([1, 2, 3, 4, 5, 7]);
    expect(input.drops).toEqual({ empty: 1, retained: 1, other_topic: 1, too_long: 3 });
    expect(input.payloads()).toEqual([{ n: 1 }]);
  });

  it.each([
    ['text', 'ON', [{ text: 'ON', from: 'a/b' }]],
    ['bytes', 'ON', [{ data: 'T04=', from: 'a/b' }]],
    ['json_lines', '1\n2\n', [1, 2]],
    ['json', '{"id":12345678901234567890}', [expect.anything()]],
  ])('is read as %s', async (format, payload, expected) => {
    const there = await broker();
    const input = await subscribed(there.url, { format });
    there.send(publish(1, payload));
    await until('it is acknowledged', () => ids(there, 'puback').length === 1);
    expect(input.payloads()).toEqual(expected);
  });

  it('is read no faster than the flow takes it, and the broker is not given up meanwhile', async () => {
    const there = await broker();
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    // long enough that a busy machine does not look like a broker that is silent
    const input = await subscribed(there.url, { keep_alive: '1s', qos: '0' }, { emit: async () => held });
    const large = JSON.stringify('x'.repeat(60_000));
    for (let n = 0; n < 1000; n += 1) there.send(publish(0, large, { qos: 0 }));
    await until('it was asked several times', () => cmds(there, 'pingreq').length > 4);
    expect(input.facts()).toMatchObject({ connected: true, connections: 1 });
    letGo();
    await until('all are there', () => input.emitted.length === 1000);
  });
});
