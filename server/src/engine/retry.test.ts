import { expect, it } from 'vitest';
import { InvalidMessage, TransientFault } from './fault.ts';
import { retrying } from './retry.ts';
import type { World } from './world.ts';

const never = new AbortController().signal;

/** A world that remembers how long was waited, and what was said of the component. */
const remember = () => {
  const waits: number[] = [];
  const said: string[] = [];
  const world = {
    random: () => 0.5,
    report: (component: number, state: string, sentence: string) => void said.push(`${component} ${state} ${sentence}`),
    wait: async (milliseconds: number) => void waits.push(milliseconds),
  } as Partial<World> as World;
  return { waits, said, world };
};

/** Fails as these say, one after the other, and works then. */
const failing = (...faults: readonly unknown[]) => {
  const left = [...faults];
  return async () => {
    if (left.length > 0) throw left.shift();
    return 'done';
  };
};

it.each([
  ['longer than it would wait by itself', 5000, 5000],
  ['less', 1, 100],
  ['nothing', undefined, 100],
  ['a day', 86_400_000, 3_600_000],
])('waits as the far side asks it to: %s', async (_, afterMs, expected) => {
  const { waits, world } = remember();
  const fault = new TransientFault('too many requests', afterMs === undefined ? {} : { afterMs });
  await retrying(0, world, never)(fault, async () => undefined);
  expect(waits).toEqual([expected]);
});

it('waits twice as long each time, says what it waits for, and that it waits no longer', async () => {
  const { waits, said, world } = remember();
  const gone = new TransientFault('nobody listens');
  expect(await retrying(3, world, never)(gone, failing(gone, new TransientFault('busy')))).toBe('done');
  expect(waits).toEqual([100, 200, 400]);
  expect(said).toEqual([
    '3 waiting nobody listens; trying again',
    '3 waiting nobody listens; trying again',
    '3 waiting busy; trying again',
    '3 running ',
  ]);
});

it('begins to count anew where some of the batch went through', async () => {
  const { waits, world } = remember();
  const stuck = new TransientFault('busy', { at: 0 });
  const further = new TransientFault('busy', { at: 2 });
  await retrying(0, world, never)(stuck, failing(stuck, further, stuck));
  expect(waits).toEqual([100, 200, 100, 200]);
});

it('gives up a message that was tried as often as its fault allows: the first of what is left', async () => {
  const { waits, said, world } = remember();
  const odd = new TransientFault('what is this', { at: 4, tries: 3 });
  const again = new TransientFault('what is this', { tries: 3 });
  const given = await retrying(0, world, never)(odd, failing(again, again)).catch((thrown: unknown) => thrown);
  expect(given).toBeInstanceOf(InvalidMessage);
  expect(given).toMatchObject({ message: 'what is this (tried 3 times)', at: 0, cause: again });
  expect(waits).toEqual([100, 200]);
  expect(said.at(-1)).toBe('0 running ');
});

it('ends with whatever else goes wrong', async () => {
  const { said, world } = remember();
  const broken = new Error('broken');
  await expect(retrying(0, world, never)(new TransientFault('busy'), failing(broken))).rejects.toBe(broken);
  expect(said).toEqual(['0 waiting busy; trying again', '0 running ']);
});
