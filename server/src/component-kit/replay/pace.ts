import { setTimeout as sleep } from 'node:timers/promises';

/** Waits shorter than this are not worth it, in milliseconds. */
const shortestMs = 5;
/** Who looks at a flow that long without messages wonders, in milliseconds. */
const worthSayingMs = 10_000;
/** A gap in a recording is not waited for longer than this, in milliseconds. */
const longestMs = 60_000;

/** Records of a recording may overtake one another by so much, in milliseconds; further behind, the time was set anew. */
const mostOvertakenMs = 10_000;

/** Whether a time fits neither the one before nor the one behind it, though those fit one another: it was damaged. */
const isWrong = (before: number, time: number, behind: number): boolean =>
  behind >= before - mostOvertakenMs && (time > behind + mostOvertakenMs || time < before - mostOvertakenMs);

/**
 * The clock of a replay: given the recorded time of the next record, a promise to wait for, or nothing when it is due. One
 * that cannot be right, as the record behind it tells where that is known, is due at once.
 * Times that go back a little are due at once; from one that lies far behind on, the clock begins anew. A speed of 0 waits
 * for nothing. `waits` is told of what people would wonder about.
 */
export const pace = (
  speed: number,
  signal: AbortSignal,
  waits: (milliseconds: number) => void = () => undefined,
): ((recordedMs: number, behindMs?: number) => Promise<void> | undefined) => {
  let startedAt = performance.now();
  let firstMs: number | undefined;
  let lastMs = -Infinity;
  return (recordedMs, behindMs) => {
    if (speed === 0 || (behindMs !== undefined && isWrong(lastMs, recordedMs, behindMs))) return undefined;
    if (firstMs === undefined || recordedMs < lastMs - mostOvertakenMs) {
      firstMs = recordedMs;
      startedAt = performance.now();
    }
    lastMs = recordedMs;
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
