import { afterEach, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import {
  type NatsScript,
  obligingNats,
  type ScriptedNats,
  startScriptedNats,
} from '../../../component-kit/testing/scripted-nats.ts';
import { Message } from '../../../engine/message.ts';
import { messageIds } from './message-ids.ts';
import { natsOutput } from './nats-output.component.ts';
import { natsOutputDefinition } from './nats-output.definition.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of opened.splice(0).reverse()) await end();
});
const scripted = async (script?: NatsScript): Promise<ScriptedNats> => {
  const there = await startScriptedNats(script);
  opened.push(() => there.end());
  return there;
};
const open = async ({ url }: ScriptedNats, config: object = {}): Promise<Rehearsal> => {
  const output = rehearse(natsOutput, {
    ...{ url, subject: 'a', longest_wait: '50ms', timeout: '500ms', keep_alive: '5s' },
    ...config,
  });
  opened.push(() => output.close());
  await output.open();
  return output;
};
/** Acknowledges what is published, from the second line on; the first is silent to it. */
const silentAtFirst = (there: () => ScriptedNats): NatsScript => {
  return (line) => {
    const [word, , reply] = line.split(' ');
    if (word !== 'HPUB' || there().lines() < 2) return obligingNats(line);
    const answer = '{"stream":"S","seq":1}';
    return `MSG ${reply!} 1 ${answer.length}\r\n${answer}\r\n`;
  };
};

it('publishes again by the same id what a stream does not acknowledge, on another line', async () => {
  let there: ScriptedNats | undefined = undefined;
  const script = silentAtFirst(() => there!);
  there = await scripted((line) => script(line));
  const output = await open(there, { jetstream: true });
  await output.feed([{ n: 1 }, { n: 2 }]);
  expect(output.reports.some((report) => report.includes('it does not acknowledge what is published'))).toBe(true);
  const ids = there.got.filter((line) => line.startsWith('Nats-Msg-Id'));
  expect(ids).toHaveLength(4);
  expect(ids.slice(0, 2)).toEqual(ids.slice(2));
});

it('is finished when the server has read it, and not before', async () => {
  let answers = true;
  const there = await scripted((line) => (answers ? obligingNats(line) : ''));
  const output = await open(there);
  await output.feed([{ n: 1 }]);
  answers = false;
  let isFinished = false;
  const delivered = output.feed([{ n: 2 }]).then(() => (isFinished = true));
  await until('it is published', () => there.got.includes('{"n":2}'));
  await until('it is given up and connected to again', () => there.lines() > 1);
  expect(isFinished).toBe(false);
  answers = true;
  await delivered;
  expect(there.got.filter((line) => line === '{"n":2}').length).toBeGreaterThan(1);
});

it('stops in time while the server is silent', async () => {
  const there = await scripted((line) => (line.startsWith('HPUB') ? '' : obligingNats(line)));
  const output = await open(there, { jetstream: true, timeout: '60s' });
  const delivered = output.feed([{ n: 1 }]).catch((thrown: unknown) => (thrown as Error).name);
  await until('it is published', () => there.got.includes('{"n":1}'));
  await output.close();
  expect(await delivered).toBe('AbortError');
  await until('nothing is open', () => there.open() === 0);
});

it('gives messages ids that stay: by their place where they have one, and not by the id of what they were made of', () => {
  const ids = messageIds('flow.out', 'run');
  const plain = new Message({}, 0, 's', 1);
  const placed = plain.at({ source: 'x.1', sequence: 7 });
  expect([ids(plain), ids(plain.with({})), ids(plain), ids(placed)]).toEqual([
    ...['flow.out.run.1', 'flow.out.run.2', 'flow.out.run.1', 'flow.out.x.1.7'],
  ]);
});

it.each([
  ['a b', 'no blanks'],
  ['a.*', 'wildcards'],
  ['a.{n', 'no other one'],
  ['a.{}', 'names no field'],
  ['semstreams.buffer.{n}', 'what this product keeps'],
  ['$JS.API.{n}', 'what this product keeps'],
  ['a..{n}', 'both sides of each dot'],
])('does not publish to "%s"', (subject, words) => {
  const { error } = natsOutputDefinition.config.safeParse({ url: 'nats://127.0.0.1', subject });
  expect(error?.issues[0]?.message).toContain(words);
});
