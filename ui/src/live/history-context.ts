import { createContext, useContext, useSyncExternalStore } from 'react';
import type { History, RateHistory } from './rate-history.ts';

export const HistoryContext = createContext<RateHistory | undefined>(undefined);

const useHistory = (read: (history: RateHistory) => History): History => {
  const history = useContext(HistoryContext);
  if (!history) throw new Error('there is no <HistoryContext> around this');
  return useSyncExternalStore(history.subscribe, () => read(history));
};

/** How a flow went in the last two minutes; changes once a second. */
export const useFlowHistory = (flow: string): History => useHistory((history) => history.of(flow));
