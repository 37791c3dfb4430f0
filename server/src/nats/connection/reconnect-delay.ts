export interface Clocks {
  /** Wall clock, in milliseconds. */
  readonly wall: () => number;
  /** A clock that is never set, in milliseconds. */
  readonly steady: () => number;
  /** From 0 to 1. */
  readonly chance: () => number;
}

const realClocks: Clocks = { wall: Date.now, steady: () => performance.now(), chance: Math.random };

const shortestMs = 250;
const jitterMs = 250;
/** A clock that is set back by less than this is only made to wait. */
const noticedMs = 2000;

/**
 * How long the client rests before it tries a server again, in milliseconds. The client reckons by the wall clock, when it
 * tried last: after the clock of the device was set back it would rest until the old time comes again. So each server is
 * given that much less to wait, once.
 */
export const reconnectDelay = (servers: number, { wall, steady, chance }: Clocks = realClocks): (() => number) => {
  let furthest = wall() - steady();
  let setBackMs = 0;
  let triesLeft = 0;
  return () => {
    const difference = wall() - steady();
    if (difference < furthest - noticedMs) {
      setBackMs = furthest - difference;
      triesLeft = servers;
      furthest = difference;
    } else furthest = Math.max(furthest, difference);
    const delay = shortestMs + Math.round(chance() * jitterMs);
    if (triesLeft === 0) return delay;
    triesLeft -= 1;
    return delay - setBackMs;
  };
};
