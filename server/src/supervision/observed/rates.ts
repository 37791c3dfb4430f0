import type { Counters } from '../../engine/counters.ts';

/** Rates are means over this time, in milliseconds: long enough to be calm, short enough to be seen at once. */
const windowMs = 2000;

interface Sample {
  readonly at: number;
  readonly counters: Counters;
}

/** Remembers what the counters of one flow were, to tell how fast they grow. */
export class Rates {
  private samples: Sample[] = [];

  /** Takes a sample; `now` is monotonic, in milliseconds, and the moment at which the counters were so. */
  sample(counters: Counters, now: number): void {
    if (now <= (this.samples.at(-1)?.at ?? -Infinity)) return;
    const before = this.samples.at(-1)?.counters;
    this.samples.push({ at: now, counters: before?.changes === counters.changes ? before : counters.copy() });
    while (this.samples.length > 2 && this.samples[1]!.at <= now - windowMs) this.samples.shift();
  }

  /** Growth per second of what `read` reads from the counters, over the last two seconds. */
  perSecond(read: (counters: Counters) => number): number {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || last.at <= first.at || first.counters === last.counters) return 0;
    const rate = ((read(last.counters) - read(first.counters)) * 1000) / (last.at - first.at);
    return Math.max(0, Math.round(rate * 10) / 10);
  }

  forget(): void {
    this.samples = [];
  }
}
