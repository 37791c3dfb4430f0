/** So many refusals of one asker are noted in a minute, and so many of all whom nobody knows. */
const mostOfOne = 60;
const mostOfStrangers = 600;
const minuteMs = 60_000;

/** Who was refused. */
export interface RefusedAsker {
  readonly who: string;
  readonly from: string;
}

/** How many refusals of somebody within a minute were not noted. */
export interface HeldBack extends RefusedAsker {
  readonly count: number;
}

interface Counted extends RefusedAsker {
  readonly since: number;
  count: number;
  noted: number;
}

/** Lets a bounded number of refusals into the audit, and counts the others by who was refused. */
export class RefusalGate {
  private readonly known = new Map<string, Counted>();
  private strangers: Counted | undefined;
  private ofCrowd = 0;

  /** @param now milliseconds */
  constructor(private readonly now: () => number) {}

  /**
   * Whether one more of this asker is to be noted. Further strangers, when many have been noted, are counted together: names are
   * what a crowd has most of.
   * @param room whom the asker shares a bound with
   */
  admit(room: string, { asker, isStranger }: { readonly asker: RefusedAsker; readonly isStranger: boolean }): boolean {
    const isCrowded = isStranger && (this.strangers?.count ?? 0) >= mostOfStrangers;
    if (isCrowded && !this.known.has(room)) {
      this.ofCrowd += 1;
      return false;
    }
    const own = this.known.get(room) ?? this.begun(asker);
    this.known.set(room, own);
    own.count += 1;
    if (isCrowded || own.count > mostOfOne) return false;
    if (isStranger) (this.strangers ??= this.begun(asker)).count += 1;
    own.noted += 1;
    return true;
  }

  /** Of minutes that are over; each is told once. To be asked before `admit`: a minute ends by being told. */
  heldBack(): HeldBack[] {
    const over: HeldBack[] = [];
    for (const [room, { who, from, since, count, noted }] of this.known) {
      if (!this.isOver(since)) continue;
      this.known.delete(room);
      if (count > noted) over.push({ who, from, count: count - noted });
    }
    if (this.strangers && this.isOver(this.strangers.since)) {
      if (this.ofCrowd > 0) over.push({ who: this.strangers.who, from: 'many addresses', count: this.ofCrowd });
      this.strangers = undefined;
      this.ofCrowd = 0;
    }
    return over;
  }

  private begun({ who, from }: RefusedAsker): Counted {
    return { who, from, since: this.now(), count: 0, noted: 0 };
  }

  private isOver(since: number): boolean {
    return Math.abs(this.now() - since) >= minuteMs;
  }
}
