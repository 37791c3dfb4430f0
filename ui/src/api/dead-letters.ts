import { type DeadLetterPage, type Discarded, paths, type Resent } from '@semstreams/contract';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { request } from './request.ts';

const pageSize = 100;

/** Dead letters of a flow, newest first, a page at a time. */
export const deadLettersQuery = (flow: string) =>
  infiniteQueryOptions({
    queryKey: ['flows', flow, 'dead-letters'],
    queryFn: ({ pageParam, signal }) =>
      request<DeadLetterPage>(
        `${paths.deadLetters(flow)}?limit=${pageSize}${pageParam === undefined ? '' : `&before=${pageParam}`}`,
        { signal },
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ items }) => (items.length < pageSize ? undefined : items.at(-1)?.sequence),
    refetchInterval: 5000,
  });

/** Hands dead letters to the port where they failed: those named, or up to a thousand of the oldest. */
export const resendDeadLetters = (flow: string, sequences?: readonly number[]): Promise<Resent> =>
  request(paths.resendDeadLetters(flow), { method: 'POST', body: sequences ? { sequences } : {} });

/** How many there were. */
export const discardAllDeadLetters = async (flow: string): Promise<number> =>
  (await request<Discarded>(paths.deadLetters(flow), { method: 'DELETE' })).discarded;

export const discardDeadLetters = async (flow: string, sequences: readonly number[]): Promise<number> => {
  for (const sequence of sequences) await request(paths.deadLetter(flow, sequence), { method: 'DELETE' });
  return sequences.length;
};
