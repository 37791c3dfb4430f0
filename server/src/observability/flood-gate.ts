/** Over this time lines are counted, in milliseconds. */
const spanMs = 60_000;
/** Kinds that are known at the same time; the one that came first is forgotten. */
const mostKnown = 2000;

interface Known {
  readonly since: number;
  written: number;
  heldBack: number;
  last: () => void;
}

/**
 * Holds back what is written again and again, so that a storm fills no disk and hides nothing else: the first lines are
 * written as they come, the rest is one line a minute with their number.
 */
export class FloodGate {
  private readonly known = new Map<string, Known>();

  /** @param most so many lines of a kind are written as they come */
  constructor(private readonly most: number) {}

  /** Writes a line now, or later in one with others of its kind; `now` is monotonic, in milliseconds. */
  pass(kind: string, now: number, write: (repeated?: number) => void): void {
    const known = this.of(kind, now);
    if (known.written < this.most) {
      known.written += 1;
      write();
      return;
    }
    known.heldBack += 1;
    known.last = () => write(known.heldBack);
  }

  /** Writes what was held back for long enough. Call it now and then, and with `Infinity` in the end. */
  due(now: number): void {
    for (const [key, { since }] of this.known) if (now >= since + spanMs) this.close(key);
  }

  private of(key: string, now: number): Known {
    const found = this.known.get(key);
    if (found && now < found.since + spanMs) return found;
    if (found) this.close(key);
    if (this.known.size >= mostKnown) this.close(this.known.keys().next().value!);
    const known: Known = { since: now, written: 0, heldBack: 0, last: () => undefined };
    this.known.set(key, known);
    return known;
  }

  private close(key: string): void {
    const known = this.known.get(key);
    this.known.delete(key);
    if (known && known.heldBack > 0) known.last();
  }
}
