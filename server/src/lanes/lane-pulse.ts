import { lookMs, Patience } from '../machine/patience.ts';
import { memoryOf } from '../machine/process-usage.ts';

/** How long a process may take until it takes flows, in milliseconds, and how many times as long as a stall. */
const startMs = 30_000;
const startFactor = 10;

/** Feels from outside whether a lane still comes back to its event loop, and how much memory it holds. */
export class LanePulse {
  private readonly watch = setInterval(() => this.feel(), lookMs);
  private readonly patience: Patience;
  private isReady = false;
  private hasBeaten = false;
  private lastFelt = performance.now();

  constructor(
    private readonly options: {
      readonly process: number;
      /** CPU time that it may spend without a beat, in milliseconds. */
      readonly stallMs: number;
      readonly mostMemoryBytes: number;
      readonly onDying: (cause: 'stalled' | 'out_of_memory', sentence: string) => void;
    },
  ) {
    this.patience = new Patience(options.process);
  }

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
    const { process, mostMemoryBytes, onDying } = this.options;
    if ((memoryOf(process) ?? 0) > mostMemoryBytes)
      return onDying('out_of_memory', 'it needed more memory than a lane may have');
    const now = performance.now();
    // a main thread that was held up itself cannot judge
    const isLate = now - this.lastFelt > 2 * lookMs;
    this.lastFelt = now;
    if (this.hasBeaten || isLate) {
      this.hasBeaten = false;
      return this.patience.begin();
    }
    if (this.isStalled())
      onDying('stalled', `it did not come back for ${(this.patience.silentMs / 1000).toFixed(1)} s`);
  }

  private isStalled(): boolean {
    const { stallMs } = this.options;
    if (this.isReady) return this.patience.isOver(stallMs);
    return this.patience.silentMs >= Math.max(startMs, stallMs * startFactor);
  }
}
