import { setImmediate as turn } from 'node:timers/promises';

/** How long one piece of work may hold the event loop, in milliseconds: others want their turn. */
const longestTurnMs = 20;

/** For work in many small pieces: between two of them, a promise to wait for where the event loop was held long enough. */
export const takingTurns = (): (() => Promise<void> | undefined) => {
  let since = performance.now();
  return () => {
    if (performance.now() - since < longestTurnMs) return undefined;
    return turn().then(() => {
      since = performance.now();
    });
  };
};

/** Whether this turn of the event loop has lasted long; looked at for the first time, it begins. `ended` is told of its end. */
export const turnWatch = (ended: () => void): (() => boolean) => {
  let since: number | undefined;
  const end = (): void => {
    since = undefined;
    ended();
  };
  return () => {
    if (since !== undefined) return performance.now() - since >= longestTurnMs;
    since = performance.now();
    setImmediate(end);
    return false;
  };
};
