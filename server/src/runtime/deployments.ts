import { Deployment, type Desired } from '@semstreams/contract';
import { Injectable } from '@nestjs/common';
import { type Bucket, type BucketChange, StaleRevision } from '../nats/bucket.ts';
import { Nats } from '../nats/nats.ts';

/** A deployment as it was written. The revision grows with every write, whatever the clock does. */
export interface Wish {
  readonly deployment: Deployment;
  readonly revision: number;
}

/** Which version of each flow should run, and whether: the bucket that the supervisor watches. */
@Injectable()
export class Deployments {
  private readonly bucket: Bucket<Deployment>;

  constructor(nats: Nats) {
    this.bucket = nats.bucket('semstreams_deployments', Deployment);
  }

  async get(flow: string): Promise<Deployment | undefined> {
    return (await this.bucket.get(flow))?.value;
  }

  async all(): Promise<Wish[]> {
    return (await this.bucket.present()).map(({ value, revision }) => ({ deployment: value, revision }));
  }

  /** Writes what should be. The last word wins, since each word is a whole wish. */
  async want(flow: string, version: number, desired: Desired): Promise<Wish> {
    const deployment: Deployment = { flow, version, desired, changed_at: new Date().toISOString() };
    for (;;) {
      const present = await this.bucket.get(flow);
      try {
        const revision = present
          ? await this.bucket.update(flow, deployment, present.revision)
          : await this.bucket.create(flow, deployment);
        return { deployment, revision };
      } catch (thrown) {
        if (!(thrown instanceof StaleRevision)) throw thrown;
      }
    }
  }

  async forget(flow: string): Promise<void> {
    await this.bucket.remove(flow);
  }

  watch(signal: AbortSignal): AsyncIterable<BucketChange<Deployment>> {
    return this.bucket.watch(signal);
  }
}
