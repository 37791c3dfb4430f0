import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Message } from '../../engine/message.ts';
import type { Plan } from '../../engine/plan.ts';
import type { LetterBlock } from '../../nats/dead-letters/kept-letter.ts';
import { failureDesk } from './failure-desk.ts';

/** A desk whose blocks are stored when the test says so. */
const open = () => {
  const stored: string[][] = [];
  const told: string[] = [];
  const pending: { readonly resolve: () => void; readonly reject: (reason: unknown) => void }[] = [];
  const desk = failureDesk({
    plan: { components: [{ id: 'tidy' }, { id: 'map' }] } as unknown as Plan,
    add: async (block: LetterBlock) => {
      await new Promise<void>((resolve, reject) => pending.push({ resolve, reject }));
      stored.push(block.map(({ component, payload }) => `${component} ${payload}`));
    },
    wait: async () => void (await turn()),
    random: () => 0.5,
    now: () => 1_700_000_000_000,
    tell: (_, sentence) => void told.push(sentence),
    unkept: () => void told.push('not kept'),
    stuck: (_, sentence) => void told.push(sentence ?? 'kept again'),
  });
  const fail = (payload: unknown, { component = 0, isKept = true } = {}) =>
    desk.take(
      {
        component,
        port: 'in',
        sentence: 'it cannot be',
        message: new Message(payload, 1_700_000_000_000, 'test.a.1', 1),
      },
      isKept,
    );
  const next = async () => {
    while (pending.length === 0) await turn();
    return pending.shift()!;
  };
  return { fail, next, stored, told, kept: () => desk.kept() };
};

it('stores what fails together as one block per component, and lets all wait for it', async () => {
  const { fail, next, stored } = open();
  let isDone = false;
  const all = Promise.all([fail(1), fail(2), fail(3, { component: 1 })]).then(() => (isDone = true));
  (await next()).resolve();
  const second = await next();
  expect({ stored, isDone }).toEqual({ stored: [['tidy 1', 'tidy 2']], isDone: false });
  second.resolve();
  await all;
  expect(stored).toEqual([['tidy 1', 'tidy 2'], ['map 3']]);
});

it('gathers what fails while others are being stored, and keeps the order', async () => {
  const { fail, next, stored } = open();
  const first = fail(1);
  const storing = await next();
  const rest = [fail(2), fail(3)];
  storing.resolve();
  await first;
  expect(stored).toEqual([['tidy 1']]);
  (await next()).resolve();
  await Promise.all(rest);
  expect(stored).toEqual([['tidy 1'], ['tidy 2', 'tidy 3']]);
});

it('tries until it works, and says meanwhile why it does not', async () => {
  const { fail, next, stored, told } = open();
  const kept = fail(1);
  for (let tries = 0; tries < 3; tries += 1) (await next()).reject(new Error('the store is full'));
  (await next()).resolve();
  await kept;
  expect(stored).toEqual([['tidy 1']]);
  const said = 'its dead letters cannot be kept: the store is full';
  expect(told).toEqual(['it cannot be', said, said, said, 'kept again']);
});

it('keeps the letter of a message that cannot be written, with a description of its payload', async () => {
  const { fail, next, stored } = open();
  const deep: unknown[] = [];
  for (let level = 0, inner = deep; level < 100_000; level += 1) inner.push((inner = []));
  const endless: Record<string, unknown> = { id: 7 };
  endless['self'] = endless;
  const all = Promise.all([fail(deep), fail(endless), fail('\ud800')]);
  (await next()).resolve();
  await all;
  expect(stored[0]!.map((line) => line.replace(/\s+/g, ' ').slice(0, 30))).toEqual([
    expect.stringContaining('tidy [ [ ['),
    expect.stringContaining('tidy <ref *1> { id: 7'),
    'tidy "\\ud800"',
  ]);
});

it('says when all is kept, of those too for whom nobody waits', async () => {
  const { fail, next, stored, kept } = open();
  fail(1, { isKept: false });
  const first = await next();
  fail(2, { isKept: false });
  let isDone = false;
  const all = kept().then(() => (isDone = true));
  first.resolve();
  const second = await next();
  expect(isDone).toBe(false);
  second.resolve();
  await all;
  expect(stored).toEqual([['tidy 1'], ['tidy 2']]);
});

it('lets nobody wait where the message is not kept upstream, and tells what came too fast', async () => {
  const { fail, next, stored, told } = open();
  for (let n = 0; n < 1002; n += 1) expect(fail(n, { isKept: false })).toBeUndefined();
  expect(told.slice(-5)).toEqual([
    'it cannot be',
    'not kept',
    'it cannot be; too many at once to keep this one',
    'not kept',
    'it cannot be; too many at once to keep this one',
  ]);
  (await next()).resolve();
  while (stored.length === 0) await turn();
  await turn();
  fail('late', { isKept: false });
  (await next()).resolve();
  while (stored.length === 1) await turn();
  expect(stored.map(({ length }) => length)).toEqual([1000, 1]);
});
