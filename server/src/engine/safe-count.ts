/**
 * Follows how much of what an input took in is safe. Everything is counted by `take`, in the order in which it is emitted,
 * and by `made` when its batch is safe.
 */
export class SafeCount {
  private taken = 0;
  private safe = 0;
  private readonly waiting: { readonly at: number; readonly done: () => void }[] = [];

  take(): void {
    this.taken += 1;
  }

  made(count: number): void {
    this.safe += count;
    while (this.waiting[0] && this.waiting[0].at <= this.safe) this.waiting.shift()!.done();
  }

  /** Calls `done` as soon as all that was taken up to now is safe: at once where it is already. */
  then(done: () => void): void {
    if (this.safe >= this.taken) done();
    else this.waiting.push({ at: this.taken, done });
  }
}
