import { afterEach, describe, expect, it } from 'vitest';
import { rehearse, type Rehearsal, until } from '../../../component-kit/testing/rehearsal.ts';
import {
  greeting,
  msg,
  type NatsScript,
  obligingNats,
  type ScriptedNats,
  startScriptedNats,
} from '../../../component-kit/testing/scripted-nats.ts';
import { natsInput } from './nats-input.component.ts';
import { natsInputDefinition } from './nats-input.definition.ts';
import { Taken } from './taken.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of opened.splice(0).reverse()) await end();
});
const scripted = async (script?: NatsScript, first?: string): Promise<ScriptedNats> => {
  const there = await startScriptedNats(script, first);
  opened.push(() => there.end());
  return there;
};
const open = async ({ url }: ScriptedNats, config: object = {}): Promise<Rehearsal> => {
  const input = rehearse(natsInput, {
    ...{ url, subjects: ['a'], longest_wait: '50ms', timeout: '500ms', keep_alive: '200ms' },
    ...config,
  });
  opened.push(() => input.close());
  await input.open();
  return input;
};
const says = async ({ reports }: Rehearsal, words: string): Promise<void> =>
  until(`it says "${words}"`, () => reports.some((report) => report.includes(words)));

describe('a server that means no good', () => {
  it.each([
    ['speaks another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'is it another service at that port?'],
    ['greets with what is no JSON', 'INFO {"a":\r\n', 'its greeting is not that of NATS'],
    ['greets without an end', `INFO {"a":"${'x'.repeat(400_000)}`, 'a line of more than 256 KB'],
    ['says nothing', '', 'it sends no greeting'],
    ['greets and is full', `${greeting()}-ERR 'maximum connections exceeded'\r\n`, 'raise its "max_connections"'],
    ['greets and then says nothing', greeting(), 'it does not answer'],
  ])('%s, is told of, and tried again', async (_, first, sentence) => {
    const there = await scripted(() => '', first);
    const input = await open(there);
    await says(input, sentence);
    await until('it is tried again', () => there.lines() > 1);
  });

  it.each([
    ['garbage', Buffer.from('\u0000\u0001garbage\r\n'), 'is it another service at that port?'],
    ['a message of a size that there is not', Buffer.from('MSG a 2 99999999999\r\n'), 'NATS has none of that size'],
    ['a line without an end', Buffer.alloc(400_000, 'x'), 'a line of more than 256 KB'],
    ['that it is ended', Buffer.from("-ERR 'Slow Consumer'\r\n"), 'messages were not read fast enough'],
  ])('says %s in the middle: what came before is there, and so is what comes later', async (_, bytes, sentence) => {
    const there = await scripted();
    const input = await open(there);
    await until('it is subscribed', () => input.reports.at(-1)!.startsWith('running'));
    there.say(msg('a', '{"n":1}'));
    there.say(bytes);
    await says(input, sentence);
    await until('it is subscribed again', () => input.reports.at(-1)!.startsWith('running'));
    there.say(msg('a', '{"n":2}'));
    await until('both came', () => input.emitted.length === 2);
  });

  it('sends what is too large: it is read over and counted', async () => {
    const there = await scripted();
    const input = await open(there, { max_message: '1KB' });
    await until('it is subscribed', () => input.reports.at(-1)!.startsWith('running'));
    there.say(msg('a', Buffer.alloc(200_000, 'x')));
    there.say(msg('a', '{"n":2}'));
    await until('the small one came', () => input.emitted.length === 1);
    expect(input.drops).toEqual({ too_long: 1 });
  });

  it('is silent: it is asked, given up, and the flow stops in time', async () => {
    let answers = true;
    const there = await scripted((line) => (answers ? obligingNats(line) : ''));
    const input = await open(there);
    await until('it is subscribed', () => input.reports.at(-1)!.startsWith('running'));
    answers = false;
    await says(input, 'it does not answer');
    await input.close();
    await until('nothing is open', () => there.open() === 0);
  });
});

it.each([
  [{}, 'subjects', 'name a subject'],
  [{ subjects: ['a.>', 'a.b'] }, 'subjects', '"a.b" has messages in common'],
  [{ subjects: ['a b'] }, 'subjects', 'no blanks'],
  [{ subjects: ['semstreams.>'] }, 'subjects', 'what this product keeps'],
  [{ jetstream: true }, 'stream', 'name the stream'],
  [{ jetstream: true, stream: 'KV_semstreams_flows' }, 'stream', 'what this product keeps'],
  [{ jetstream: true, stream: 'S', queue: 'q' }, 'queue', 'knows no queue groups'],
  [{ jetstream: true, stream: 'S', from: 'time' }, 'from_time', 'write since when'],
  [{ jetstream: true, stream: 'S', from: 'time', from_time: 'yesterday' }, 'from_time', 'write a time such as'],
  [{ subjects: ['a'], stream: 'S' }, 'jetstream', 'switch "jetstream" on'],
  [{ subjects: ['a'], username: 'u', token: 't' }, 'username', 'there is "token" as well'],
  [{ subjects: ['a'], password: 'p' }, 'username', 'name the user'],
  [{ subjects: ['a'], cert_file: '/a' }, 'key_file', 'belong together'],
  [{ subjects: ['a'], url: 'http://a' }, 'url', 'write an address such as'],
  [{ subjects: ['a'], url: 'nats://a, tls://b' }, 'url', '"tls://" for all'],
  [{ subjects: ['a'], url: 'nats://a/b' }, 'url', 'behind the port'],
])('%j is refused at "%s"', (config, field, words) => {
  const { error } = natsInputDefinition.config.safeParse({ url: 'nats://127.0.0.1', ...config });
  expect(error?.issues.map(({ path, message }) => `${path[0] as string}: ${message}`).join('; ')).toContain(
    `${field}: `,
  );
  expect(error?.message).toContain(words.replaceAll('"', '\\"'));
});

it('knows what it has taken, as far as a server may not', () => {
  const taken = new Taken(3);
  const delivery = (sequence: number) => ({
    sequence,
    reply: `r${sequence}`,
    subject: '',
    head: undefined,
    payload: undefined,
    bytes: 1,
  });
  expect([1, 2, 4, 4].map((sequence) => taken.take(delivery(sequence)))).toEqual(['new', 'new', 'new', 'held']);
  for (const sequence of [1, 2, 4]) taken.settle(delivery(sequence));
  expect([4, 3, 3].map((sequence) => taken.take(delivery(sequence)))).toEqual(['safe', 'late', 'held']);
  taken.settle(delivery(3));
  expect([taken.take(delivery(1)), taken.replies, taken.count, taken.bytes]).toEqual([
    'safe',
    ['r2', 'r4', 'r3'],
    0,
    0,
  ]);
});
