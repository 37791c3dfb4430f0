import {
  type Happening,
  type HappeningKind,
  type HappeningPage,
  type History,
  type HistoryFigure,
  paths,
} from '@semstreams/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';

/** How often what is noted every ten seconds is asked for again, and what is noted for a day, in milliseconds. */
const soonMs = 10_000;
const laterMs = 60_000;

export interface HistoryAsked {
  readonly figures: readonly HistoryFigure[];
  /** How far back, such as `24h`. */
  readonly from: string;
  /** From one value to the next, such as `5m`. */
  readonly step: string;
  readonly flow?: string;
  readonly each?: 'flow' | 'component';
}

/** How figures went until now; asked for again as long as somebody looks. */
export const historyQuery = ({ figures, from, step, flow, each }: HistoryAsked) =>
  queryOptions({
    queryKey: ['history', figures, from, step, flow, each],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ figure: figures.join(','), from, step });
      if (flow !== undefined) query.set('flow', flow);
      if (each) query.set('each', each);
      return request<History>(`${paths.history}?${query}`, { signal });
    },
    refetchInterval: step.endsWith('s') ? soonMs : laterMs,
    placeholderData: keepPreviousData,
  });

export interface HappeningsAsked {
  readonly flow?: string;
  readonly kind?: HappeningKind;
  /** How far back, in milliseconds; as far as they are kept where it is left out. */
  readonly withinMs?: number;
  readonly limit: number;
  readonly search?: string;
}

/** What happened, the newest first. */
export const happeningsQuery = ({ flow, kind, withinMs, limit, search }: HappeningsAsked) =>
  queryOptions({
    queryKey: ['happenings', flow, kind, withinMs, limit, search],
    queryFn: async ({ signal }): Promise<readonly Happening[]> => {
      const query = new URLSearchParams({ limit: String(limit) });
      if (flow !== undefined) query.set('flow', flow);
      if (kind) query.set('kind', kind);
      if (withinMs !== undefined) query.set('since', new Date(Date.now() - withinMs).toISOString());
      if (search) query.set('search', search);
      return (await request<HappeningPage>(`${paths.happenings}?${query}`, { signal })).items;
    },
    refetchInterval: soonMs,
    placeholderData: keepPreviousData,
  });
