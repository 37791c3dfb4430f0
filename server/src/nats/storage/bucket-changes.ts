/** A value as it was stored. */
export interface Entry<Value> {
  readonly kind: 'whole';
  readonly key: string;
  readonly value: Value;
  /** What the next write must carry. Grows with every write of the bucket. */
  readonly revision: number;
  readonly updatedAt: Date;
}
/** Something is kept that cannot be used: it can be replaced and removed like an entry. */
export interface DamagedEntry {
  readonly kind: 'damaged';
  readonly key: string;
  readonly sentence: string;
  readonly revision: number;
  readonly updatedAt: Date;
}
export type Found<Value> = Entry<Value> | DamagedEntry;

export type BucketChange<Value> =
  | Found<Value>
  | Removed
  /** It is not there any more, and nobody said so: its bucket was deleted or purged. */
  | { readonly kind: 'lost'; readonly key: string }
  /** All that was there at the beginning has been told. Comes once. */
  | { readonly kind: 'complete' };

export type Item<Value> = Found<Value> | Removed;
/** It was removed, and its key remembers when. */
export interface Removed {
  readonly kind: 'removed';
  readonly key: string;
  readonly revision: number;
  readonly updatedAt: Date;
}

/** What has become of a bucket between two looks at it, in the order in which it was written. */
export function* changesOf<Value>(
  before: ReadonlyMap<string, Item<Value>>,
  after: ReadonlyMap<string, Item<Value>>,
): Iterable<BucketChange<Value>> {
  const written = [...after].filter(([key, item]) => !isSame(before.get(key), item)).map(([, item]) => item);
  yield* written.sort((a, b) => a.revision - b.revision);
  for (const [key, { kind }] of before) if (!after.has(key) && kind !== 'removed') yield { kind: 'lost', key };
}

/** A bucket that was made again counts its revisions from the beginning. */
const isSame = <Value>(before: Item<Value> | undefined, after: Item<Value>): boolean =>
  before?.revision === after.revision && before.updatedAt.getTime() === after.updatedAt.getTime();
