import type { Deployment } from '@semstreams/contract';

/** What the flows need of the runtime: a way to say which version should run. */
export abstract class Deployer {
  abstract deploy(flow: string, note?: string): Promise<Deployment>;
  /** Refuses with a problem while the flow should run; forgets that it was ever deployed. */
  abstract forget(flow: string): Promise<void>;
  /** The version that should run or last ran. */
  abstract deployedVersion(flow: string): Promise<number | undefined>;
}
