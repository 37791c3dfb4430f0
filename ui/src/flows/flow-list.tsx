import type { FlowOverview, FlowSummary } from '@semstreams/contract';
import { useDeferredValue, useMemo, useState } from 'react';
import { FlowRow } from './flow-row.tsx';
import { type ListView, shownFlows } from './list-view.ts';
import { RenameDialog } from './rename-dialog.tsx';
import { useSteady } from './use-steady.ts';
import styles from './flow-list.module.css';

/** So many rows are drawn at first; the rest follows when there is time. */
const firstRows = 30;
/** A list sorted by live numbers is sorted again this often, in milliseconds. */
const sortMs = 5000;
const liveSorts: ReadonlySet<string> = new Set(['rate', 'waiting', 'errors']);

const headings = ['Flow', 'State', 'In', 'Waiting', 'Errors'] as const;

export const FlowList = ({
  flows,
  overview,
  view,
}: {
  flows: readonly FlowSummary[];
  overview: ReadonlyMap<string, FlowOverview> | undefined;
  view: ListView;
}) => {
  const [renamed, setRenamed] = useState<FlowSummary>();
  const steady = useSteady(overview, sortMs);
  const known = liveSorts.has(view.sort) ? steady : overview;
  const rows = useMemo(() => shownFlows(flows, known, view), [flows, known, view]);
  const drawn = useDeferredValue(rows, rows.slice(0, firstRows));
  return (
    <div className={styles['list']} role="table" aria-label="Flows" aria-rowcount={rows.length + 1}>
      <div className={styles['headings']} role="row">
        {headings.map((heading) => (
          <div key={heading} role="columnheader">
            {heading}
          </div>
        ))}
        <div role="columnheader">
          <span className="visually-hidden">Actions</span>
        </div>
      </div>
      <div role="rowgroup">
        {drawn.map((flow) => (
          <FlowRow key={flow.id} flow={flow} onRename={setRenamed} />
        ))}
      </div>
      {renamed ? <RenameDialog flow={renamed} onClose={() => setRenamed(undefined)} /> : null}
    </div>
  );
};
