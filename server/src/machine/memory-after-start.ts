import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How often it is looked whether the thread rests, in milliseconds, and the share of that time in which it may have worked. */
const [lookMs, restingShare] = [1000, 0.05];

let looking: NodeJS.Timeout | undefined;

/**
 * Gives back what the start of this thread needed and nothing needs any more: a tenth of an idle server. It takes up to
 * 100 ms, so it waits until the thread has rested for a second; one that is busy from the start collects in its own time.
 */
export const giveBackMemoryOfStart = (): void => {
  if (looking !== undefined) return;
  let before = performance.eventLoopUtilization();
  looking = setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(before);
    before = performance.eventLoopUtilization();
    if (utilization > restingShare) return;
    clearInterval(looking);
    looking = undefined;
    collect();
  }, lookMs);
  looking.unref();
};

/**
 * All that can be collected, as if memory had run out. Node lends its collector to those alone who set a flag; flags are of
 * the whole process, so another thread may just have taken it back.
 */
const collect = (): void => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('globalThis.gc') as ((options: object) => void) | undefined;
  setFlagsFromString('--no-expose-gc');
  gc?.({ type: 'major', flavor: 'last-resort' });
};
