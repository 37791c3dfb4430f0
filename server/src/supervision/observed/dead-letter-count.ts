/** How often the dead letters of a flow are counted at most, in milliseconds. */
const restMs = 3000;

/** How many dead letters a flow has, counted where they lie: they outlive the process that made them. */
export class DeadLetterCount {
  value = 0;
  /** How often it is to be counted yet: what has just failed may reach the disk a moment later. */
  private due = 1;
  private isCounting = false;
  private countedAt = -Infinity;

  constructor(private readonly count: () => Promise<number>) {}

  /** There may be others now. */
  changed(): void {
    this.due = 2;
  }

  /** Counts again where that is due, and says whether it does; `now` is monotonic, in milliseconds. */
  refresh(now: number): boolean {
    if (this.due === 0 || this.isCounting || now < this.countedAt + restMs) return false;
    [this.due, this.isCounting, this.countedAt] = [this.due - 1, true, now];
    this.count()
      .then(
        (value) => (this.value = value),
        // the store is away: what was counted last stands until it is back
        () => (this.due += 1),
      )
      .finally(() => (this.isCounting = false));
    return true;
  }
}
