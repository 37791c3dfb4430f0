import { setTimeout as sleep } from 'node:timers/promises';

/** Waits shorter than this are not worth it, in milliseconds. */
const shortestMs = 5;
/** Who looks at a flow that long without messages wonders, in milliseconds. */
const worthSayingMs = 10_000;
/** A gap in a recording is not waited for longer than this, in milliseconds. */
const longestMs = 60_000;

/**
 * The clock of a replay: given the recorded time of the next record, a promise to wait for, or nothing when it is due.
 * Times that go back are due at once. A speed of 0 waits for nothing. `waits` is told of what people would wonder about.
 */
export const pace = (
  speed: number,
  signal: AbortSignal,
  waits: (milliseconds: number) => void = () => undefined,
): ((recordedMs: number) => Promise<void> | undefined) => {
  let startedAt = performance.now();
  let firstMs: number | undefined;
  return (recordedMs) => {
    if (speed === 0) return undefined;
    firstMs ??= recordedMs;
    const dueMs = (recordedMs - firstMs) / speed;
    const waitMs = dueMs - (performance.now() - startedAt);
    if (waitMs < shortestMs) return undefined;
    if (waitMs > longestMs) startedAt -= waitMs - longestMs;
    if (waitMs > worthSayingMs) waits(Math.min(waitMs, longestMs));
    const wait = sleep(Math.min(waitMs, longestMs), undefined, { signal });
    // who is given it may have to do something else first, and fail in that
    wait.catch(() => undefined);
    return wait;
  };
};
