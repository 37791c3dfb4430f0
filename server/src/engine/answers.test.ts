import { describe, expect, it } from 'vitest';
import { Answers } from './answers.ts';

/** A component and the one who waits for it, with a clock that goes on when it is told to. */
const watched = () => {
  let now = 0;
  let wake: (() => void) | undefined;
  const stopping = new AbortController();
  const told: (number | undefined)[] = [];
  let waits = 0;
  const answers = new Answers(
    {
      monotonic: () => now,
      wait: async (milliseconds) => {
        waits += 1;
        const due = now + milliseconds;
        await new Promise<void>((resolve, reject) => {
          wake = () => (stopping.signal.aborted ? reject(new Error('stopped')) : now >= due && resolve());
        });
      },
    },
    stopping.signal,
    (forMs) => told.push(forMs),
  );
  return {
    answers,
    told,
    stop: () => stopping.abort(),
    get waits() {
      return waits;
    },
    /** Second after second. */
    async pass(seconds: number): Promise<void> {
      for (let second = 0; second < seconds; second += 1) {
        now += 1000;
        wake?.();
        for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      }
    },
  };
};

describe('a component that does not answer', () => {
  it('is told once, after half a minute, and so is that it answers again', async () => {
    const { answers, told, pass } = watched();
    answers.await();
    await pass(29);
    expect(told).toEqual([]);
    await pass(300);
    expect(told).toEqual([30_000]);
    answers.came();
    await pass(5);
    expect(told).toEqual([30_000, undefined]);
  });

  it('is told of each silence anew', async () => {
    const { answers, told, pass } = watched();
    for (const _ of [1, 2]) {
      answers.await();
      await pass(40);
      answers.came();
      await pass(20);
    }
    expect(told).toEqual([30_000, undefined, 30_000, undefined]);
  });

  it('is silent only where none of its answers comes', async () => {
    const { answers, told, pass } = watched();
    answers.await();
    for (let round = 0; round < 10; round += 1) {
      answers.await();
      await pass(20);
      answers.came();
    }
    expect(told).toEqual([]);
    await pass(60);
    expect(told).toHaveLength(1);
  });
});

it('looks at no clock while no answer is due', async () => {
  const given = watched();
  given.answers.await();
  given.answers.came();
  await given.pass(10);
  const { waits } = given;
  await given.pass(600);
  expect(given.waits).toBe(waits);
});

it('ends with the flow', async () => {
  const { answers, told, pass, stop } = watched();
  answers.await();
  stop();
  await pass(100);
  expect(told).toEqual([]);
});
