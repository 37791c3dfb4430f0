import { Injectable } from '@nestjs/common';
import { type Flow, Version, type VersionSummary } from '@semstreams/contract';
import { Settings } from '../config/settings.ts';
import { type Bucket, StaleRevision } from '../nats/storage/bucket.ts';
import type { Found } from '../nats/storage/bucket-changes.ts';
import { isKey } from '../nats/storage/stored-values.ts';
import { Nats } from '../nats/nats.ts';
import { conflict } from '../web/problems.ts';

/** How often the next number is looked for, where others deploy the same flow. */
const mostTries = 100;

/** What was deployed, by flow and number; written once and never changed. */
@Injectable()
export class Versions {
  private readonly bucket: Bucket<Version>;

  constructor(
    nats: Nats,
    private readonly settings: Settings,
  ) {
    this.bucket = nats.bucket('semstreams_versions', {
      schema: Version,
      keyOf: ({ flow, version }) => `${flow.id}.${version}`,
    });
  }

  async look(flow: string, version: number): Promise<Found<Version> | undefined> {
    return this.bucket.look(`${flow}.${version}`);
  }

  /** Undefined for what is not there, and for what cannot be read. */
  async get(flow: string, version: number): Promise<Version | undefined> {
    return (await this.bucket.get(`${flow}.${version}`))?.value;
  }

  /** Sees whether the bucket is there, and makes it again where it is not. */
  async check(): Promise<void> {
    await this.bucket.check();
  }

  /** Reads every version of every flow, so that the damaged ones are known. */
  async readAll(): Promise<void> {
    await this.bucket.entries();
  }

  /** All versions of a flow that can be read, newest first. */
  async list(flow: string): Promise<VersionSummary[]> {
    if (!isKey(flow)) return [];
    const entries = await this.bucket.entries(`${flow}.*`);
    return entries.map(({ value: { flow: _, ...summary } }) => summary).sort((a, b) => b.version - a.version);
  }

  /** The numbers of all versions of a flow, newest first; nothing is read. */
  async numbers(flow: string): Promise<number[]> {
    const keys = isKey(flow) ? await this.bucket.keys(`${flow}.*`) : [];
    return keys
      .map((key) => Number(key.slice(flow.length + 1)))
      .filter((number) => Number.isSafeInteger(number) && number > 0)
      .sort((a, b) => b - a);
  }

  /** The newest one; undefined where there is none, or none that can be read. */
  async latest(flow: string): Promise<Version | undefined> {
    const [newest] = await this.numbers(flow);
    return newest === undefined ? undefined : this.get(flow, newest);
  }

  /** Keeps a flow under the next free number above `above`, and above all that there are. */
  async add(
    flow: Flow,
    { note, above }: { readonly note?: string | undefined; readonly above: number },
  ): Promise<Version> {
    const [newest = 0] = await this.numbers(flow.id);
    const first = Math.max(newest, above) + 1;
    for (let number = first; number < first + mostTries; number += 1) {
      const version: Version = {
        version: number,
        deployed_at: new Date().toISOString(),
        ...(note ? { note } : {}),
        flow,
      };
      try {
        await this.bucket.create(`${flow.id}.${number}`, version);
        return version;
      } catch (thrown) {
        if (!(thrown instanceof StaleRevision)) throw thrown;
      }
    }
    throw conflict(`others deploy the flow "${flow.id}" all the time; try again later`);
  }

  /** Gives up the oldest, so that no more than the settings want are left; never one of `needed`. */
  async prune(flow: string, needed: ReadonlySet<number>): Promise<void> {
    const old = (await this.numbers(flow)).slice(this.settings.values.versions.keep);
    await Promise.all(
      old.filter((number) => !needed.has(number)).map(async (number) => this.bucket.erase(`${flow}.${number}`)),
    );
  }

  async removeAll(flow: string): Promise<void> {
    const keys = isKey(flow) ? await this.bucket.keys(`${flow}.>`) : [];
    await Promise.all(keys.map(async (key) => this.bucket.erase(key)));
  }
}
