/** A correction by less is how clocks are kept right all the time, in milliseconds. */
const leastMs = 2000;

/**
 * Tells how far the clock on the wall was set since it was last asked, in milliseconds: forth where it is positive, back where it
 * is negative, and 0 where it only ran.
 */
export const clockJumps = (clock: { now(): number; monotonic(): number }): (() => number) => {
  const ahead = (): number => clock.now() - clock.monotonic();
  let known = ahead();
  return () => {
    const present = ahead();
    const jump = present - known;
    if (Math.abs(jump) < leastMs) return 0;
    known = present;
    return jump;
  };
};
