import { takingTurns } from '../../engine/turns.ts';
import { type BucketChange, changesOf, type Entry, type Found, type Item } from './bucket-changes.ts';
import { type BucketState, type BucketStream, type Kept, StaleRevision } from './bucket-stream.ts';
import type { Quarantine } from './quarantine.ts';
import { type BucketShape, isKey, StoredValues } from './stored-values.ts';

export { StaleRevision } from './bucket-stream.ts';

interface Reading<Value> {
  readonly mark: string;
  readonly state: BucketState;
  readonly items: ReadonlyMap<string, Item<Value>>;
  readonly found: readonly Found<Value>[];
}

/** How many entries are asked for at the same time: their answers are worked on in one go. */
const atOnce = 32;
/** From so many writes on everything is read anew, instead of what was written. */
const mostMissed = 1000;

/** A NATS KV bucket of values of one shape. A stored value that does not fit is told of as damaged, and never handed out. */
export class Bucket<Value> {
  private last: Reading<Value> | undefined;
  private reading: Promise<Reading<Value>> | undefined;
  private nextReading: Promise<Reading<Value>> | undefined;
  private readonly values: StoredValues<Value>;
  private readonly wakes = new Set<() => void>();

  constructor(
    private readonly stream: BucketStream,
    shape: BucketShape<Value>,
    quarantine: Quarantine,
  ) {
    this.values = new StoredValues(stream.name, shape, quarantine);
  }

  /** Undefined for what is not there, and for what cannot be a key. */
  async look(key: string): Promise<Found<Value> | undefined> {
    if (!isKey(key)) return undefined;
    const kept = await this.stream.at(key);
    const item = kept && this.values.read(kept);
    if (item?.kind === 'whole' || item?.kind === 'damaged') return item;
    this.values.mend(key);
    return undefined;
  }

  /** Undefined for what is damaged too. */
  async get(key: string): Promise<Entry<Value> | undefined> {
    const found = await this.look(key);
    return found?.kind === 'whole' ? found : undefined;
  }

  /** Revision of the new entry. Rejects with StaleRevision where there is one of this key. */
  async create(key: string, value: Value): Promise<number> {
    try {
      return await this.write(key, value, 0);
    } catch (thrown) {
      const kept = thrown instanceof StaleRevision ? await this.stream.at(key) : undefined;
      if (!kept?.isRemoval) throw thrown;
      return this.write(key, value, kept.revision);
    }
  }

  /** Revision of the changed entry, damaged before or not. Rejects with StaleRevision where `revision` is not the present one. */
  async update(key: string, value: Value, revision: number): Promise<number> {
    return this.write(key, value, revision);
  }

  /** Rejects with StaleRevision where `revision` is not the present one. */
  async remove(key: string, revision: number): Promise<void> {
    await this.stream.remove(key, revision);
    this.values.mend(key);
    this.wake();
  }

  /** Removes a key without a trace, whatever is there. Not for buckets that are watched. */
  async erase(key: string): Promise<void> {
    await this.stream.erase(key);
    this.values.mend(key);
  }

  /** Sees whether the bucket is there and as it should be, and puts right what is not. */
  async check(): Promise<void> {
    await this.stream.state();
  }

  /** Keys that were ever written and not erased, by name. `filter` may have wildcards. */
  async keys(filter = '>'): Promise<string[]> {
    return this.stream.keys(filter);
  }

  async entries(filter = '>'): Promise<Entry<Value>[]> {
    const found: Entry<Value>[] = [];
    await inSlices(
      await this.stream.keys(filter),
      async (key) => this.get(key),
      (entry) => entry && found.push(entry),
    );
    return found;
  }

  /** All that is there, damaged or not. Only what was written since the last time is read and parsed again. */
  async present(): Promise<readonly Found<Value>[]> {
    return (await this.snapshot()).found;
  }

  /**
   * All that is there first, then `complete`, then every change, until the signal is aborted. Changes of this server are
   * told at once, those of others within `lookMs`. What keeps it from looking is told by `onTrouble`.
   */
  async *watch(
    signal: AbortSignal,
    { lookMs, onTrouble }: { readonly lookMs: number; readonly onTrouble: (thrown: unknown) => void },
  ): AsyncIterable<BucketChange<Value>> {
    let told: ReadonlyMap<string, Item<Value>> | undefined;
    while (!signal.aborted) {
      const woken = this.woken(signal, lookMs);
      try {
        const { items } = await this.snapshot();
        yield* changesOf(told ?? new Map(), items);
        if (!told) yield { kind: 'complete' };
        told = items;
      } catch (thrown) {
        if (!signal.aborted) onTrouble(thrown);
      }
      await woken;
    }
  }

  private async write(key: string, value: Value, revision: number): Promise<number> {
    const written = await this.stream.write(key, JSON.stringify(value), revision);
    this.values.mend(key);
    this.wake();
    return written;
  }

  /** A look that began before this call does not count: it may lack what was just written. */
  private async snapshot(): Promise<Reading<Value>> {
    if (!this.reading) return (this.reading = this.readNow().finally(() => (this.reading = undefined)));
    this.nextReading ??= this.reading
      .catch(() => undefined)
      .then(async () => {
        this.nextReading = undefined;
        return this.snapshot();
      });
    return this.nextReading;
  }

  private async readNow(): Promise<Reading<Value>> {
    const state = await this.stream.state();
    const mark = Object.values(state).join(' ');
    const { last } = this;
    if (last?.mark === mark) return last;
    const items = (await this.caughtUp(state)) ?? (await this.readAll());
    this.values.keepOnly(items);
    const found = [...items.values()].filter((item) => item.kind !== 'removed');
    const reading = { mark, state, items, found: found.sort((a, b) => (a.key < b.key ? -1 : 1)) };
    // of several servers one may be behind
    this.last = items.size < state.count ? undefined : reading;
    return reading;
  }

  /** What was read last with what was written since; undefined where that does not add up. */
  private async caughtUp(state: BucketState): Promise<Map<string, Item<Value>> | undefined> {
    const { last } = this;
    const missed = state.lastRevision - (last?.state.lastRevision ?? 0);
    if (!last || last.state.created !== state.created || missed < 0 || missed > mostMissed) return undefined;
    const items = new Map(last.items);
    const revisions = Array.from({ length: missed }, (_, index) => last.state.lastRevision + 1 + index);
    await inSlices(
      revisions,
      async (revision) => this.stream.atRevision(revision),
      (kept) => {
        if (kept && (items.get(kept.key)?.revision ?? 0) < kept.revision) this.take(items, kept);
      },
    );
    return items.size === state.count ? items : undefined;
  }

  private async readAll(): Promise<Map<string, Item<Value>>> {
    const items = new Map<string, Item<Value>>();
    await inSlices(
      await this.stream.keys(),
      async (key) => this.stream.at(key),
      (kept) => kept && this.take(items, kept),
    );
    return items;
  }

  private take(items: Map<string, Item<Value>>, kept: Kept): void {
    items.set(kept.key, this.values.read(kept));
  }

  private wake(): void {
    for (const wake of this.wakes) wake();
  }

  private async woken(signal: AbortSignal, withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.wakes.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs).unref();
      signal.addEventListener('abort', done);
      this.wakes.add(done);
    });
  }
}

/** Asks for some at a time, and takes one after the other in order, with turns for whatever else the server has to do. */
const inSlices = async <Given, Result>(
  all: readonly Given[],
  ask: (given: Given) => Promise<Result>,
  take: (result: Result) => void,
): Promise<void> => {
  const pause = takingTurns();
  for (let from = 0; from < all.length; from += atOnce)
    for (const result of await Promise.all(all.slice(from, from + atOnce).map(ask))) {
      take(result);
      const wait = pause();
      if (wait) await wait;
    }
};
