import type { Trouble } from './attention.ts';
import type { FlowRun } from './flow-run.ts';
import { slowToOpen } from './flow-sentence.ts';
import type { Happened } from './happened.ts';
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

/** What operators read in the log about one flow, and in the list of what happened. */
export class FlowLog {
  private readonly lost = new SummedUp<LostMessages>((given, count) => {
    const { component, cause, reason } = given;
    this.world.warn(cause === 'invalid' ? 'messages failed' : 'messages were dropped', {
      flow: this.flow,
      ...given,
      count,
    });
    const kind = cause === 'invalid' ? 'messages_failed' : 'messages_dropped';
    this.happened(kind, 'warn', reason, { component, messages: count });
  });

  constructor(
    private readonly flow: string,
    private readonly world: {
      readonly log: Line;
      readonly warn: Line;
      readonly happened: (happened: Happened) => void;
    },
  ) {}

  runs({ version: { version } }: FlowRun): void {
    this.world.log('flow runs', { flow: this.flow, version });
    this.happened('runs', 'info', `version ${version} runs`);
  }

  stopped({ version: { version }, observed }: FlowRun, problem: string | undefined): void {
    this.lost.due(Infinity);
    this.world.log('flow stopped', { flow: this.flow, version, problem });
    if (problem === undefined && observed !== 'failed') this.happened('stopped', 'info', 'stopped');
    if (problem !== undefined) this.happened('stopped', 'warn', `stopped, but ${problem}`);
  }

  failed({ version: { version }, sentence }: FlowRun): void {
    this.world.warn('flow failed', { flow: this.flow, version, reason: sentence });
    this.happened('failed', 'error', sentence);
  }

  cannotStart(reason: string): void {
    this.world.warn('flow cannot be started', { flow: this.flow, reason });
    this.happened('failed', 'error', `cannot be started: ${reason}`);
  }

  laneEnded(end: LaneEnd, component: string | undefined, verdict: Verdict): void {
    this.world.warn('lane ended', {
      flow: this.flow,
      component,
      cause: end.cause,
      reason: end.sentence,
      culprit: verdict === 'culprit' || (verdict === 'innocent' ? false : undefined),
    });
    const isInnocent = verdict === 'innocent';
    const sentence = isInnocent ? `its lane ended because of another flow: ${end.sentence}` : end.sentence;
    this.happened('lane_ended', isInnocent ? 'warn' : 'error', sentence, { component });
  }

  keepsBuffers(reason: string): void {
    this.world.log('buffers that nobody needs could not be removed', { flow: this.flow, reason });
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
    for (const trouble of run.troubles) {
      if (trouble.kind === 'waits' || isIn(before, trouble)) continue;
      const { component, reason } = told(trouble);
      this.world.warn('flow needs attention', told(trouble));
      this.happened('needs_attention', 'warn', reason, { component });
    }
    for (const trouble of before) {
      if (trouble.kind === 'waits' || isIn(run.troubles, trouble)) continue;
      this.world.log('flow is well again', told(trouble));
      this.happened('well_again', 'info', wellAgain[trouble.kind], { component: told(trouble).component });
    }
  }

  /** What a component has to say there. */
  told({ component, level, sentence }: Logged): void {
    (level === 'warn' ? this.world.warn : this.world.log)(sentence, { flow: this.flow, component });
  }

  /** A component takes long to open: until then nothing of its flow is at work. */
  opensSlowly(run: FlowRun): void {
    const reason = slowToOpen(run);
    if (reason === undefined) return;
    this.world.warn('flow needs attention', { flow: this.flow, reason });
    this.happened('needs_attention', 'warn', reason);
  }

  /** A component that begins to wait, or goes on: not each thing that it says meanwhile. Call it before `hear`. */
  report(run: FlowRun, { component, state, sentence }: Report): void {
    const before = run.stateOf(component);
    if (before === state || before === undefined) return;
    const fields = { flow: this.flow, component, reason: sentence };
    if (state === 'waiting') {
      this.world.warn('component waits', fields);
      this.happened('waits', 'warn', sentence, { component });
    } else if (before === 'waiting') {
      this.world.log('component goes on', fields);
      this.happened('goes_on', 'info', sentence === '' ? 'goes on' : sentence, { component });
    }
  }

  private happened(
    kind: Happened['kind'],
    level: Happened['level'],
    sentence: string,
    { component, messages }: { readonly component?: string | undefined; readonly messages?: number } = {},
  ): void {
    this.world.happened({
      ...{ kind, level, sentence, flow: this.flow },
      ...(component === undefined ? {} : { component }),
      ...(messages === undefined ? {} : { messages }),
    });
  }
}

const wellAgain: Readonly<Record<Exclude<Trouble['kind'], 'waits'>, string>> = {
  silent: 'answers again',
  loses: 'loses no more messages',
  unclaimed: 'what waits is taken again',
  nearly_full: 'there is room in the buffer before it again',
};
