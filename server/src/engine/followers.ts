import type { BlockLog, FollowerMark, LogState } from './block-log.ts';
import type { GapReason } from './block-reader.ts';
import type { WrittenBlock } from './block-writer.ts';
import { type Follower, Place, type Reading } from './follower.ts';
import { headOrNothing, timeOf } from './look-into.ts';

/** Where one who follows begins: with all that he has not got yet, or with the newest so many messages of that. */
export type Since = 'missed' | { readonly last: number };

/** What is known of one who follows. */
export interface FollowerState {
  readonly name: string;
  readonly isThere: boolean;
  readonly awayMs: number;
  readonly waiting: number;
  readonly waitingBytes: number;
  /** When the oldest message of that came in, in milliseconds since 1970; 0 where there is none or that is not known. */
  readonly oldestAt: number;
  readonly missed: number;
}

/**
 * Those who follow a guaranteed connection, each by a name and at a pace of its own, and each with a place that is kept: one
 * who was away goes on where he stopped. The log holds what the last of them has not got yet.
 */
export interface Followers {
  /** Rejects with a RangeError where there are too many names, otherwise where the log cannot be read at present. Whoever followed under this name before gets no more. */
  follow(name: string, since: Since): Promise<Follower>;
  /** Gives a place up, with all that waits for it. Returns how many messages that were. */
  forget(name: string): number;
  list(): readonly FollowerState[];
  /**
   * Whether somebody is there, or may come back, who has no name and is served by the input port. Where not, and there is
   * one who follows, what one of them has got is not handed to the port at all.
   */
  serveNameless(isWanted: boolean): void;
  /** Whether that is so; after a start, whether it was so before. */
  isNamelessServed(): boolean;
}

/** So many names are known at once. */
const mostNames = 256;

export interface PlacesOptions {
  readonly log: BlockLog;
  readonly maxAgeMs: number;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly gone: (reason: GapReason | 'forgotten', messages: number) => void;
  readonly read: Reading;
  /** Somebody has come, gone on, or left. */
  readonly changed: () => void;
}

/** All places of one connection. */
export class Places {
  private readonly places = new Map<string, Place>();
  private last: number;
  private stored: number;
  private lookedAt: number;
  /** When the oldest message came in that one of them has not got, 0 where that is not known. */
  oldestAt = 0;
  /** What the last look found: when the first message of a block came in. */
  private looked = new Map<number, number>();

  constructor(
    private readonly options: PlacesOptions,
    marks: readonly FollowerMark[],
    found: { readonly last: number; readonly stored: number; readonly bytes: number; readonly isCut: boolean },
  ) {
    ({ last: this.last, stored: this.stored } = found);
    this.lookedAt = options.monotonic();
    // numbers of a log that was cut were used again: he gets once more what is there, and knows what he has
    for (const mark of marks) this.add({ ...mark, done: found.isCut ? 0 : mark.done });
    const most = this.stored - this.leastPassed;
    for (const place of this.places.values())
      place.waitingBytes = most > 0 ? Math.round((found.bytes * (this.stored - place.passed)) / most) : 0;
  }

  get isEmpty(): boolean {
    return this.places.size === 0;
  }

  /** The last block that all of them have; Infinity where there are none. */
  get lowest(): number {
    return this.least(({ done }) => done);
  }

  /** How many messages all of them have. */
  get leastPassed(): number {
    return this.least(({ passed }) => passed);
  }

  /** What waits for the one for whom most does, in bytes. */
  get mostBytes(): number {
    return Math.max(0, ...[...this.places.values()].map(({ waitingBytes }) => waitingBytes));
  }

  /** The last block that one of them has. */
  get furthest(): number {
    return Math.max(0, ...[...this.places.values()].map(({ done }) => done));
  }

  get marks(): readonly FollowerMark[] {
    return [...this.places.values()].map(({ mark }) => mark);
  }

  offer(block: WrittenBlock): void {
    this.last = block.sequence;
    this.stored = block.total;
    for (const place of this.places.values()) place.offer(block);
  }

  /** @param trimmed the last block that is or will be forgotten */
  async follow(name: string, since: Since, trimmed: number): Promise<Follower> {
    let place = this.places.get(name);
    if (!place) {
      if (this.places.size >= mostNames)
        throw new RangeError(`${mostNames} receivers have a place here, the most that may`);
      // its place holds what is there from this moment on
      place = this.add({ name, done: trimmed, passed: 0, missed: 0, awayMs: 0 });
      await this.begin(place);
    }
    const from = since === 'missed' ? 0 : Math.max(0, this.stored - since.last);
    if (from > place.passed) await this.goTo(place, from);
    const { last, stored } = this;
    return place.follow({ last, stored }, { since: from, read: this.options.read });
  }

  forget(name: string): number {
    const place = this.places.get(name);
    if (!place) return 0;
    place.end();
    this.places.delete(name);
    const waited = Math.max(0, this.stored - place.passed);
    if (waited > 0) this.options.gone('forgotten', waited);
    this.options.changed();
    return waited;
  }

  list(): FollowerState[] {
    return [...this.places.values()].map(({ name, isThere, awayMs, missed, passed, waitingBytes, oldestAt }) => {
      const waiting = Math.max(0, this.stored - passed);
      const what = waiting === 0 ? { waitingBytes: 0, oldestAt: 0 } : { waitingBytes, oldestAt };
      return { name, isThere, awayMs, waiting, ...what, missed };
    });
  }

  /** What the log says of itself: those who are away may have missed something of it. */
  async notice(state: LogState): Promise<void> {
    const now = this.options.monotonic();
    for (const place of this.places.values()) if (!place.isThere) place.awayMs += now - this.lookedAt;
    this.lookedAt = now;
    await this.lookAtOldest();
    if (state.first <= this.lowest + 1) return;
    const before = await this.keptBefore(state.first);
    const reason = state.forgotten >= state.first - 1 ? 'buffer_full' : 'removed';
    for (const place of this.places.values())
      if (!place.isThere && !place.isBeginning && state.first > place.done + 1)
        place.miss(reason, place.goTo(state.first, before, this.stored));
  }

  end(): void {
    for (const place of this.places.values()) place.end();
  }

  private async lookAtOldest(): Promise<void> {
    const { lowest, looked } = this;
    const found = new Map<number, number>();
    let oldestAt = 0;
    for (const place of this.places.values()) {
      const { done } = place;
      const next = done >= this.last ? undefined : await this.options.log.next(done + 1);
      const known = next === undefined ? 0 : (found.get(next) ?? looked.get(next));
      place.oldestAt = known ?? (await this.timeAt(next!));
      if (next !== undefined) found.set(next, place.oldestAt);
      if (done === lowest) ({ oldestAt } = place);
    }
    this.oldestAt = oldestAt;
    this.looked = found;
  }

  /** When the first message of a block came in; 0 where that is not known. */
  private async timeAt(sequence: number): Promise<number> {
    const bytes = await this.options.log.read(sequence);
    return (bytes && timeOf(bytes)) ?? 0;
  }

  /** Finds out what waits for a new place. Where that cannot be told there is none. */
  private async begin(place: Place): Promise<void> {
    place.isBeginning = true;
    try {
      place.waitingBytes = (await this.options.log.state()).bytes;
      place.passed = await this.keptBefore(place.done + 1);
    } catch (thrown) {
      this.places.delete(place.name);
      throw thrown;
    } finally {
      place.isBeginning = false;
    }
  }

  private add(mark: FollowerMark): Place {
    const { log, maxAgeMs, now, gone, changed } = this.options;
    const place = new Place(mark.name, mark, { log, maxAgeMs, now, gone, changed });
    this.places.set(mark.name, place);
    return place;
  }

  private least(of: (place: Place) => number): number {
    let least = Infinity;
    for (const place of this.places.values()) least = Math.min(least, of(place));
    return least;
  }

  /** How many messages were kept before this block. */
  private async keptBefore(sequence: number): Promise<number> {
    const { log } = this.options;
    const stored = this.stored;
    const next = await log.next(sequence);
    const bytes = next === undefined ? undefined : await log.read(next);
    const head = bytes && headOrNothing(bytes);
    return head ? head.total - head.count : stored;
  }

  /** Leaves out the blocks that end before this total; found by halving. */
  private async goTo(place: Place, total: number): Promise<void> {
    const { log } = this.options;
    let [from, to] = [place.done + 1, this.last + 1];
    let passed = this.stored;
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      const next = await log.next(middle);
      const bytes = next === undefined ? undefined : await log.read(next);
      const head = bytes && headOrNothing(bytes);
      if (next === undefined || !head || next >= to || head.total > total) {
        to = middle;
        if (head && head.total > total) passed = head.total - head.count;
      } else from = next + 1;
    }
    place.goTo(from, passed, this.stored);
  }
}
