import { schemaFindings } from '@semstreams/contract';
import type { z } from 'zod';
import type { Item } from './bucket-changes.ts';
import type { Kept } from './bucket-stream.ts';
import type { Quarantine } from './quarantine.ts';

export interface BucketShape<Value> {
  readonly schema: z.ZodType<Value>;
  /** The key that a value belongs under; one that lies under another is damaged. */
  readonly keyOf?: (value: Value) => string;
}

/** What is kept beyond this is not parsed: it is none of ours, in bytes. */
const mostBytes = 8 * 1024 ** 2;

/** Reads what is kept in a bucket as values of its shape, and keeps the quarantine informed of what does not fit. */
export class StoredValues<Value> {
  private readonly damaged = new Set<string>();

  constructor(
    private readonly bucket: string,
    private readonly shape: BucketShape<Value>,
    private readonly quarantine: Quarantine,
  ) {}

  /** The value, or what is wrong with it; that is told of as long as it is so. */
  read(kept: Kept): Item<Value> {
    const { key, revision, updatedAt } = kept;
    if (kept.isRemoval) {
      this.mend(key);
      return { kind: 'removed', key, revision, updatedAt };
    }
    const value = this.parse(kept);
    if (typeof value === 'string') {
      this.damaged.add(key);
      this.quarantine.note(this.sourceOf(key), value, { flow: flowOf(key) });
      return { kind: 'damaged', key, sentence: value, revision, updatedAt };
    }
    this.mend(key);
    return { kind: 'whole', key, value: value.parsed, revision, updatedAt };
  }

  /** What is kept under this key is not damaged, or not there any more. */
  mend(key: string): void {
    if (this.damaged.delete(key)) this.quarantine.note(this.sourceOf(key), undefined);
  }

  /** All other keys hold nothing. */
  keepOnly(items: ReadonlyMap<string, unknown>): void {
    for (const key of this.damaged) if (!items.has(key)) this.mend(key);
  }

  /** The value, or a sentence that says why there is none. */
  private parse({ key, bytes }: Kept): { readonly parsed: Value } | string {
    if (!isKey(key)) return 'its key is none of ours';
    if (bytes.length > mostBytes) return `it is ${bytes.length} bytes long`;
    try {
      const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
      const parsed = this.shape.schema.safeParse(json);
      if (!parsed.success) {
        const { place, sentence } = schemaFindings(parsed.error, this.shape.schema, json, [])[0]!;
        return place === '' ? sentence : `${place}: ${sentence}`;
      }
      const right = this.shape.keyOf?.(parsed.data) ?? key;
      return right === key ? { parsed: parsed.data } : `it holds what belongs under "${right}"`;
    } catch (thrown) {
      return (thrown as Error).message;
    }
  }

  private sourceOf(key: string): string {
    return `${this.bucket}/${key}`;
  }
}

/** Keys begin with the flow that they are about; what follows, such as a version, stands behind a dot. */
const flowOf = (key: string): string => key.split('.', 1)[0]!;

/** What can be asked for and written as one key of NATS; what is longer than this is none of ours. */
const longestKey = 256;
export const isKey = (key: string): boolean =>
  key.length <= longestKey && /^[^\s.*>\p{Cc}]+(\.[^\s.*>\p{Cc}]+)*$/u.test(key);
