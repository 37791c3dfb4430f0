import { networkOf } from './by-address.ts';

/** So many wrong passwords in a row cost nothing. */
const free = 3;
const firstDelayMs = 1000;
const longestDelayMs = 60_000;
/** After so long without a wrong one everything is forgotten. */
const forgetMs = 15 * 60_000;
/** So many pairs of user and address are known at once; the oldest is forgotten first. */
const mostKnown = 10_000;

interface Failures {
  readonly count: number;
  readonly at: number;
}

/**
 * Makes guessing slow without locking anybody out: who has guessed wrong several times has to wait before the next try, longer
 * each time, for this user from this address alone. From elsewhere the same user logs in as always.
 */
export class LoginDelays {
  private readonly failures = new Map<string, Failures>();

  /** @param now milliseconds of a clock that never jumps */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Milliseconds to wait before the next try; 0 where none. */
  waitOf(user: string, address: string): number {
    const known = this.failures.get(keyOf(user, address));
    if (!known || known.count < free) return 0;
    const delay = Math.min(firstDelayMs * 2 ** (known.count - free), longestDelayMs);
    return Math.max(0, known.at + delay - this.now());
  }

  /**
   * Counts a try as wrong until it is known to be right: those that are under way at the same time count as well. What it
   * returns takes that back where the try was not looked at.
   */
  begin(user: string, address: string): () => void {
    const key = keyOf(user, address);
    const known = this.failures.get(key);
    const isOld = known !== undefined && this.now() - known.at > forgetMs;
    this.failures.delete(key);
    if (this.failures.size >= mostKnown) this.failures.delete(this.failures.keys().next().value!);
    this.failures.set(key, { count: (isOld ? 0 : (known?.count ?? 0)) + 1, at: this.now() });
    return () => {
      const { count, at } = this.failures.get(key) ?? { count: 0, at: 0 };
      if (count > 1) this.failures.set(key, { count: count - 1, at });
      else this.failures.delete(key);
    };
  }

  succeeded(user: string, address: string): void {
    this.failures.delete(keyOf(user, address));
  }
}

const keyOf = (user: string, address: string): string => `${networkOf(address)} ${user}`;
