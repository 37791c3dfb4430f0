import type { FlowOverview, FlowSummary } from '@semstreams/contract';
import { countsOf } from './list-view.ts';

/** How all flows do together, in one sentence, counted as the list can be narrowed down. */
export const headlineOf = (
  flows: readonly FlowSummary[],
  overview: ReadonlyMap<string, FlowOverview> | undefined,
): string => {
  const { all, running, attention, stopped } = countsOf(flows, overview);
  if (all === 0) return 'There is no flow yet';
  if (running === all) return all === 1 ? 'The flow runs well' : `All ${all} flows run well`;
  if (stopped === all) return all === 1 ? 'The flow is stopped' : `All ${all} flows are stopped`;
  const parts = [
    `${running} of ${all} ${all === 1 ? 'flow' : 'flows'} ${running === 1 ? 'runs' : 'run'} well`,
    ...(attention > 0 ? [`${attention} ${attention === 1 ? 'needs' : 'need'} attention`] : []),
    ...(stopped > 0 ? [`${stopped} ${stopped === 1 ? 'is' : 'are'} stopped`] : []),
  ];
  return parts.join(', ');
};
