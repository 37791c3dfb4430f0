import type { FlowOverview, FlowSummary, Observed } from '@semstreams/contract';

export const stateGroups = ['all', 'running', 'attention', 'stopped'] as const;
export type StateGroup = (typeof stateGroups)[number];

export const sortKeys = ['name', 'state', 'rate', 'waiting', 'errors', 'updated'] as const;
export type SortKey = (typeof sortKeys)[number];

/** What of the list is shown and in which order; it stands in the URL, so that it can be shared and gone back to. */
export interface ListView {
  readonly search: string;
  readonly state: StateGroup;
  readonly sort: SortKey;
}

export const viewOf = (parameters: URLSearchParams): ListView => ({
  search: parameters.get('q') ?? '',
  state: oneOf(stateGroups, parameters.get('state')),
  sort: oneOf(sortKeys, parameters.get('sort')),
});

/** The parameters of a view; what is as it is anyway is left out. */
export const parametersOf = ({ search, state, sort }: ListView): URLSearchParams =>
  new URLSearchParams({
    ...(search ? { q: search } : {}),
    ...(state === 'all' ? {} : { state }),
    ...(sort === 'name' ? {} : { sort }),
  });

const oneOf = <Word extends string>(words: readonly [Word, ...Word[]], word: string | null): Word =>
  words.find((known) => known === word) ?? words[0];

/** A flow that was never deployed is stopped, too. */
export const groupOf = (observed: Observed | undefined): Exclude<StateGroup, 'all'> => {
  if (observed === 'failed' || observed === 'degraded') return 'attention';
  return observed === undefined || observed === 'stopped' ? 'stopped' : 'running';
};

type Overviews = ReadonlyMap<string, FlowOverview> | undefined;

export const countsOf = (flows: readonly FlowSummary[], overview: Overviews): Readonly<Record<StateGroup, number>> => {
  const counts = { all: flows.length, running: 0, attention: 0, stopped: 0 };
  for (const { id } of flows) counts[groupOf(overview?.get(id)?.observed)] += 1;
  return counts;
};

/** The flows that a view shows. Every word of the search has to stand in name, id or description. */
export const shownFlows = (
  flows: readonly FlowSummary[],
  overview: Overviews,
  { search, state, sort }: ListView,
): FlowSummary[] => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return flows
    .filter(({ id }) => state === 'all' || groupOf(overview?.get(id)?.observed) === state)
    .filter(({ id, name, description = '' }) => {
      const text = `${name} ${id} ${description}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => orders[sort](a, b, overview) || a.name.localeCompare(b.name));
};

const urgency: Readonly<Record<Observed, number>> = {
  failed: 0,
  degraded: 1,
  starting: 2,
  stopping: 2,
  running: 3,
  stopped: 4,
};

const most =
  (read: (overview: FlowOverview) => number) =>
  (a: FlowSummary, b: FlowSummary, overview: Overviews): number => {
    const value = ({ id }: FlowSummary) => {
      const found = overview?.get(id);
      return found ? read(found) : -1;
    };
    return value(b) - value(a);
  };

const orders: Readonly<Record<SortKey, (a: FlowSummary, b: FlowSummary, overview: Overviews) => number>> = {
  name: () => 0,
  state: (a, b, overview) =>
    urgency[overview?.get(a.id)?.observed ?? 'stopped'] - urgency[overview?.get(b.id)?.observed ?? 'stopped'],
  rate: most(({ in_per_second }) => in_per_second),
  waiting: most(({ waiting }) => waiting),
  errors: most(({ errors_total }) => errors_total),
  updated: (a, b) => b.updated_at.localeCompare(a.updated_at),
};
