import type { Deployment, Flow } from '@semstreams/contract';
import type { Found } from '../nats/storage/bucket-changes.ts';

export interface DeployOptions {
  readonly note?: string | undefined;
  /** Whether what waits in buffers of connections that the draft no longer has may be thrown away. */
  readonly discardWaiting?: boolean | undefined;
  /** The draft must be at this revision. */
  readonly revision?: number | undefined;
}

/** What the flows need of the runtime: a way to say which version should run. */
export abstract class Deployer {
  abstract deploy(flow: string, options?: DeployOptions): Promise<Deployment>;
  /** Refuses with a problem while the flow should run. Undefined where it was never deployed. */
  abstract atRest(flow: string): Promise<Found<Deployment> | undefined>;
  /** Forgets a deployment that is still as it was found, and all that the flow has kept. */
  abstract forget(flow: string, found: Found<Deployment> | undefined): Promise<void>;
  /** What should run or last ran, by word of the bucket. */
  abstract allDeployments(): Promise<readonly Found<Deployment>[]>;
  abstract deployment(flow: string): Promise<Found<Deployment> | undefined>;
  /** What runs or last ran in this server, whatever became of its draft and its version. */
  abstract lastRun(flow: string): Flow | undefined;
}
