import { Injectable } from '@nestjs/common';
import { type Flow, Version, type VersionSummary } from '@semstreams/contract';
import { type Bucket, StaleRevision } from '../nats/bucket.ts';
import { Nats } from '../nats/nats.ts';

/** What was deployed, by flow and number; written once and never changed. */
@Injectable()
export class Versions {
  private readonly bucket: Bucket<Version>;

  constructor(nats: Nats) {
    this.bucket = nats.bucket('semstreams_versions', Version);
  }

  async get(flow: string, version: number): Promise<Version | undefined> {
    return (await this.bucket.get(`${flow}.${version}`))?.value;
  }

  /** Reads every version of every flow, so that the damaged ones are known. */
  async readAll(): Promise<void> {
    await this.bucket.entries();
  }

  /** All versions of a flow, newest first. */
  async list(flow: string): Promise<VersionSummary[]> {
    const entries = await this.bucket.entries(`${flow}.*`);
    return entries.map(({ value: { flow: _, ...summary } }) => summary).sort((a, b) => b.version - a.version);
  }

  async latest(flow: string): Promise<Version | undefined> {
    const [newest] = await this.list(flow);
    return newest && this.get(flow, newest.version);
  }

  /** Keeps a flow under the next free number. */
  async add(flow: Flow, note?: string): Promise<Version> {
    for (let number = ((await this.list(flow.id))[0]?.version ?? 0) + 1; ; number += 1) {
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
  }

  async removeAll(flow: string): Promise<void> {
    for (const { version } of await this.list(flow)) await this.bucket.remove(`${flow}.${version}`);
  }
}
