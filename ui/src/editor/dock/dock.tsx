import { ActionIcon, Tabs } from '@mantine/core';
import { isMild } from '@semstreams/contract';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { Suspense } from 'react';
import { Link } from 'react-router';
import { formatNumber } from '../../design/format.ts';
import { useFlowStatus } from '../../live/use-live.ts';
import { useEditor, useProblemCount, useView } from '../editor-context.ts';
import { TryTab, VersionsTab } from '../later.tsx';
import { useNotices } from '../live/use-notices.ts';
import type { DockTab } from '../view-store.ts';
import styles from './dock.module.css';
import { MessagesTab } from './messages-tab.tsx';
import { ProblemsTab } from './problems-tab.tsx';

/** What lies below the canvas: what is wrong with the draft, what goes through, and what was deployed. Closed it is a row of tabs. */
export const Dock = () => {
  const { id, view } = useEditor();
  const tab = useView(({ dock }) => dock);
  const problems = useNotices().filter((notice) => !isMild(notice)).length + useProblemCount();
  const letters = useFlowStatus(id)?.dead_letters ?? 0;
  const show = (dock: DockTab | undefined): void => view.getState().show({ dock });
  return (
    <section className={styles['dock']} aria-label="Dock" data-open={tab !== undefined} data-tab={tab}>
      <Tabs
        value={tab ?? null}
        onChange={(value) => show((value ?? undefined) as DockTab | undefined)}
        allowTabDeactivation
        keepMounted={false}
        className={styles['tabs']!}
      >
        <div className={styles['bar']}>
          <Tabs.List className={styles['list']!}>
            <Tabs.Tab value="problems">
              Problems{problems > 0 ? <span className={styles['count']}>{problems}</span> : null}
            </Tabs.Tab>
            <Tabs.Tab value="messages">Messages</Tabs.Tab>
            <Tabs.Tab value="try">Try it</Tabs.Tab>
            <Tabs.Tab value="versions">Versions</Tabs.Tab>
          </Tabs.List>
          <span className={styles['grow']} />
          <Link to={`/flows/${id}/dead-letters`} className={styles['link']}>
            Dead letters
            {letters > 0 ? <span className={`${styles['count']} live-value`}>{formatNumber(letters)}</span> : null}
          </Link>
          <ActionIcon
            size="sm"
            aria-label={tab ? 'Close the dock' : 'Open the dock'}
            onClick={() => show(tab ? undefined : 'problems')}
          >
            {tab ? <ChevronDown size={15} aria-hidden /> : <ChevronUp size={15} aria-hidden />}
          </ActionIcon>
        </div>
        <Suspense>
          <Tabs.Panel value="problems" className={styles['panel']!}>
            <ProblemsTab />
          </Tabs.Panel>
          <Tabs.Panel value="messages" className={styles['panel']!}>
            <MessagesTab />
          </Tabs.Panel>
          <Tabs.Panel value="try" className={styles['panel']!}>
            <TryTab />
          </Tabs.Panel>
          <Tabs.Panel value="versions" className={styles['panel']!}>
            <VersionsTab />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
    </section>
  );
};
