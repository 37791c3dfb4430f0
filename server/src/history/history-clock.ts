import { readFileSync } from 'node:fs';

/** From here on, what the clock of history said is shown so much later, in milliseconds. */
export interface Shift {
  readonly from: number;
  readonly by: number;
}

/** Shifts are whole steps of this, so that cells stay in step with those before; and a clock may be off by less unseen. */
const stepMs = 10_000;
const seenFromMs = 7500;
const mostShifts = 1000;

/** The clock on the wall, and one that never jumps and goes on while the machine sleeps. Both in milliseconds. */
export interface Clocks {
  wall(): number;
  steady(): number;
}

/**
 * The time by which history is kept. It never jumps and never goes back, over restarts too. Where the clock on the wall is
 * set, all that was noted since this start is shown at the new time: so the jump leaves no hole, and nothing is there twice.
 */
export class HistoryClock {
  private readonly startedAt: number;
  private readonly steadyAtStart: number;
  private shifts: Shift[];

  /**
   * @param shifts as they were kept, in the order of `from`
   * @param last the last moment of which something is kept
   */
  constructor(
    private readonly clocks: Clocks,
    shifts: readonly Shift[],
    last: number,
  ) {
    const wall = clocks.wall();
    this.startedAt = Math.max(wall, Math.ceil((last + 1) / stepMs) * stepMs);
    this.steadyAtStart = clocks.steady();
    this.shifts = [...shifts];
    this.shiftTo(wall);
  }

  /** The moment as it is kept. */
  now(): number {
    return this.startedAt + Math.max(0, this.clocks.steady() - this.steadyAtStart);
  }

  /** Looks whether the clock on the wall was set; by how many milliseconds, 0 where it was not. */
  look(): number {
    const before = this.lastShift;
    const off = this.clocks.wall() - this.shown(this.now());
    if (Math.abs(off) < seenFromMs) return 0;
    this.shiftTo(this.clocks.wall());
    return this.lastShift - before;
  }

  /** What is to be kept of it. */
  get kept(): readonly Shift[] {
    return this.shifts;
  }

  /** The time on the wall of a moment that is kept. */
  shown(at: number): number {
    return at + (this.shifts.findLast(({ from }) => from <= at)?.by ?? 0);
  }

  /** The moments that are shown between two times, in stretches that are shifted alike. */
  stretches(from: number, to: number): { readonly from: number; readonly to: number }[] {
    const starts = [{ from: -Infinity, by: 0 }, ...this.shifts];
    return starts.flatMap(({ from: start, by }, index) => {
      const end = starts[index + 1]?.from ?? Infinity;
      const stretch = { from: Math.max(start, from - by), to: Math.min(end, to - by) };
      return stretch.from < stretch.to ? [stretch] : [];
    });
  }

  private get lastShift(): number {
    return this.shifts.at(-1)?.by ?? 0;
  }

  private shiftTo(wall: number): void {
    const by = Math.round((wall - this.now()) / stepMs) * stepMs;
    if (by === this.lastShift) return;
    this.shifts = [...this.shifts.filter(({ from }) => from < this.startedAt), { from: this.startedAt, by }];
    this.shifts = this.shifts.slice(-mostShifts);
  }
}

/** The clocks of this machine. */
export const machineClocks: Clocks = { wall: () => Date.now(), steady: () => bootMs() ?? performance.now() };

/** How long the machine is up, with the time that it slept; undefined where there is no `/proc`. */
const bootMs = (): number | undefined => {
  try {
    return Number.parseFloat(readFileSync('/proc/uptime', 'latin1')) * 1000;
  } catch {
    return undefined;
  }
};
