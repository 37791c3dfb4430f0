/** What a component keeps by key, over restarts of all kinds. Values are JSON, and never changed in place: `set` them anew. */
export interface KeptMap<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  has(key: string): boolean;
  /** The entry is the newest from now on. Where there are more than `most`, the oldest is forgotten. */
  set(key: string, value: Value): void;
  delete(key: string): boolean;
  /** The oldest first. */
  entries(): IterableIterator<[string, Value]>;
}

export interface KeptMapOptions<Value> {
  /** So many entries at most. */
  readonly most: number;
  /** An entry was forgotten because there were too many. */
  readonly forgotten?: (key: string, value: Value) => void;
}

/** An entry as it is now; without a value it was deleted. */
export type Change = readonly [key: string, value: unknown] | readonly [key: string];

/** A kept map that knows what has changed since it was last asked. */
export class RecordedMap<Value> implements KeptMap<Value> {
  private readonly values = new Map<string, Value>();
  private readonly changed = new Set<string>();
  /** The last entry, and the last change, where they are known: what is set again at once moves nowhere. */
  private newest: string | undefined;
  private lastChanged: string | undefined;

  constructor(private readonly options: KeptMapOptions<Value>) {}

  get size(): number {
    return this.values.size;
  }

  get hasChanged(): boolean {
    return this.changed.size > 0;
  }

  get(key: string): Value | undefined {
    return this.values.get(key);
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  set(key: string, value: Value): void {
    if (key !== this.newest) this.values.delete(key);
    this.newest = key;
    this.values.set(key, value);
    this.note(key);
    if (this.values.size > this.options.most) this.forgetOldest();
  }

  delete(key: string): boolean {
    const wasThere = this.values.delete(key);
    if (key === this.newest) this.newest = undefined;
    if (wasThere) this.note(key);
    return wasThere;
  }

  entries(): IterableIterator<[string, Value]> {
    return this.values.entries();
  }

  /** What has changed since the last call, in that order. */
  takeChanges(): Change[] {
    const changes = [...this.changed].map((key): Change =>
      this.values.has(key) ? [key, this.values.get(key)] : [key],
    );
    this.forgetChanges();
    return changes;
  }

  /** All entries, as changes of an empty map. */
  takeAll(): Change[] {
    this.forgetChanges();
    return [...this.values];
  }

  clear(): void {
    this.values.clear();
    this.newest = undefined;
    this.forgetChanges();
  }

  /** Changes that were taken from this map in a time before. */
  apply(changes: readonly Change[]): void {
    this.newest = undefined;
    for (const [key, ...value] of changes) {
      this.values.delete(key);
      if (value.length > 0) this.values.set(key, value[0] as Value);
    }
    while (this.values.size > this.options.most) this.forgetOldest();
  }

  private forgetOldest(): void {
    const [key, value] = this.values.entries().next().value!;
    this.delete(key);
    this.options.forgotten?.(key, value);
  }

  private note(key: string): void {
    if (key === this.lastChanged) return;
    this.lastChanged = key;
    this.changed.delete(key);
    this.changed.add(key);
  }

  private forgetChanges(): void {
    this.changed.clear();
    this.lastChanged = undefined;
  }
}
