import type { Deployment } from '@semstreams/contract';

export interface DeployOptions {
  readonly note?: string | undefined;
  /** Whether what waits in buffers of connections that the draft no longer has may be thrown away. */
  readonly discardWaiting?: boolean | undefined;
}

export interface DeployedVersion {
  readonly version: number;
  /** Grows with each word on what should run, also where a restore put another version in the place of this number. */
  readonly revision: number;
}

/** What the flows need of the runtime: a way to say which version should run. */
export abstract class Deployer {
  abstract deploy(flow: string, options?: DeployOptions): Promise<Deployment>;
  /** Refuses with a problem while the flow should run; forgets that it was ever deployed, with all that it kept. */
  abstract forget(flow: string): Promise<void>;
  /** The version that should run or last ran. */
  abstract deployedVersion(flow: string): Promise<number | undefined>;
  /** The same of all flows that were ever deployed. */
  abstract deployedVersions(): Promise<ReadonlyMap<string, DeployedVersion>>;
}
