import type { Trouble } from './attention.ts';
import type { FlowRun } from './flow-run.ts';
import { slowToOpen } from './flow-sentence.ts';
import type { LaneEnd } from '../../lanes/lane.ts';
import type { FromRun } from '../../lanes/agreed/lane-protocol.ts';
import type { Verdict } from '../../lanes/judge-lane-end.ts';
import type { Loss } from './recent.ts';
import { SummedUp } from './summed-up.ts';

type Report = Extract<FromRun, { kind: 'report' }>;
type Logged = Extract<FromRun, { kind: 'logged' }>;
type Line = (sentence: string, fields: Readonly<Record<string, unknown>>) => void;

interface LostMessages {
  readonly component: string;
  /** As the counters and the metrics call it. */
  readonly cause: string;
  readonly reason: string;
}

/** What operators read in the log about one flow. */
export class FlowLog {
  private readonly lost = new SummedUp<LostMessages>((given, count) =>
    this.warn(given.cause === 'invalid' ? 'messages failed' : 'messages were dropped', {
      flow: this.flow,
      ...given,
      count,
    }),
  );

  constructor(
    private readonly flow: string,
    private readonly log: Line,
    private readonly warn: Line,
  ) {}

  runs({ version: { version } }: FlowRun): void {
    this.log('flow runs', { flow: this.flow, version });
  }

  stopped({ version: { version } }: FlowRun, problem: string | undefined): void {
    this.lost.due(Infinity);
    this.log('flow stopped', { flow: this.flow, version, problem });
  }

  failed({ version: { version }, sentence }: FlowRun): void {
    this.warn('flow failed', { flow: this.flow, version, reason: sentence });
  }

  cannotStart(reason: string): void {
    this.warn('flow cannot be started', { flow: this.flow, reason });
  }

  laneEnded(end: LaneEnd, component: string | undefined, verdict: Verdict): void {
    this.warn('lane ended', {
      flow: this.flow,
      component,
      cause: end.cause,
      reason: end.sentence,
      culprit: verdict === 'culprit' || (verdict === 'innocent' ? false : undefined),
    });
  }

  keepsBuffers(reason: string): void {
    this.log('buffers that nobody needs could not be removed', { flow: this.flow, reason });
  }

  /** Messages that were lost since the last call: told at once, then at most once a minute for each component and cause. */
  losses(run: FlowRun, losses: readonly Loss[], now: number): void {
    this.lost.due(now);
    for (const { component, reason: cause, count } of losses) {
      const { id } = run.plan.components[component]!;
      const given = { component: id, cause, reason: run.whyLost(component, cause) };
      this.lost.add(`${id} ${cause}`, given, { count, now });
    }
  }

  /** What needs a person now and did not before, and what no longer does. That a component waits is told by `report`. */
  attention(run: FlowRun, before: readonly Trouble[]): void {
    const isIn = (troubles: readonly Trouble[], { kind, component }: Trouble): boolean =>
      troubles.some((other) => other.kind === kind && other.component === component);
    const told = ({ component, sentence }: Trouble) => ({
      flow: this.flow,
      component: run.plan.components[component]!.id,
      reason: sentence,
    });
    for (const trouble of run.troubles)
      if (trouble.kind !== 'waits' && !isIn(before, trouble)) this.warn('flow needs attention', told(trouble));
    for (const trouble of before)
      if (trouble.kind !== 'waits' && !isIn(run.troubles, trouble)) this.log('flow is well again', told(trouble));
  }

  /** What a component has to say there. */
  told({ component, level, sentence }: Logged): void {
    (level === 'warn' ? this.warn : this.log)(sentence, { flow: this.flow, component });
  }

  /** A component takes long to open: until then nothing of its flow is at work. */
  opensSlowly(run: FlowRun): void {
    const reason = slowToOpen(run);
    if (reason !== undefined) this.warn('flow needs attention', { flow: this.flow, reason });
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
