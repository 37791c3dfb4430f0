import type { World } from './world.ts';

/** How often it is looked whether a component has answered, and how long it may take until that is told, in milliseconds. */
const lookMs = 5000;
const patienceMs = 30_000;

/**
 * Watches whether the handlers of a component come back. What they were asked costs two additions; the clock is read every
 * few seconds, and only while an answer is due.
 */
export class Answers {
  private due = 0;
  private given = 0;
  private isWatched = false;

  /** @param tell is told for how long the component has been silent, in milliseconds, and undefined when it answers again */
  constructor(
    private readonly world: Pick<World, 'wait' | 'monotonic'>,
    private readonly signal: AbortSignal,
    private readonly tell: (forMs: number | undefined) => void,
  ) {}

  /** Something was asked of the component, and it takes its time. */
  await(): void {
    this.due += 1;
    if (this.isWatched) return;
    this.isWatched = true;
    void this.watch().catch(() => undefined);
  }

  /** It has answered, well or not. */
  came(): void {
    this.due -= 1;
    this.given += 1;
  }

  /** Until no answer is due, or the flow ends. */
  private async watch(): Promise<void> {
    const { world, signal, tell } = this;
    let [seen, since, isTold] = [this.given, world.monotonic(), false];
    while (this.due > 0) {
      await world.wait(lookMs, signal);
      const now = world.monotonic();
      if (this.given !== seen) {
        if (isTold) tell(undefined);
        [seen, since, isTold] = [this.given, now, false];
      } else if (!isTold && now - since >= patienceMs) {
        isTold = true;
        tell(now - since);
      }
    }
    this.isWatched = false;
  }
}
