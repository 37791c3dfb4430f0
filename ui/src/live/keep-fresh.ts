import type { FlowOverview, StoredFlow } from '@semstreams/contract';
import type { QueryClient } from '@tanstack/react-query';
import { flowQuery, flowsQuery, versionsQuery } from '../api/flows.ts';
import type { Line } from './line.ts';

/** Fetches again what the server says has changed: drafts, deployments, and everything after a cut of the line. */
export const keepFresh = (line: Line, queries: QueryClient): void => {
  const listChanged = () => void queries.invalidateQueries({ queryKey: flowsQuery.queryKey, exact: true });

  line.onBack(() => void queries.invalidateQueries());
  line.onDraft(({ flow, revision }) => {
    listChanged();
    const { queryKey } = flowQuery(flow);
    if (revision === 0) queries.removeQueries({ queryKey });
    else if (queries.getQueryData<StoredFlow>(queryKey)?.revision !== revision)
      void queries.invalidateQueries({ queryKey, exact: true });
  });

  let known = line.read().overview;
  line.subscribe(() => {
    const { overview } = line.read();
    if (overview === known) return;
    for (const flow of deployedAnew(known, overview)) {
      listChanged();
      void queries.invalidateQueries({ queryKey: versionsQuery(flow).queryKey, exact: true });
    }
    known = overview;
  });
};

const deployedAnew = (
  before: ReadonlyMap<string, FlowOverview> | undefined,
  after: ReadonlyMap<string, FlowOverview> | undefined,
): string[] =>
  before && after
    ? [...after.values()].filter(({ flow, version }) => before.get(flow)?.version !== version).map(({ flow }) => flow)
    : [];
