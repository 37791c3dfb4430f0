import type { World } from '../../engine/world.ts';

/** Time as a trial needs it: it stands still while messages are handed on, and passes when it is told to. */
export interface TrialClock extends Pick<World, 'now' | 'monotonic' | 'wait'> {
  /** Lets time pass, and what was waited for happen in its order; where that is very often, the rest of it happens at the end. */
  pass(milliseconds: number): Promise<void>;
}

/** So often something happens in one stretch of time; a tick in each second of a day would take too long. */
const mostRounds = 50;

interface Waiting {
  readonly at: number;
  readonly resolve: () => void;
}

/** @param start time on the wall when it begins, in milliseconds since 1970 */
export const trialClock = (start: number): TrialClock => {
  let passed = 0;
  const waiting = new Set<Waiting>();

  const wake = (): void => {
    for (const one of [...waiting].filter(({ at }) => at <= passed).sort((a, b) => a.at - b.at)) {
      waiting.delete(one);
      one.resolve();
    }
  };

  return {
    now: () => start + passed,
    monotonic: () => passed,
    wait: async (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const end = (): void => reject(new DOMException('it was stopped', 'AbortError'));
        if (signal.aborted) return end();
        const leave = (): void => {
          waiting.delete(one);
          end();
        };
        const one: Waiting = {
          at: passed + milliseconds,
          resolve: () => {
            signal.removeEventListener('abort', leave);
            resolve();
          },
        };
        waiting.add(one);
        signal.addEventListener('abort', leave, { once: true });
      }),
    async pass(milliseconds) {
      const until = passed + milliseconds;
      for (let round = 0; round < mostRounds; round += 1) {
        await settled();
        const next = Math.min(...[...waiting].map(({ at }) => at));
        if (next > until) break;
        passed = Math.max(passed, next);
        wake();
      }
      passed = until;
      wake();
      await settled();
    },
  };
};

/** What follows without waiting has happened. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
