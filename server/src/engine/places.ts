import type { BlockLog, FollowerMark, LogState } from './block-log.ts';
import type { GapReason } from './block-reader.ts';
import type { WrittenBlock } from './block-writer.ts';
import { type Follower, Place, type Reading } from './follower.ts';
import type { FollowerState, Order, Since } from './followers.ts';
import { firstBehind, keptBefore, timeOf } from './look-into.ts';

/** So many names are known at once. */
const mostNames = 256;
/** In so many parts what lies behind may be; then the last of them grows until another is over. */
const mostParts = 8;

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
  /** By name, the parts of what each has not got, the oldest first; the last goes on with what comes. */
  private readonly byName = new Map<string, Place[]>();
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
    for (const mark of marks)
      if (!found.isCut) this.add(mark);
      else if (!this.byName.has(mark.name)) {
        // numbers of a log that was cut were used again: he gets once more what is there, and knows what he has
        const { until: _, ...whole } = mark;
        this.add({ ...whole, done: 0 });
      }
    const most = this.stored - this.leastPassed;
    for (const place of this.all)
      place.waitingBytes = most > 0 ? Math.round((found.bytes * place.waitingOf(this.stored)) / most) : 0;
  }

  get isEmpty(): boolean {
    return this.byName.size === 0;
  }

  private get all(): readonly Place[] {
    return [...this.byName.values()].flat();
  }

  /** The last block that all of them have; Infinity where there are none. */
  get lowest(): number {
    return this.least(({ done }) => done);
  }

  /** How many messages all of them have. */
  get leastPassed(): number {
    return this.least(({ passed }) => passed);
  }

  /** How many messages wait for the one for whom most do. */
  get mostWaiting(): number {
    return Math.max(0, ...this.list().map(({ waiting }) => waiting));
  }

  /** What waits for the one for whom most does, in bytes. */
  get mostBytes(): number {
    return Math.max(0, ...this.list().map(({ waitingBytes }) => waitingBytes));
  }

  /** The last block up to which one of them has everything. */
  get furthest(): number {
    return Math.max(0, ...[...this.byName.values()].map((parts) => Math.min(...parts.map(({ done }) => done))));
  }

  get marks(): readonly FollowerMark[] {
    return this.all.map(({ mark }) => mark);
  }

  offer(block: WrittenBlock): void {
    this.last = block.sequence;
    this.stored = block.total;
    for (const place of this.all)
      if (!place.until) place.offer(block);
      else if (block.sequence <= place.until.block) {
        // the log has lost its newest blocks, and with them the end of this part
        place.miss('damaged', place.waitingOf(this.stored));
        this.remove(place);
      }
  }

  /** @param trimmed the last block that is or will be forgotten */
  async follow(
    name: string,
    {
      since,
      order = 'oldest_first',
      trimmed,
    }: { readonly since: Since; readonly order?: Order; readonly trimmed: number },
  ): Promise<Follower> {
    if (!this.byName.has(name)) {
      if (this.byName.size >= mostNames)
        throw new RangeError(`${mostNames} receivers have a place here, the most that may`);
      // its place holds what is there from this moment on
      await this.begin(this.add({ name, done: trimmed, passed: 0, missed: 0, awayMs: 0 }));
    }
    const from = since === 'missed' ? 0 : Math.max(0, this.stored - since.last);
    for (const place of this.partsOf(name))
      if (place.until && place.until.total <= from) this.remove(place);
      else if (from > place.passed) await this.goTo(place, from);
    if (order === 'newest_first') this.divide(name);
    const { last, stored } = this;
    const { read } = this.options;
    const follow = (place: Place, gaps: readonly Follower[] = []): Follower =>
      place.follow({ last, stored }, { since: from, read, gaps });
    const parts = this.partsOf(name);
    return follow(
      parts.at(-1)!,
      parts.slice(0, -1).map((place) => follow(place)),
    );
  }

  forget(name: string): number {
    const parts = this.partsOf(name);
    if (parts.length === 0) return 0;
    for (const place of parts) place.end();
    this.byName.delete(name);
    const waited = parts.reduce((sum, place) => sum + place.waitingOf(this.stored), 0);
    if (waited > 0) this.options.gone('forgotten', waited);
    this.options.changed();
    return waited;
  }

  list(): FollowerState[] {
    return [...this.byName].map(([name, parts]) => {
      const newest = parts.at(-1)!;
      const behind = parts.filter((place) => place.waitingOf(this.stored) > 0);
      const times = behind.map(({ oldestAt }) => oldestAt).filter((at) => at > 0);
      const sumOf = (of: (place: Place) => number): number => parts.reduce((sum, place) => sum + of(place), 0);
      return {
        name,
        isThere: newest.isThere,
        awayMs: newest.awayMs,
        waiting: sumOf((place) => place.waitingOf(this.stored)),
        waitingBytes: behind.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0),
        oldestAt: times.length === 0 ? 0 : Math.min(...times),
        missed: sumOf(({ missed }) => missed),
      };
    });
  }

  /** What the log says of itself: those who are away may have missed something of it. */
  async notice(state: LogState): Promise<void> {
    const now = this.options.monotonic();
    for (const place of this.all) if (!place.isThere) place.awayMs += now - this.lookedAt;
    this.lookedAt = now;
    await this.lookAtOldest();
    if (state.first <= this.lowest + 1) return;
    const before = await this.keptBefore(state.first);
    const reason = state.forgotten >= state.first - 1 ? 'buffer_full' : 'removed';
    for (const place of this.all) {
      if (place.isThere || place.isBeginning || state.first <= place.done + 1) continue;
      const { block, total } = place.until ?? { block: Infinity, total: this.stored };
      place.miss(reason, place.goTo(Math.min(state.first, block + 1), Math.min(before, total), total));
      if (place.isOver) this.remove(place);
    }
  }

  end(): void {
    for (const place of this.all) place.end();
  }

  private partsOf(name: string): readonly Place[] {
    return [...(this.byName.get(name) ?? [])];
  }

  /** What he has not got yet is one part, and what comes from now on another. */
  private divide(name: string): void {
    const parts = this.partsOf(name);
    const newest = parts.at(-1)!;
    if (newest.waitingOf(this.stored) === 0 || newest.done >= this.last || parts.length >= mostParts) return;
    newest.end();
    newest.endWith(this.last, this.stored);
    this.add({ name, done: this.last, passed: this.stored, missed: 0, awayMs: 0, part: this.stored });
  }

  private remove(place: Place): void {
    const rest = this.partsOf(place.name).filter((each) => each !== place);
    // what was missed in it was missed
    if (rest[0]) rest[0].missed += place.missed;
    this.byName.set(place.name, rest);
    place.end();
  }

  /** A part that is over is nobody's place any more. */
  private placeChanged(place: Place): void {
    if (place.isOver && this.partsOf(place.name).includes(place)) this.remove(place);
    else this.options.changed();
  }

  private async lookAtOldest(): Promise<void> {
    const { lowest, looked } = this;
    const found = new Map<number, number>();
    let oldestAt = 0;
    for (const place of this.all) {
      const { done } = place;
      const next = done >= (place.until?.block ?? this.last) ? undefined : await this.options.log.next(done + 1);
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
      this.byName.delete(place.name);
      throw thrown;
    } finally {
      place.isBeginning = false;
    }
  }

  private add(mark: FollowerMark): Place {
    const { log, maxAgeMs, now, gone } = this.options;
    const changed = (): void => this.placeChanged(place);
    const place: Place = new Place(mark.name, mark, { log, maxAgeMs, now, gone, changed });
    this.byName.set(mark.name, [...(this.byName.get(mark.name) ?? []), place]);
    return place;
  }

  private least(of: (place: Place) => number): number {
    let least = Infinity;
    for (const place of this.all) least = Math.min(least, of(place));
    return least;
  }

  private async keptBefore(sequence: number): Promise<number> {
    return keptBefore(this.options.log, sequence, this.stored);
  }

  /** Leaves out the blocks that end before this total. */
  private async goTo(place: Place, total: number): Promise<void> {
    const { block, total: stored } = place.until ?? { block: this.last, total: this.stored };
    const { first, before } = await firstBehind(this.options.log, total, { from: place.done + 1, last: block, stored });
    place.goTo(first, before, stored);
  }
}
