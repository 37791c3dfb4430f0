/** What somebody who writes to buffers says of its share of the store; all in bytes, counted since it began. */
export interface RoomAsked {
  /** So much has been handed to NATS, and that has ended, well or not. */
  readonly written: number;
  /** How far it may write. */
  readonly upTo: number;
  /** How much more it needs; 0 gives back what is not written. */
  readonly wants: number;
  /** As much of its own goes before it is written. */
  readonly isSwap?: boolean;
}

export interface StoreUse {
  readonly used: number;
  /** What buffers may fill, dead letters and all else left out. */
  readonly bound: number;
}

/** All that is promised and not written yet is about this part of the bound, unless single blocks are larger. */
const promisedPart = 0.02;

interface Waiting {
  readonly looked: () => void;
  readonly failed: (reason: unknown) => void;
}

/**
 * Shares what buffers may still fill among those who write to them. Nobody writes before it was promised the room, and what
 * was promised counts as used until it is written, so that all together never pass the bound, however fast they are. The
 * store is looked at only where what is known to be free does not suffice.
 */
export class StoreRoom {
  private readonly holders = new Map<string, { readonly written: number; readonly upTo: number }>();
  /** What is promised to nobody, by the last look at the store; negative before the first one. */
  private free = -1;
  private bound = 0;
  /** What was promised since the last look began. */
  private sinceLook = 0;
  private waiting: Waiting[] = [];
  private isLooking = false;
  private refusals = 0;

  constructor(private readonly measure: () => Promise<StoreUse>) {}

  /**
   * Resolves with how far `who` may write now: no farther than before where there is no room. What is swapped needs none, and
   * nobody else gets what goes for it. Rejects where nobody knows.
   */
  async ask(who: string, { written, upTo, wants, isSwap = false }: RoomAsked): Promise<number> {
    this.holders.set(who, { written, upTo });
    if (wants === 0) return upTo;
    if (isSwap) return this.give(who, wants);
    if (this.free >= wants) return this.promise(who, wants);
    return new Promise((resolve, reject) => {
      this.waitForLook({ looked: () => resolve(this.promise(who, wants)), failed: reject });
    });
  }

  /** It writes no more. */
  forget(who: string): void {
    this.holders.delete(who);
  }

  /** Looks at the store anew. Rejects where that cannot be done. */
  async look(): Promise<void> {
    return new Promise((looked, failed) => this.waitForLook({ looked, failed }));
  }

  /** Promised and not written yet. */
  get promised(): number {
    let sum = 0;
    for (const { written, upTo } of this.holders.values()) sum += upTo - written;
    return sum;
  }

  /** Whether somebody was refused since this was asked last. */
  wasRefused(): boolean {
    const { refusals } = this;
    this.refusals = 0;
    return refusals > 0;
  }

  /** One look serves all who waited when it began. */
  private waitForLook(waiting: Waiting): void {
    this.waiting.push(waiting);
    if (!this.isLooking) void this.lookForAll();
  }

  private async lookForAll(): Promise<void> {
    this.isLooking = true;
    while (this.waiting.length > 0) {
      const { waiting } = this;
      this.waiting = [];
      try {
        await this.lookNow();
        for (const { looked } of waiting) looked();
      } catch (thrown) {
        for (const { failed } of waiting) failed(thrown);
      }
    }
    this.isLooking = false;
  }

  /** What is written meanwhile was promised before or meanwhile, so it counts whether the store shows it already or not. */
  private async lookNow(): Promise<void> {
    const { promised } = this;
    this.sinceLook = 0;
    const { used, bound } = await this.measure();
    this.bound = bound;
    this.free = bound - used - promised - this.sinceLook;
  }

  private promise(who: string, wants: number): number {
    const share = Math.max(wants, Math.floor((this.bound * promisedPart) / Math.max(1, this.holders.size)));
    const given = this.free >= share ? share : this.free >= wants ? wants : 0;
    if (given === 0) this.refusals += 1;
    return this.give(who, given);
  }

  private give(who: string, bytes: number): number {
    const { written, upTo } = this.holders.get(who) ?? { written: 0, upTo: 0 };
    this.free -= bytes;
    this.sinceLook += bytes;
    this.holders.set(who, { written, upTo: upTo + bytes });
    return upTo + bytes;
  }
}
