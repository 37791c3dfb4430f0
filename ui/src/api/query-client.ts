import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './request.ts';

/** Tries again only where another try can help: not on an answer that says what is wrong. */
const isWorthRetrying = (failures: number, thrown: Error): boolean =>
  failures < 2 && (!(thrown instanceof ApiProblem) || thrown.status === 0 || thrown.status >= 500);

/** A session that has ended is asked for: the login comes up by that. */
const askWhoAsks = (thrown: Error): void => {
  if (thrown instanceof ApiProblem && thrown.status === 401)
    void queryClient.invalidateQueries({ queryKey: ['session'] });
};

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: askWhoAsks }),
  defaultOptions: {
    queries: { staleTime: 10_000, retry: isWorthRetrying, retryDelay: (failures) => 500 * 2 ** failures },
    mutations: { retry: false },
  },
});
