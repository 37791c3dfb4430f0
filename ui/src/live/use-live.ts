import type {
  ComponentStatus,
  ConnectionStatus,
  FlowOverview,
  FlowStatus,
  Link,
  Notice,
  Trouble,
} from '@semstreams/contract';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { useLine } from './line-context.ts';
import { connectionKey, type LineState, type LiveState } from './live-state.ts';

/** A part of what the server tells. Renders again only when `select` gives another object than before. */
export const useLive = <Part>(select: (state: LiveState) => Part): Part => {
  const line = useLine();
  return useSyncExternalStore(line.subscribe, () => select(line.read()));
};

/** The same, and the flow is watched as long as the component is shown. */
const useWatched = <Part>(flow: string, select: (state: LiveState) => Part): Part => {
  const line = useLine();
  const subscribe = useCallback(
    (listener: () => void) => {
      const unwatch = line.watch(flow);
      const unsubscribe = line.subscribe(listener);
      return () => {
        unsubscribe();
        unwatch();
      };
    },
    [line, flow],
  );
  return useSyncExternalStore(subscribe, () => select(line.read()));
};

export const useLineState = (): LineState => useLive(({ line }) => line);

/** While numbers are live nothing; else when they were, as milliseconds since 1970. */
export const useStaleSince = (): number | undefined =>
  useLive(({ line, lastDataAt }) => (line === 'live' ? undefined : lastDataAt));

/** All flows by id; `undefined` until the server told for the first time. */
export const useOverview = (): ReadonlyMap<string, FlowOverview> | undefined => useLive(({ overview }) => overview);

export const useFlowOverview = (flow: string): FlowOverview | undefined =>
  useLive(({ overview }) => overview?.get(flow));

export const useTroubles = (): readonly Trouble[] => useLive(({ troubles }) => troubles);

/** What a flow does, with all that is inside; changes twice a second while it runs. */
export const useFlowStatus = (flow: string): FlowStatus | undefined =>
  useWatched(flow, ({ watched }) => watched.get(flow)?.status);

/** The links of all flows, watched as long as the component is shown; `undefined` until the server told. */
export const useLinks = (): readonly Link[] | undefined => {
  const line = useLine();
  useEffect(() => line.watchLinks(), [line]);
  return useLive(({ links }) => links);
};

/** One component; renders again only when its own numbers change. */
export const useComponentStatus = (flow: string, component: string): ComponentStatus | undefined =>
  useWatched(flow, ({ watched }) => watched.get(flow)?.components.get(component));

/** One connection by its ends with ports, `vehicle.out` and `airborne.in`. */
export const useConnectionStatus = (flow: string, from: string, to: string): ConnectionStatus | undefined =>
  useWatched(flow, ({ watched }) => watched.get(flow)?.connections.get(connectionKey(from, to)));

/** What is most telling of a component; undefined where there is nothing to be known. */
export const useNotice = (flow: string, component: string): Notice | undefined =>
  useWatched(flow, ({ watched }) => watched.get(flow)?.status.notices.find((notice) => notice.component === component));

/** How fast messages leave by a port of a component; undefined where nothing is connected to it. */
export const usePortRate = (flow: string, port: string): number | undefined =>
  useWatched(flow, ({ watched }) => {
    const rates = [...(watched.get(flow)?.connections.values() ?? [])]
      .filter(({ from }) => from === port)
      .map(({ per_second: rate }) => rate);
    return rates.length === 0 ? undefined : Math.max(...rates);
  });
