import type { FlowRun } from './observed/flow-run.ts';

/** A run as those see it who take notes of it. */
export interface SeenRun {
  readonly run: FlowRun;
  readonly deadLetters: number;
  /** The process that it has for itself; undefined where it has none, or shares one. */
  readonly process: number | undefined;
}
