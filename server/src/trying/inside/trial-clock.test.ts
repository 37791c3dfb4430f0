import { expect, it } from 'vitest';
import { trialClock } from './trial-clock.ts';

const ticking = (clock: ReturnType<typeof trialClock>, everyMs: number): number[] => {
  const ticks: number[] = [];
  const { signal } = new AbortController();
  void (async () => {
    for (;;) {
      await clock.wait(everyMs, signal);
      ticks.push(clock.monotonic());
    }
  })();
  return ticks;
};

it('stands still until it is told to pass, and then everything happens at its time', async () => {
  const clock = trialClock(1000);
  const ticks = ticking(clock, 100);
  await clock.pass(50);
  expect([ticks, clock.now()]).toEqual([[], 1050]);
  await clock.pass(250);
  expect([ticks, clock.now()]).toEqual([[100, 200, 300], 1300]);
});

it('passes a day of ticks without all of them', async () => {
  const clock = trialClock(0);
  const ticks = ticking(clock, 1000);
  await clock.pass(86_400_000);
  expect(ticks.length).toBeLessThan(60);
  expect(ticks.at(-1)).toBe(86_400_000);
});

it('ends a wait with its signal', async () => {
  const stopping = new AbortController();
  const wait = trialClock(0).wait(5, stopping.signal);
  stopping.abort();
  await expect(wait).rejects.toThrow('it was stopped');
});
