import type { FileReach } from './file-reach.ts';

/** How far the flows of this process may reach. What is settled here holds for every component of it. */
export interface Reach {
  /** Hosts and networks that may be dialled; see `addressProblem`. */
  readonly network: readonly string[];
  /** Variables of the environment that are secrets for flows, beside those that are by their name; see `isForFlows`. */
  readonly secretVariables?: readonly string[];
  /** Folders that may be used; see `fileProblem`. All where it is left out, as where components are made without a server. */
  readonly files?: FileReach;
}

/** As long as nobody has said otherwise: every address but those that `addressProblem` always refuses. */
let inForce: Reach = { network: ['*'] };

/** Settles it, before any flow of this process is opened. */
export const limitTo = (reach: Reach): void => {
  inForce = reach;
};

export const reach = (): Reach => inForce;
