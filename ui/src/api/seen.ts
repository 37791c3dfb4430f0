import { paths, type RecentMessages, type SeenConnections } from '@semstreams/contract';
import { queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';

/** How often it is asked anew what came by, in milliseconds. */
const againMs = 2000;

/** The fields that came by at the connections of a flow that runs, kept for as long as the page knows the run. */
export const seenQuery = (id: string, run: string) =>
  queryOptions({
    queryKey: ['flows', id, 'seen', run],
    queryFn: async ({ signal }) => (await request<SeenConnections>(paths.seen(id), { signal })).connections,
    refetchInterval: againMs,
    staleTime: againMs,
    retry: false,
  });

export const recentMessages = (id: string, from: string, to: string, signal: AbortSignal): Promise<RecentMessages> =>
  request(paths.recent(id, from, to), { signal });
