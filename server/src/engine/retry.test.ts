import { expect, it } from 'vitest';
import { TransientFault } from './fault.ts';
import { retrying } from './retry.ts';
import type { World } from './world.ts';

const never = new AbortController().signal;

it.each([
  ['longer than it would wait by itself', 5000, 5000],
  ['less', 1, 100],
  ['nothing', undefined, 100],
  ['a day', 86_400_000, 3_600_000],
])('waits as the far side asks it to: %s', async (_, afterMs, expected) => {
  const waits: number[] = [];
  const world = {
    random: () => 0.5,
    report: () => undefined,
    wait: async (milliseconds: number) => void waits.push(milliseconds),
  } as Partial<World> as World;
  const fault = new TransientFault('too many requests', afterMs === undefined ? {} : { afterMs });
  await retrying(0, world, never)(fault, async () => undefined);
  expect(waits).toEqual([expected]);
});
