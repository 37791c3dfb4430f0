import type { LaneEnd } from './lane.ts';
import type { FlowRun } from './flow-run.ts';
import type { FromLane } from './lane-protocol.ts';

type Report = Extract<FromLane, { kind: 'report' }>;
type Line = (sentence: string, fields: Readonly<Record<string, unknown>>) => void;

/** What operators read in the log about one flow. */
export class FlowLog {
  constructor(
    private readonly flow: string,
    private readonly log: Line,
    private readonly warn: Line,
  ) {}

  runs({ version: { version } }: FlowRun): void {
    this.log('flow runs', { flow: this.flow, version });
  }

  stopped({ version: { version } }: FlowRun, problem: string | undefined): void {
    this.log('flow stopped', { flow: this.flow, version, problem });
  }

  failed({ version: { version }, sentence }: FlowRun): void {
    this.warn('flow failed', { flow: this.flow, version, reason: sentence });
  }

  cannotStart(reason: string): void {
    this.warn('flow cannot be started', { flow: this.flow, reason });
  }

  laneEnded(end: LaneEnd, component: string | undefined, isCulprit: boolean | undefined): void {
    this.warn('lane ended', {
      flow: this.flow,
      component,
      cause: end.cause,
      reason: end.sentence,
      culprit: isCulprit,
    });
  }

  keepsBuffers(reason: string): void {
    this.log('buffers that nobody needs could not be removed', { flow: this.flow, reason });
  }

  /** A component that begins to wait, or goes on: not each thing that it says meanwhile. Call it before `hear`. */
  report(run: FlowRun, { component, state, sentence }: Report): void {
    const before = run.stateOf(component);
    if (before === state || before === undefined) return;
    const fields = { flow: this.flow, component, reason: sentence };
    if (state === 'waiting') this.warn('component waits', fields);
    else if (before === 'waiting') this.log('component goes on', fields);
  }
}
