/** The pace is that of so many looks. */
const mostLooks = 30;

interface Look {
  readonly at: number;
  readonly waiting: number;
}

/** How fast what waits for each receiver becomes less. */
export class CatchingUp {
  private looks = new Map<string, readonly Look[]>();

  /** @param at milliseconds that never jump; @param all those that have a place, and how many messages wait for each */
  look(
    at: number,
    all: readonly { readonly name: string; readonly waiting: number; readonly isThere: boolean }[],
  ): void {
    const before = this.looks;
    this.looks = new Map();
    for (const { name, waiting, isThere } of all)
      if (isThere && waiting > 0)
        this.looks.set(name, [...(before.get(name) ?? []), { at, waiting }].slice(-mostLooks));
  }

  /**
   * Milliseconds until nothing waits for it at the pace of the last looks, in which what comes meanwhile is counted.
   * Undefined where it comes no nearer, or where too little was seen.
   */
  backInMs(name: string): number | undefined {
    const looks = this.looks.get(name) ?? [];
    const [first, last] = [looks[0], looks.at(-1)];
    if (!first || !last || last.waiting >= first.waiting) return undefined;
    return (last.waiting * (last.at - first.at)) / (first.waiting - last.waiting);
  }
}
