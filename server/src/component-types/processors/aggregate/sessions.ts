import type { OpenWindows } from './open-windows.ts';

/** A session as it began; it may have grown since, at both ends, or be over. */
interface Begun {
  readonly start: number;
  readonly key: string;
}

/** The sessions of a group, in the order of time, and how many they may become before those that are over are left out. */
interface Group {
  begun: Begun[];
  most: number;
}
const fewest = 16;

/** Finds sessions by group and time. */
export class Sessions {
  private groups: Map<string, Group> | undefined;

  constructor(private readonly open: OpenWindows) {}

  /**
   * The keys of those that may hold a time: the last that begins up to it, and the first that begins later. All others are further
   * away than these, which lie apart.
   */
  around(group: string, time: number): readonly string[] {
    const begun = this.known.get(group)?.begun ?? [];
    const at = placeOf(begun, time);
    return begun.slice(Math.max(0, at - 1), at + 1).flatMap(({ key }) => (this.open.get(key) ? [key] : []));
  }

  add(group: string, key: string, start: number): void {
    if (this.known.size > 2 * this.open.size + 1000) this.groups = undefined;
    const found = this.known.get(group);
    if (!found) {
      this.known.set(group, { begun: [{ start, key }], most: fewest });
      return;
    }
    if (found.begun.length >= found.most) {
      found.begun = found.begun.filter((one) => this.open.get(one.key) !== undefined);
      found.most = 2 * found.begun.length + fewest;
    }
    found.begun.splice(placeOf(found.begun, start), 0, { start, key });
  }

  /** Read from what is open when it is first asked for: what was kept over a restart is there then. */
  private get known(): Map<string, Group> {
    if (this.groups) return this.groups;
    this.groups = new Map();
    const inOrder = [...this.open.entries()].sort(([, one], [, other]) => one.start - other.start);
    for (const [key, { start }] of inOrder) {
      const group = key.slice(key.indexOf(' ') + 1);
      const found = this.groups.get(group);
      if (found) found.begun.push({ start, key });
      else this.groups.set(group, { begun: [{ start, key }], most: fewest });
    }
    return this.groups;
  }
}

/** How many begin up to a time. */
const placeOf = (begun: readonly Begun[], time: number): number => {
  let [from, to] = [0, begun.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (begun[middle]!.start <= time) from = middle + 1;
    else to = middle;
  }
  return from;
};
