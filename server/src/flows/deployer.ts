import type { Deployment, Finding, Flow } from '@semstreams/contract';
import type { Found } from '../nats/storage/bucket-changes.ts';

export interface DeployOptions {
  readonly note?: string | undefined;
  /** Whether what waits in buffers of connections that the draft no longer has may be thrown away. */
  readonly discardWaiting?: boolean | undefined;
  /** Whether the revision that the draft is at is one that may be deployed. */
  readonly isMeant?: ((revision: number) => boolean) | undefined;
  /** Is told what will run differently from what last ran, in words, as soon as it should run. */
  readonly tell?: ((changes: readonly string[]) => void) | undefined;
}

/** What the flows need of the runtime: a way to say which version should run. */
export abstract class Deployer {
  abstract deploy(flow: string, options?: DeployOptions): Promise<Deployment>;
  /** Refuses with a problem while the flow should run. Undefined where it was never deployed. */
  abstract atRest(flow: string): Promise<Found<Deployment> | undefined>;
  /** Refuses with a problem where deleting it would throw away what waits in its buffers, or places of receivers. */
  abstract refuseToDelete(flow: string): Promise<void>;
  /** A finding for each of these that would be lost if `after` were deployed; without it, if the flow were deleted. */
  abstract wouldBeLost(flow: string, after?: Flow): Promise<readonly Finding[]>;
  /** Forgets a deployment that is still as it was found, and all that the flow has kept. */
  abstract forget(flow: string, found: Found<Deployment> | undefined): Promise<void>;
  /** What should run or last ran, by word of the bucket. */
  abstract allDeployments(): Promise<readonly Found<Deployment>[]>;
  abstract deployment(flow: string): Promise<Found<Deployment> | undefined>;
  /** What runs or last ran in this server, whatever became of its draft and its version. */
  abstract lastRun(flow: string): Flow | undefined;
}
