import { cpuMsOf, isAsleep } from './process-usage.ts';

/** How often a process is looked at, in milliseconds. */
export const lookMs = 250;
/** A process that waits for something outside of it is given this many times as long. */
const asleepFactor = 2;
/** One that gets hardly any CPU is given this many times as long. */
const starvedFactor = 10;

/**
 * Tells whether a process has had its time. That is CPU time: what others take meanwhile on a busy machine is not its fault.
 * It is to be looked at every `lookMs`.
 */
export class Patience {
  private since: { readonly at: number; readonly cpuMs: number };
  private lastLook = performance.now();
  /** For how long it was seen asleep. */
  private asleepMs = 0;

  constructor(private readonly process: number) {
    this.since = this.now();
  }

  /** How long it was given up to now, by the clock, in milliseconds. */
  get silentMs(): number {
    return performance.now() - this.since.at;
  }

  /** Its time begins anew. */
  begin(): void {
    this.asleepMs = 0;
    this.since = this.now();
  }

  /** Whether it has had `mostMs` of CPU time, has slept for twice as long, or has been there for ten times as long. */
  isOver(mostMs: number): boolean {
    const elapsedMs = performance.now() - this.lastLook;
    this.lastLook = performance.now();
    // who looks late does not know what it did before
    if (isAsleep(this.process)) this.asleepMs += Math.min(elapsedMs, 2 * lookMs);
    return (
      this.spentMs() >= mostMs || this.asleepMs >= mostMs * asleepFactor || this.silentMs >= mostMs * starvedFactor
    );
  }

  private spentMs(): number {
    const cpuMs = cpuMsOf(this.process);
    return cpuMs === undefined ? this.silentMs : cpuMs - this.since.cpuMs;
  }

  private now() {
    return { at: performance.now(), cpuMs: cpuMsOf(this.process) ?? 0 };
  }
}

/** Calls `late`, once, when a process has had its `mostMs`. Returns how to end the look. */
export const whenLate = (process: number, mostMs: number, late: () => void): (() => void) => {
  const patience = new Patience(process);
  const looking = setInterval(() => {
    if (!patience.isOver(mostMs)) return;
    clearInterval(looking);
    late();
  }, lookMs);
  return () => clearInterval(looking);
};
