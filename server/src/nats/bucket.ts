import { JetStreamApiError } from '@nats-io/jetstream';
import type { KV, KvEntry } from '@nats-io/kv';
import { schemaFindings } from '@semstreams/contract';
import type { z } from 'zod';
import { asking } from './nats-away.ts';
import type { Quarantine } from './quarantine.ts';

export interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  /** What the next write must carry. Grows with every write of the bucket. */
  readonly revision: number;
  readonly updatedAt: Date;
}
export type BucketChange<Value> =
  | ({ readonly kind: 'put' } & Entry<Value>)
  | { readonly kind: 'removed'; readonly key: string; readonly revision: number }
  /** All that was there at the beginning has been told. Comes once. */
  | { readonly kind: 'complete' };

/** Somebody else wrote meanwhile. */
export class StaleRevision extends Error {
  override readonly name = 'StaleRevision';
}

/** Error code of a write whose expected last sequence was wrong, of the JetStream API. */
const wrongLastSequence = 10_071;

/** A NATS KV bucket of values of one shape. A stored value that does not fit is put aside, not handed out. */
export class Bucket<Value> {
  /** What `present` read last, and how the stream was just before. */
  private last: { readonly mark: string; readonly entries: readonly Entry<Value>[] } | undefined;

  constructor(
    private readonly name: string,
    private readonly schema: z.ZodType<Value>,
    private readonly open: () => Promise<KV>,
    /** Those of the keys that fit a filter, with what was removed. */
    private readonly keys: (filter: string) => Promise<string[]>,
    private readonly quarantine: Quarantine,
  ) {}

  /** Undefined for what is not there, and for what cannot be a key. */
  async get(key: string): Promise<Entry<Value> | undefined> {
    if (!isKey(key)) return undefined;
    const bucket = await this.open();
    const entry = await asking(async () => bucket.get(key));
    return entry?.operation === 'PUT' ? this.read(entry) : undefined;
  }

  /** Revision of the new entry. Rejects with StaleRevision where there is one of this key. */
  async create(key: string, value: Value): Promise<number> {
    const bucket = await this.open();
    return checked(async () => bucket.create(key, JSON.stringify(value)));
  }

  /** Revision of the changed entry. Rejects with StaleRevision where `revision` is not the present one. */
  async update(key: string, value: Value, revision: number): Promise<number> {
    const bucket = await this.open();
    return checked(async () => bucket.update(key, JSON.stringify(value), revision));
  }

  async remove(key: string, revision?: number): Promise<void> {
    const bucket = await this.open();
    await checked(async () => bucket.delete(key, revision === undefined ? {} : { previousSeq: revision }));
  }

  async entries(filter = '>'): Promise<Entry<Value>[]> {
    await this.open();
    const keys = await asking(async () => this.keys(filter));
    const found = await Promise.all(keys.map(async (key) => this.get(key)));
    return found.filter((entry) => entry !== undefined);
  }

  /** The same for buckets that are asked often: read and parsed again only where something was written since. */
  async present(): Promise<readonly Entry<Value>[]> {
    const bucket = await this.open();
    const { created, state } = await asking(async () => (await bucket.status()).streamInfo);
    const mark = `${created} ${state.last_seq}`;
    if (this.last?.mark === mark) return this.last.entries;
    const entries = await this.entries();
    // of several servers one may be behind; what was read of it lacks the newest
    const isWhole = entries.some(({ revision }) => revision === state.last_seq);
    this.last = isWhole ? { mark, entries } : undefined;
    return entries;
  }

  /** The present entries first, then `complete`, then every change, over reconnects too, until the signal is aborted. */
  async *watch(signal: AbortSignal): AsyncIterable<BucketChange<Value>> {
    const bucket = await this.open();
    let isComplete = (await asking(async () => bucket.status())).values === 0;
    const changes = await asking(async () => bucket.watch());
    const stop = () => changes.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (isComplete) yield { kind: 'complete' };
      for await (const entry of changes) {
        if (entry.operation !== 'PUT') yield { kind: 'removed', key: entry.key, revision: entry.revision };
        else {
          const read = this.read(entry);
          if (read) yield { kind: 'put', ...read };
        }
        if (isComplete || entry.delta !== 0) continue;
        isComplete = true;
        yield { kind: 'complete' };
      }
    } finally {
      signal.removeEventListener('abort', stop);
      changes.stop();
    }
  }

  private read(entry: KvEntry): Entry<Value> | undefined {
    const source = `${this.name}/${entry.key}`;
    const problem = (sentence: string) => this.quarantine.note(source, sentence);
    try {
      const json = entry.json<unknown>();
      const parsed = this.schema.safeParse(json);
      if (!parsed.success) {
        const { place, sentence } = schemaFindings(parsed.error, this.schema, json, [])[0]!;
        problem(`${place}: ${sentence}`);
        return undefined;
      }
      this.quarantine.note(source, undefined);
      return { key: entry.key, value: parsed.data, revision: entry.revision, updatedAt: entry.created };
    } catch (thrown) {
      problem((thrown as Error).message);
      return undefined;
    }
  }
}

/** What NATS allows as a key; what is longer than this is none of ours. */
const longestKey = 256;
const isKey = (key: string): boolean => key.length <= longestKey && /^[-/=\w]+(\.[-/=\w]+)*$/.test(key);

const checked = async <Result>(write: () => Promise<Result>): Promise<Result> => {
  try {
    return await asking(write);
  } catch (thrown) {
    if (thrown instanceof JetStreamApiError && thrown.code === wrongLastSequence)
      throw new StaleRevision('it was changed meanwhile', { cause: thrown });
    throw thrown;
  }
};
