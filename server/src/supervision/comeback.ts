import { backOff } from '../engine/back-off.ts';

/** Longest wait before a failed flow is started again, in milliseconds. */
const longestWaitMs = 60_000;
/** A flow that ran this long is no longer held to have failed just now, in milliseconds. */
const soundMs = 60_000;

/** When a flow that failed is tried again: later each time, until it has run for a while. */
export class Comeback {
  private failures = 0;
  private firstAt: Date | undefined;
  private retry: NodeJS.Timeout | undefined;
  private proof: NodeJS.Timeout | undefined;

  /** @param proven is told when it has run for a while */
  constructor(
    private readonly again: () => void,
    private readonly proven: () => void = () => undefined,
  ) {}

  /** It failed; says in how many milliseconds it is tried again, and since when it fails. */
  later(): { waitMs: number; since: Date } {
    this.cancel();
    this.failures += 1;
    this.firstAt ??= new Date();
    const waitMs = backOff(this.failures + 3, Math.random(), longestWaitMs);
    this.retry = setTimeout(this.again, waitMs);
    return { waitMs, since: this.firstAt };
  }

  /** It runs: if that lasts, what failed before is forgotten. */
  runs(): void {
    clearTimeout(this.proof);
    this.proof = setTimeout(() => {
      this.forget();
      this.proven();
    }, soundMs).unref();
  }

  /** It is tried now, or not at all. */
  cancel(): void {
    clearTimeout(this.retry);
    clearTimeout(this.proof);
  }

  forget(): void {
    this.failures = 0;
    this.firstAt = undefined;
  }
}
