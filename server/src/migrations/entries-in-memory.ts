import type { StoredBucket, StoredEntry } from '../nats/storage/stored-data.ts';
import type { Entries } from './steps.ts';

/** The entries of a backup, so that migrations can work on them before they are restored. */
export class EntriesInMemory implements Entries {
  private readonly held: Map<string, Map<string, Uint8Array>>;
  private revision = 1;

  constructor(buckets: ReadonlyMap<string, readonly StoredEntry[]>) {
    this.held = new Map(
      [...buckets].map(([bucket, entries]) => [bucket, new Map(entries.map(({ key, value }) => [key, value]))]),
    );
  }

  all(): ReadonlyMap<string, readonly StoredEntry[]> {
    return new Map([...this.held].map(([bucket, entries]) => [bucket, listed(entries)]));
  }

  async buckets(): Promise<StoredBucket[]> {
    return [...this.held.keys()].map((name) => ({ name, revision: this.revision }));
  }

  async entries(bucket: string): Promise<StoredEntry[]> {
    return listed(this.held.get(bucket) ?? new Map<string, Uint8Array>());
  }

  async get(bucket: string, key: string): Promise<Uint8Array | undefined> {
    return this.held.get(bucket)?.get(key);
  }

  async put(bucket: string, key: string, value: Uint8Array): Promise<void> {
    const entries = this.held.get(bucket) ?? new Map<string, Uint8Array>();
    this.held.set(bucket, entries.set(key, value));
    this.revision += 1;
  }

  async remove(bucket: string, key: string): Promise<void> {
    this.held.get(bucket)?.delete(key);
    this.revision += 1;
  }
}

const listed = (entries: ReadonlyMap<string, Uint8Array>): StoredEntry[] =>
  [...entries].map(([key, value]) => ({ key, value }));
