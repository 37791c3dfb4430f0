import {
  type ComponentStatus,
  type ConnectionStatus,
  type Deployment,
  endpointOf,
  formatDuration,
  type FlowOverview,
  type FlowStatus,
  mostNotices,
} from '@semstreams/contract';
import type { FlowRun } from './flow-run.ts';
import { sentenceFor } from './flow-sentence.ts';
import { noticesOf } from './notices.ts';
import { minuteMs } from './recent.ts';

/** Why a flow that should run could not even be made ready for a start. */
export interface Problem {
  sentence: string;
  since: Date;
}

/** What is known of a flow beside its runs. */
export interface StatusExtras {
  readonly problem?: Problem | undefined;
  readonly deadLetters?: number;
}

/**
 * What is known of a flow at this moment. `run` is the present or the last one; there is none before the first start. Between
 * two runs of a flow that should run it is starting, not stopped.
 */
export const flowStatus = (
  deployment: Deployment,
  run: FlowRun | undefined,
  { problem, deadLetters = 0 }: StatusExtras = {},
): FlowStatus => ({
  flow: deployment.flow,
  desired: deployment.desired,
  version: run?.version.version ?? deployment.version,
  ...doing(deployment, run, problem),
  notices: run ? noticesOf(run).slice(0, mostNotices.status) : [],
  dead_letters: deadLetters,
  components: run ? run.plan.components.map((_, index) => componentStatus(run, index)) : [],
  connections: run ? run.plan.connections.map((_, index) => connectionStatus(run, index)) : [],
});

/** What a flow does, without its numbers: to be asked for all flows at once, often. */
export const flowState = (
  deployment: Deployment,
  run: FlowRun | undefined,
  problem: Problem | undefined,
): Pick<FlowStatus, 'flow' | 'desired' | 'observed'> => ({
  flow: deployment.flow,
  desired: deployment.desired,
  observed: observedOf(deployment, run, problem),
});

const observedOf = (
  { desired }: Deployment,
  run: FlowRun | undefined,
  problem: Problem | undefined,
): FlowStatus['observed'] => {
  if (problem) return 'failed';
  if (run && !(desired === 'running' && run.observed === 'stopped')) return run.observed;
  return desired === 'running' ? 'starting' : 'stopped';
};

const doing = (
  deployment: Deployment,
  run: FlowRun | undefined,
  problem: Problem | undefined,
): Pick<FlowStatus, 'observed' | 'since' | 'sentence'> => {
  const observed = observedOf(deployment, run, problem);
  const since = problem?.since ?? run?.since ?? new Date(deployment.changed_at);
  const sentence = problem
    ? `Not running: ${problem.sentence}`
    : run?.observed === observed
      ? sentenceFor(run)
      : observed === 'starting'
        ? 'Starting'
        : 'Stopped';
  return { observed, since: since.toISOString(), sentence };
};

/** A flow that was never deployed, or of which nobody knows any more. */
export const neverDeployed = (flow: string, sentence = 'Not deployed yet'): FlowStatus => ({
  flow,
  desired: 'stopped',
  observed: 'stopped',
  version: 0,
  sentence,
  notices: [],
  dead_letters: 0,
  components: [],
  connections: [],
});

/** The status without what is inside, with the sums that a list shows; made for all flows twice a second. */
export const flowOverview = (
  deployment: Deployment,
  run: FlowRun | undefined,
  { problem, deadLetters = 0 }: StatusExtras = {},
): FlowOverview => {
  return {
    flow: deployment.flow,
    desired: deployment.desired,
    version: run?.version.version ?? deployment.version,
    ...doing(deployment, run, problem),
    notices: run ? noticesOf(run).slice(0, mostNotices.overview) : [],
    dead_letters: deadLetters,
    ...(run ? sumsOf(run) : noSums),
  };
};

type Sums = Omit<
  FlowOverview,
  'flow' | 'desired' | 'observed' | 'version' | 'since' | 'sentence' | 'notices' | 'dead_letters'
>;

const noSums: Sums = {
  in_per_second: 0,
  out_per_second: 0,
  waiting: 0,
  dropped_total: 0,
  errors_total: 0,
  dropped_per_minute: 0,
  errors_per_minute: 0,
};

const sumsOf = (run: FlowRun): Sums => {
  const { counters, plan, recent } = run;
  const now = performance.now();
  const sums = { ...noSums };
  for (const { id, index, category } of plan.components) {
    if (category === 'input') sums.in_per_second += perSecond(run, (then) => then.inOf(index));
    if (category === 'output') sums.out_per_second += perSecond(run, (then) => then.outOf(index));
    const { dropped, errors } = recent.of(id, now, minuteMs);
    sums.dropped_total += counters.droppedOf(index);
    sums.errors_total += counters.errorsOf(index);
    sums.dropped_per_minute += dropped;
    sums.errors_per_minute += errors;
  }
  for (const { index } of plan.connections) sums.waiting += counters.waitingOf(index);
  return sums;
};

const componentStatus = (run: FlowRun, index: number): ComponentStatus => {
  const { id, type } = run.plan.components[index]!;
  const { state, sentence, since, facts, lastInvalid } = run.components[index]!;
  const totals = run.counters.component(index);
  const minute = run.recent.of(id, performance.now(), minuteMs);
  const trouble = run.troubles.find(({ kind, component }) => component === index && kind !== 'waits');
  return {
    id,
    type,
    state,
    sentence,
    in_per_second: perSecond(run, (counters) => counters.inOf(index)),
    out_per_second: perSecond(run, (counters) => counters.outOf(index)),
    in_total: totals.in,
    out_total: totals.out,
    dropped_total: run.counters.droppedOf(index),
    dropped: Object.fromEntries(Object.entries(totals.dropped).filter(([, count]) => count > 0)),
    errors_total: totals.errors,
    dropped_per_minute: minute.dropped,
    errors_per_minute: minute.errors,
    lost_ratio: run.recent.losses(id, performance.now()).ratio,
    ...(trouble ? { trouble: trouble.sentence } : {}),
    waiting: waitingFor(run, index),
    since: since.toISOString(),
    facts: { ...facts, ...(lastInvalid === undefined ? {} : { last_invalid: lastInvalid }) },
  };
};

/** What waits in the buffers before a component. */
const waitingFor = (run: FlowRun, component: number): number =>
  run.plan.connections.reduce(
    (sum, { index, to }) => (to === component ? sum + run.counters.waitingOf(index) : sum),
    0,
  );

const connectionStatus = (run: FlowRun, index: number): ConnectionStatus => {
  const { from, fromPort, to, toPort, delivery } = run.plan.connections[index]!;
  const [start, end] = [run.plan.components[from]!, run.plan.components[to]!];
  const { moved, dropped, waiting, waitingBytes, oldestAt } = run.counters.connection(index);
  return {
    from: endpointOf({ component: start.id, port: fromPort }),
    to: endpointOf({ component: end.id, port: toPort }),
    delivery,
    per_second: perSecond(run, (counters) => counters.connection(index).moved),
    total: moved,
    waiting,
    waiting_bytes: waitingBytes,
    dropped_total: dropped,
    ...(oldestAt > 0 ? { oldest_waiting: formatDuration(Math.max(0, Date.now() - oldestAt)) } : {}),
  };
};

const perSecond = (run: FlowRun, read: Parameters<FlowRun['rates']['perSecond']>[0]): number =>
  run.observed === 'running' || run.observed === 'degraded' ? run.rates.perSecond(read) : 0;
