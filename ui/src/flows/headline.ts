import type { FlowOverview, FlowSummary } from '@semstreams/contract';
import { groupOf } from './list-view.ts';

/** How all flows do together, in one sentence. A flow that runs with trouble counts among both. */
export const headlineOf = (
  flows: readonly FlowSummary[],
  overview: ReadonlyMap<string, FlowOverview> | undefined,
): string => {
  const states = flows.map(({ id }) => overview?.get(id)?.observed);
  const attention = states.filter((observed) => groupOf(observed) === 'attention').length;
  const running = states.filter((observed) => observed === 'degraded' || groupOf(observed) === 'running').length;
  const all = flows.length;
  const ofAll = `${running} of ${all} ${all === 1 ? 'flow' : 'flows'} running`;
  if (all === 0) return 'There is no flow yet';
  if (attention > 0) return `${ofAll}, ${attention} ${attention === 1 ? 'needs' : 'need'} attention`;
  if (running === 0) return all === 1 ? 'The flow is stopped' : `All ${all} flows are stopped`;
  if (running < all) return ofAll;
  return all === 1 ? 'The flow runs well' : `All ${all} flows run well`;
};
