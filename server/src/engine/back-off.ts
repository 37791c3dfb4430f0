const firstWaitMs = 100;
const longestWaitMs = 10_000;

/** Milliseconds before the attempt number `attempt` (from 1): doubling, capped, and with a jitter of ± 25 %. */
export const backOff = (attempt: number, random: number, cap = longestWaitMs, first = firstWaitMs): number =>
  Math.min(cap, first * 2 ** Math.min(attempt - 1, 20)) * (0.75 + random / 2);
