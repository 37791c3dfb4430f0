import {
  type ComponentStatus,
  type ConnectionStatus,
  type Deployment,
  endpointOf,
  formatDuration,
  type FlowOverview,
  type FlowStatus,
} from '@semstreams/contract';
import type { FlowRun } from './flow-run.ts';
import { minuteMs } from './recent.ts';

/** Why a flow that should run could not even be made ready for a start. */
export interface Problem {
  sentence: string;
  readonly since: Date;
}

/**
 * What is known of a flow at this moment. `run` is the present or the last one; there is none before the first start. Between
 * two runs of a flow that should run it is starting, not stopped.
 */
export const flowStatus = (
  deployment: Deployment,
  run: FlowRun | undefined,
  { problem, deadLetters = 0 }: { readonly problem?: Problem | undefined; readonly deadLetters?: number } = {},
): FlowStatus => ({
  flow: deployment.flow,
  desired: deployment.desired,
  version: run?.version.version ?? deployment.version,
  ...doing(deployment, run, problem),
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
  dead_letters: 0,
  components: [],
  connections: [],
});

/** The status without what is inside, with the sums that a list shows. */
export const overviewOf = (
  { components, connections, ...status }: FlowStatus,
  run: FlowRun | undefined,
): FlowOverview => {
  const inCategory = (category: string) =>
    components.filter((_, index) => run?.plan.components[index]?.category === category);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    ...status,
    in_per_second: sum(inCategory('input').map((component) => component.in_per_second)),
    out_per_second: sum(inCategory('output').map((component) => component.out_per_second)),
    waiting: sum(connections.map(({ waiting }) => waiting)),
    dropped_total: sum(components.map((component) => component.dropped_total)),
    errors_total: sum(components.map((component) => component.errors_total)),
    dropped_per_minute: sum(components.map((component) => component.dropped_per_minute)),
    errors_per_minute: sum(components.map((component) => component.errors_per_minute)),
  };
};

const sentenceFor = (run: FlowRun): string => {
  switch (run.observed) {
    case 'running':
      return `Running, ${rateIn(run)}${waitingIn(run)}`;
    case 'degraded':
      return `Running, ${rateIn(run)}${waitingIn(run)}, but ${run.sentence}`;
    case 'failed':
      return `Not running: ${run.sentence}`;
    case 'starting':
      return run.sentence === '' ? 'Starting' : `Starting again after: ${run.sentence}`;
    case 'stopping':
      return 'Stopping: what came in is handed on';
    case 'stopped':
      return `Stopped${waitingIn(run)}${run.sentence === '' ? '' : `, but ${run.sentence}`}`;
  }
};

const rateIn = (run: FlowRun): string => {
  const inputs = run.plan.components.filter(({ category }) => category === 'input');
  const rate = run.rates.perSecond((counters) =>
    inputs.reduce((sum, { index }) => sum + counters.component(index).in, 0),
  );
  return rate === 0 ? 'no messages at present' : `${grouped(rate < 10 ? rate : Math.round(rate))} messages/s`;
};

const waitingIn = (run: FlowRun): string => {
  const waiting = run.plan.connections.reduce((sum, { index }) => sum + run.counters.connection(index).waiting, 0);
  return waiting === 0 ? '' : `, ${grouped(waiting)} waiting`;
};

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ' ');

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
    in_per_second: perSecond(run, (counters) => counters.component(index).in),
    out_per_second: perSecond(run, (counters) => counters.component(index).out),
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
    (sum, { index, to }) => (to === component ? sum + run.counters.connection(index).waiting : sum),
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
