import { cpuMsOf, isAsleep, memoryOf } from '../machine/process-usage.ts';

/** How often the pulse is felt, in milliseconds. */
const watchMs = 250;
/** A lane that waits for something outside of it, without coming back, is given this many times as long. */
const asleepFactor = 2;
/** A lane that gets hardly any CPU is given this many times as long before it counts as stalled. */
const starvedFactor = 10;
/** How long a process may take until it takes flows, in milliseconds. */
const startMs = 30_000;

/** Feels from outside whether a lane still comes back to its event loop, and how much memory it holds. */
export class LanePulse {
  private readonly watch = setInterval(() => this.feel(), watchMs);
  private isReady = false;
  private hasBeaten = false;
  private lastFelt = performance.now();
  private last = { at: performance.now(), cpuMs: 0 };
  /** For how long it was seen asleep since the last beat. */
  private asleepMs = 0;

  constructor(
    private readonly options: {
      readonly process: number;
      /** CPU time that it may spend without a beat, in milliseconds. */
      readonly stallMs: number;
      readonly mostMemoryBytes: number;
      readonly onDying: (cause: 'stalled' | 'out_of_memory', sentence: string) => void;
    },
  ) {}

  begin(): void {
    this.isReady = true;
    this.beat();
  }

  beat(): void {
    this.hasBeaten = true;
  }

  end(): void {
    clearInterval(this.watch);
  }

  private feel(): void {
    const { process, stallMs, mostMemoryBytes, onDying } = this.options;
    if ((memoryOf(process) ?? 0) > mostMemoryBytes)
      return onDying('out_of_memory', 'it needed more memory than a lane may have');
    const now = performance.now();
    const cpuMs = cpuMsOf(process);
    // a main thread that was held up itself cannot judge
    const isLate = now - this.lastFelt > 2 * watchMs;
    const elapsedMs = now - this.lastFelt;
    this.lastFelt = now;
    if (this.hasBeaten || isLate) {
      this.hasBeaten = false;
      this.asleepMs = 0;
      this.last = { at: now, cpuMs: cpuMs ?? 0 };
      return;
    }
    const silentMs = now - this.last.at;
    if (isAsleep(process)) this.asleepMs += elapsedMs;
    const spentMs = cpuMs === undefined ? silentMs : cpuMs - this.last.cpuMs;
    const isStalled = this.isReady
      ? spentMs >= stallMs || this.asleepMs >= stallMs * asleepFactor || silentMs >= stallMs * starvedFactor
      : silentMs >= Math.max(startMs, stallMs * starvedFactor);
    if (isStalled) onDying('stalled', `it did not come back for ${(silentMs / 1000).toFixed(1)} s`);
  }
}
