import { expect, it } from 'vitest';
import { DeadLetterCount } from './dead-letter-count.ts';

const settle = async () => new Promise((resolve) => setImmediate(resolve));

it('counts at the start, and after a change twice: what has just failed may be stored a moment later', async () => {
  let stored = 7;
  const letters = new DeadLetterCount(async () => stored);
  expect([letters.value, letters.refresh(0)]).toEqual([0, true]);
  await settle();
  expect([letters.value, letters.refresh(10_000)]).toEqual([7, false]);
  letters.changed();
  expect(letters.refresh(10_000)).toBe(true);
  await settle();
  stored = 8;
  expect([letters.value, letters.refresh(11_000), letters.refresh(13_000)]).toEqual([7, false, true]);
  await settle();
  expect([letters.value, letters.refresh(20_000)]).toEqual([8, false]);
});

it('keeps what it knew while the store is away, and counts when it is back', async () => {
  let isAway = true;
  const letters = new DeadLetterCount(async () => {
    if (isAway) throw new Error('away');
    return 3;
  });
  letters.refresh(0);
  await settle();
  isAway = false;
  expect([letters.value, letters.refresh(5000)]).toEqual([0, true]);
  await settle();
  expect(letters.value).toBe(3);
});
