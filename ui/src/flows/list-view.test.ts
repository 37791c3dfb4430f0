import type { FlowOverview, FlowSummary } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { countsOf, type ListView, parametersOf, shownFlows, viewOf } from './list-view.ts';

const flow = (id: string, name: string, more: Partial<FlowSummary> = {}): FlowSummary => ({
  id,
  name,
  revision: 1,
  component_count: 2,
  updated_at: '2030-01-01T00:00:00.000Z',
  changed: false,
  ...more,
});

const flows = [
  flow('ais', 'Harbour AIS', { description: 'Ships in the bay', updated_at: '2030-01-03T00:00:00.000Z' }),
  flow('drone', 'Drone telemetry'),
  flow('hall', 'Machine hall', { updated_at: '2030-01-02T00:00:00.000Z' }),
  flow('old', 'Old uplink'),
];

const overview = new Map(
  (
    [
      { flow: 'ais', observed: 'running', in_per_second: 24, waiting: 0, errors_total: 0 },
      { flow: 'drone', observed: 'degraded', in_per_second: 4210, waiting: 12_400, errors_total: 1 },
      { flow: 'hall', observed: 'failed', in_per_second: 0, waiting: 0, errors_total: 7 },
    ] as FlowOverview[]
  ).map((row) => [row.flow, row]),
);

const all: ListView = { search: '', state: 'all', sort: 'name' };
const ids = (view: Partial<ListView>) => shownFlows(flows, overview, { ...all, ...view }).map(({ id }) => id);

describe('the list of flows', () => {
  it.each([
    [{}, ['drone', 'ais', 'hall', 'old']],
    [{ search: 'SHIP bay' }, ['ais']],
    [{ search: 'ship hall' }, []],
    [{ search: 'hall' }, ['hall']],
    [{ state: 'running' }, ['ais']],
    [{ state: 'attention' }, ['drone', 'hall']],
    [{ state: 'stopped' }, ['old']],
    [{ sort: 'state' }, ['hall', 'drone', 'ais', 'old']],
    [{ sort: 'rate' }, ['drone', 'ais', 'hall', 'old']],
    [{ sort: 'waiting' }, ['drone', 'ais', 'hall', 'old']],
    [{ sort: 'errors' }, ['hall', 'drone', 'ais', 'old']],
    [{ sort: 'updated' }, ['ais', 'hall', 'drone', 'old']],
  ] as const)('with %j shows %j', (view, expected) => expect(ids(view)).toEqual(expected));

  it('counts each state', () => {
    expect(countsOf(flows, overview)).toEqual({ all: 4, running: 1, attention: 2, stopped: 1 });
    expect(countsOf(flows, undefined)).toEqual({ all: 4, running: 0, attention: 0, stopped: 4 });
  });

  it.each([
    ['', all],
    ['q=drone&state=attention&sort=rate', { search: 'drone', state: 'attention', sort: 'rate' }],
  ] as const)('stands in the URL as “%s”', (text, view) => {
    expect(parametersOf(view).toString()).toBe(text);
    expect(viewOf(new URLSearchParams(text))).toEqual(view);
  });

  it('takes words in the URL that it does not know for the usual ones', () =>
    expect(viewOf(new URLSearchParams('state=gone&sort=colour'))).toEqual(all));
});
