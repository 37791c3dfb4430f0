import { Deployment, type Desired } from '@semstreams/contract';
import { Injectable } from '@nestjs/common';
import { type Bucket, StaleRevision } from '../nats/storage/bucket.ts';
import type { BucketChange, Found } from '../nats/storage/bucket-changes.ts';
import { Nats } from '../nats/nats.ts';
import { conflict } from '../web/problems.ts';

/** A deployment as it was written. The revision grows with every write, whatever the clock does. */
export interface Wish {
  readonly deployment: Deployment;
  readonly revision: number;
}

/** Each try that fails means that another word on the same flow got through, so this is never reached by people. */
const mostTries = 50;
/** How soon it is seen what others have written, in milliseconds. */
const lookMs = 1000;

/** Which version of each flow should run, and whether: the bucket that the supervisor watches. */
@Injectable()
export class Deployments {
  private readonly bucket: Bucket<Deployment>;

  constructor(nats: Nats) {
    this.bucket = nats.bucket('semstreams_deployments', { schema: Deployment, keyOf: ({ flow }) => flow });
  }

  async look(flow: string): Promise<Found<Deployment> | undefined> {
    return this.bucket.look(flow);
  }

  async all(): Promise<readonly Found<Deployment>[]> {
    return this.bucket.present();
  }

  /** Writes what should be, also over what cannot be read. The last word wins, since each word is a whole wish. */
  async want(flow: string, version: number, desired: Desired): Promise<Wish> {
    const deployment: Deployment = { flow, version, desired, changed_at: new Date().toISOString() };
    for (let tries = 0; tries < mostTries; tries += 1) {
      const present = await this.bucket.look(flow);
      try {
        const revision = present
          ? await this.bucket.update(flow, deployment, present.revision)
          : await this.bucket.create(flow, deployment);
        return { deployment, revision };
      } catch (thrown) {
        if (!(thrown instanceof StaleRevision)) throw thrown;
      }
    }
    throw conflict(`others deploy, start and stop the flow "${flow}" all the time; try again later`);
  }

  /** Writes a wish again that was lost; leaves it to whoever wrote another one meanwhile. */
  async keep({ deployment }: Wish): Promise<void> {
    try {
      await this.bucket.create(deployment.flow, deployment);
    } catch (thrown) {
      if (!(thrown instanceof StaleRevision)) throw thrown;
    }
  }

  /** Refuses by a problem where it is not at `revision` any more. */
  async forget(flow: string, revision: number): Promise<void> {
    try {
      await this.bucket.remove(flow, revision);
    } catch (thrown) {
      if (!(thrown instanceof StaleRevision)) throw thrown;
      throw conflict(`the flow "${flow}" was deployed, started or stopped meanwhile; look at it, and delete it again`);
    }
  }

  watch(signal: AbortSignal, onTrouble: (thrown: unknown) => void): AsyncIterable<BucketChange<Deployment>> {
    return this.bucket.watch(signal, { lookMs, onTrouble });
  }
}
