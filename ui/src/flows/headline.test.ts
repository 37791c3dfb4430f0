import type { FlowOverview, FlowSummary, Observed } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { headlineOf } from './headline.ts';

it.each<[readonly (Observed | undefined)[], string]>([
  [[], 'There is no flow yet'],
  [[undefined], 'The flow is stopped'],
  [['stopped', undefined], 'All 2 flows are stopped'],
  [['running'], 'The flow runs well'],
  [['running', 'starting'], 'All 2 flows run well'],
  [['running', 'stopped'], '1 of 2 flows runs well, 1 is stopped'],
  [['running', 'running', 'running', 'failed'], '3 of 4 flows run well, 1 needs attention'],
  [['degraded'], '0 of 1 flow run well, 1 needs attention'],
  [['failed', 'degraded'], '0 of 2 flows run well, 2 need attention'],
])('flows that are %j: %s', (states, sentence) => {
  const flows = states.map((_, index) => ({ id: `flow-${index}` }) as FlowSummary);
  const overview = new Map(
    states.flatMap((observed, index) =>
      observed === undefined ? [] : [[`flow-${index}`, { observed } as FlowOverview] as const],
    ),
  );
  expect(headlineOf(flows, overview)).toBe(sentence);
});
