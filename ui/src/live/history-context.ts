import { createContext, useContext, useSyncExternalStore } from 'react';
import type { RateHistory, Rates } from './rate-history.ts';

export const HistoryContext = createContext<RateHistory | undefined>(undefined);

/** The rates of a flow in the last two minutes; changes once a second. */
export const useRateHistory = (flow: string): Rates => {
  const history = useContext(HistoryContext);
  if (!history) throw new Error('there is no <HistoryContext> around this');
  return useSyncExternalStore(history.subscribe, () => history.of(flow));
};
