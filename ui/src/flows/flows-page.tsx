import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { FileUp, Plus } from 'lucide-react';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { useSearchParams } from 'react-router';
import { flowsQuery } from '../api/flows.ts';
import { useCommands } from '../commands/use-commands.ts';
import { LoadFailure } from '../design/load-failure.tsx';
import { Page } from '../design/page.tsx';
import { useOverview } from '../live/use-live.ts';
import { removals } from './flow-actions.ts';
import { FlowFilters } from './flow-filters.tsx';
import { FlowList } from './flow-list.tsx';
import { FirstFlow } from './first-flow.tsx';
import { headlineOf } from './headline.ts';
import { ImportDialog } from './import-dialog.tsx';
import { countsOf, type ListView, parametersOf, shownFlows, viewOf } from './list-view.ts';
import { NewFlowDialog } from './new-flow-dialog.tsx';
import { ReadFileButton } from './read-file-button.tsx';
import styles from './flows-page.module.css';

/** All flows of this installation: find one, see how each does, start, stop and make new ones. */
export const FlowsPage = () => {
  const [dialog, setDialog] = useState<'new' | 'import'>();
  const [parameters, setParameters] = useSearchParams();
  const view = useMemo(() => viewOf(parameters), [parameters]);
  const setView = (next: ListView) => setParameters(parametersOf(next), { replace: true, preventScrollReset: true });
  const { data, error, refetch } = useQuery(flowsQuery);
  const removed = useSyncExternalStore(removals.subscribe, removals.read);
  const flows = useMemo(() => data?.filter(({ id }) => !removed.has(id)), [data, removed]);
  const overview = useOverview();

  useCommands(
    useMemo(
      () => [
        { id: 'new flow', title: 'New flow', group: 'Flows', icon: Plus, run: () => setDialog('new') },
        { id: 'import flow', title: 'Import a flow', group: 'Flows', icon: FileUp, run: () => setDialog('import') },
      ],
      [],
    ),
  );

  const isEmpty = flows?.length === 0;
  return (
    <Page
      title="Flows"
      sentence={flows && overview && !isEmpty ? headlineOf(flows, overview) : undefined}
      actions={
        <>
          <Button variant="default" leftSection={<FileUp size={15} aria-hidden />} onClick={() => setDialog('import')}>
            Import
          </Button>
          <ReadFileButton />
          <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => setDialog('new')}>
            New flow
          </Button>
        </>
      }
    >
      {error && !flows ? <LoadFailure error={error} onRetry={() => void refetch()} /> : null}
      {isEmpty ? <FirstFlow /> : null}
      {flows && !isEmpty ? (
        <>
          <FlowFilters view={view} counts={countsOf(flows, overview)} onChange={setView} />
          {shownFlows(flows, overview, view).length > 0 ? (
            <FlowList flows={flows} overview={overview} view={view} />
          ) : (
            <div className={styles['nothing']}>
              <p>{view.search ? `No flow fits “${view.search}”.` : 'No flow is in this state.'}</p>
              <Button variant="default" onClick={() => setView({ ...view, search: '', state: 'all' })}>
                Show all flows
              </Button>
            </div>
          )}
        </>
      ) : null}
      {dialog === 'new' ? <NewFlowDialog onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'import' ? <ImportDialog flows={flows ?? []} onClose={() => setDialog(undefined)} /> : null}
    </Page>
  );
};
