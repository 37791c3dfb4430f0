/** How often the same is told at most, in milliseconds. */
const quietMs = 60_000;

interface Told<Given> {
  readonly at: number;
  count: number;
  given: Given;
}

/** Tells of what happens again and again: at once the first time, then once a minute with the number since. */
export class SummedUp<Given> {
  private readonly told = new Map<string, Told<Given>>();

  constructor(private readonly tell: (given: Given, count: number) => void) {}

  /** @param now monotonic, in milliseconds */
  add(key: string, given: Given, { count, now }: { readonly count: number; readonly now: number }): void {
    const known = this.told.get(key);
    if (known) {
      known.count += count;
      known.given = given;
      return;
    }
    this.told.set(key, { at: now, count: 0, given });
    this.tell(given, count);
  }

  /** Tells what is due. Call it now and then, and with `Infinity` in the end. */
  due(now: number): void {
    for (const [key, { at, count, given }] of this.told) {
      if (now < at + quietMs) continue;
      this.told.delete(key);
      if (count === 0) continue;
      this.told.set(key, { at: now, count: 0, given });
      this.tell(given, count);
    }
  }
}
