import { backOff } from './back-off.ts';
import { InvalidMessage, TransientFault } from './fault.ts';
import type { World } from './world.ts';

/**
 * Tries again, with growing waits, until it works, fails otherwise, or the flow stops. A message that was tried as often as
 * its fault allows is an `InvalidMessage`, the first of what is left.
 */
export type Retry = <Result>(fault: TransientFault, attempt: () => Promise<Result>) => Promise<Result>;

/** Longest wait that a far side may ask for, in milliseconds. */
const longestAskedMs = 3_600_000;

/** What the far side asks for, and never less than by oneself: it may ask for nothing, or for a time that has passed. */
const waitMs = ({ afterMs = 0 }: TransientFault, ownMs: number): number =>
  Math.max(ownMs, Math.min(afterMs, longestAskedMs));

/** Says what it waits for while it waits, and that it waits no longer, whatever became of it. */
export const retrying =
  (component: number, world: World, signal: AbortSignal): Retry =>
  async (fault, attempt) => {
    let last: TransientFault = fault;
    try {
      for (let tries = 1; ; tries += 1) {
        if (last.tries !== undefined && tries >= last.tries)
          throw new InvalidMessage(`${last.message} (tried ${tries} times)`, { at: 0, cause: last });
        world.report(component, 'waiting', `${last.message}; trying again`);
        await world.wait(waitMs(last, backOff(tries, world.random())), signal);
        try {
          return await attempt();
        } catch (thrown) {
          if (!(thrown instanceof TransientFault)) throw thrown;
          if (thrown.at) tries = 0;
          last = thrown;
        }
      }
    } finally {
      world.report(component, 'running', '');
    }
  };
