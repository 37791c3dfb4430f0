import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { defer, lastValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { DoneOnce } from './idempotency.ts';

/** Something that counts how often it was done, and when it is. */
const counted = () => {
  let [count, now] = [0, 0];
  const once = new DoneOnce();
  once.now = () => now;
  const ask = async (key: string | undefined, body: unknown = {}, fails = false) => {
    const request = { method: 'POST', url: '/inject', headers: { 'idempotency-key': key }, body };
    const context = { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
    const handler: CallHandler = {
      handle: () =>
        defer(async () => {
          const mine = (count += 1);
          await Promise.resolve();
          if (fails) throw new Error('it failed');
          return mine;
        }),
    };
    return lastValueFrom(once.intercept(context, handler));
  };
  return { ask, pass: (ms: number) => (now += ms) };
};

it('is done once for each key, also while it is under way', async () => {
  const { ask } = counted();
  expect(await Promise.all([ask('a'), ask('a'), ask('b'), ask(undefined), ask(undefined)])).toEqual([1, 1, 2, 3, 4]);
  expect(await ask('a')).toBe(1);
});

it('is done again where it failed, or is long ago', async () => {
  const { ask, pass } = counted();
  await expect(ask('a', {}, true)).rejects.toThrow('it failed');
  expect(await ask('a')).toBe(2);
  pass(11 * 60_000);
  expect(await ask('a')).toBe(3);
});

it('refuses a key that was used for something else, and one that is none', async () => {
  const { ask } = counted();
  await ask('a', { n: 1 });
  await expect(ask('a', { n: 2 })).rejects.toThrow('was used for another body');
  for (const key of ['', ' ', 'x'.repeat(201)]) await expect(ask(key)).rejects.toThrow('1 to 200 characters');
});

it('knows so many at most', async () => {
  const { ask } = counted();
  for (let n = 0; n < 1001; n += 1) await ask(`key ${n}`);
  expect(await ask('key 1000')).toBe(1001);
  expect(await ask('key 0')).toBe(1002);
});
