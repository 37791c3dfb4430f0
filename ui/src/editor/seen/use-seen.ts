import {
  fieldsNamed,
  type Finding,
  type Flow,
  neverSeen,
  type SeenBefore,
  type SeenConnection,
} from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { seenQuery } from '../../api/seen.ts';
import { useFlowStatus } from '../../live/use-live.ts';
import { connectionsIn } from '../draft/connections.ts';
import { type TypesById, useConnections, useEditor, useFlow } from '../editor-context.ts';
import { seenInto, withTried } from './seen-into.ts';
import { usePreviewed } from './use-previewed.ts';

const nothing: readonly SeenConnection[] = [];

/**
 * What came by at the connections of the draft: of the version that runs, where what was known stays when it stops; and where the
 * draft was tried, of the trial, which knows what is behind components that never ran.
 */
export const useSeenConnections = (): readonly SeenConnection[] => {
  const { trying } = useEditor();
  const { trial, source } = useStore(trying.state);
  const ran = useSeenWhereItRuns();
  return useMemo(
    () => (trial ? withTried(ran, trial.connections, source?.kind === 'seen') : ran),
    [ran, trial, source],
  );
};

const useSeenWhereItRuns = (): readonly SeenConnection[] => {
  const { id } = useEditor();
  const status = useFlowStatus(id);
  const isAtWork = status?.observed === 'running' || status?.observed === 'degraded';
  const { data = nothing } = useQuery({ ...seenQuery(id, String(status?.version ?? 0)), enabled: isAtWork });
  return data;
};

/** What came by on the way into a component; before that, what the files hold that are read before it. */
export const useSeenInto = (component: string): SeenBefore => {
  const connections = useConnections();
  const seen = useSeenConnections();
  const previewed = usePreviewed();
  return useMemo(() => {
    const cameBy = seen.filter(({ looked_at }) => looked_at > 0);
    return seenInto(component, connections, [...cameBy, ...previewed]);
  }, [component, connections, seen, previewed]);
};

/** Keeps the warnings about fields that never came by as long as it is mounted. */
export const WatchSeen = (): null => {
  const { types, unseen, trying } = useEditor();
  const flow = useFlow();
  const isTried = useStore(trying.state, ({ of }) => of === undefined || of.components === flow.components);
  const [all, ran] = [useSeenConnections(), useSeenWhereItRuns()];
  // an older trial knows nothing of what the draft has become
  const seen = isTried ? all : ran;
  useEffect(() => unseen.setState({ findings: unseenIn(flow, types, seen) }, true), [flow, types, seen, unseen]);
  return null;
};

/** The settings of a draft that read a field which never came by. */
export const unseenIn = (flow: Flow, types: TypesById, seen: readonly SeenConnection[]): readonly Finding[] => {
  if (seen.length === 0) return [];
  const connections = connectionsIn(flow, types);
  return flow.components.flatMap(({ id, type, config }, index) => {
    const before = seenInto(id, connections, seen);
    return neverSeen(fieldsNamed(types.get(type)?.config_schema, config), before).map(
      ({ instead, field, ...told }): Finding => ({
        severity: 'warning',
        component: id,
        place: `components[${index}].config.${field}`,
        field,
        ...told,
        ...(instead === undefined ? {} : { instead }),
      }),
    );
  });
};
