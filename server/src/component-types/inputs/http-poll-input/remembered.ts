import { createHash } from 'node:crypto';
import { z } from 'zod';
import { reader } from '../../../engine/field-path.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import type { HttpPollInputConfig } from './http-poll-input.definition.ts';

/** What is known of a source: how its last answer can be told from the next one, and the records that were seen. */
export const Memory = z.strictObject({
  /** The settings that it holds for. */
  key: z.string(),
  etag: z.string().optional(),
  last_modified: z.string().optional(),
  /** By what each record is known, and what it was. The one that was not seen for longest first. */
  seen: z.array(z.tuple([z.string(), z.string()])),
});
export type Memory = z.infer<typeof Memory>;

type Settings = Pick<
  HttpPollInputConfig,
  'url' | 'format' | 'records' | 'only' | 'id_field' | 'most_remembered' | 'method' | 'body'
>;

/** A record, and what is to be remembered of it when it is safe. */
export interface Record {
  readonly payload: unknown;
  readonly seen: readonly [name: string, value: string];
}

/** Tells what is new from what was seen before. */
export class Remembered {
  private readonly key: string;
  private readonly seen: Map<string, string>;
  private readonly idOf: ((payload: unknown) => unknown) | undefined;
  etag: string | undefined;
  lastModified: string | undefined;

  /** @param kept what was kept before; nothing of it counts where it is of other settings */
  constructor(
    private readonly settings: Settings,
    kept: unknown,
  ) {
    const { url, format, records, only, id_field: id, method, body } = settings;
    this.key = digest(JSON.stringify([url, format, records, only, id, method, body]));
    this.idOf = id === '' ? undefined : reader(id);
    const memory = Memory.safeParse(kept).data;
    const known = memory?.key === this.key ? memory : undefined;
    this.seen = new Map(known?.seen);
    this.etag = known?.etag;
    this.lastModified = known?.last_modified;
  }

  /** The record at a place of the answer; undefined where it is to be left out. Throws an Error where it has no id. */
  fresh(payload: unknown, at: number): Record | undefined {
    const { only } = this.settings;
    if (only === 'all') return { payload, seen: ['', ''] };
    const value = digest(jsonOf(payload));
    const name = this.nameOf(payload) ?? (only === 'new' ? value : `#${at}`);
    const before = this.seen.get(name);
    const isKnown = only === 'new' ? before !== undefined : before === value;
    if (isKnown) this.note([name, before!]);
    return isKnown ? undefined : { payload, seen: [name, only === 'new' ? '' : value] };
  }

  /** These are safe. */
  noteAll(records: readonly Record[]): void {
    if (this.settings.only !== 'all') for (const { seen } of records) this.note(seen);
  }

  get memory(): Memory {
    return {
      key: this.key,
      ...(this.etag !== undefined && { etag: this.etag }),
      ...(this.lastModified !== undefined && { last_modified: this.lastModified }),
      seen: [...this.seen],
    };
  }

  get count(): number {
    return this.seen.size;
  }

  private note([name, value]: readonly [string, string]): void {
    this.seen.delete(name);
    this.seen.set(name, value);
    if (this.seen.size > this.settings.most_remembered) this.seen.delete(this.seen.keys().next().value!);
  }

  private nameOf(payload: unknown): string | undefined {
    if (!this.idOf) return undefined;
    const id = this.idOf(payload);
    if (id === undefined || id === null || id === '')
      throw new Error(`it has no "${this.settings.id_field}", by which it would be known`);
    return digest(jsonOf(id));
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);
