import type { FlowOverview, FlowSummary } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { flowsQuery } from '../api/flows.ts';
import { systemQuery } from '../api/system.ts';
import { AsOf } from '../design/as-of.tsx';
import { formatBytes, formatNumber } from '../design/format.ts';
import { LoadFailure } from '../design/load-failure.tsx';
import { Page } from '../design/page.tsx';
import { Sparkline } from '../design/sparkline.tsx';
import { headlineOf } from '../flows/headline.ts';
import { shownFlows } from '../flows/list-view.ts';
import { useWholeHistory } from '../live/history-context.ts';
import { historyLength, sumOf } from '../live/rate-history.ts';
import { useOverview } from '../live/use-live.ts';
import { wayTo } from '../shell/problems.ts';
import { FlowTable } from './flow-table.tsx';
import { Tile } from './tile.tsx';
import styles from './dashboard.module.css';

/** Memory is asked for this often, in milliseconds. */
const systemMs = 5000;

/** How the whole installation does at this moment: a sentence, the sums, and each flow. */
export const DashboardPage = () => {
  const { data: flows, error, refetch } = useQuery(flowsQuery);
  const overview = useOverview();
  const rows = useMemo(
    () => shownFlows(flows ?? [], overview, { search: '', state: 'all', sort: 'state' }),
    [flows, overview],
  );
  return (
    <Page
      title={flows && overview ? headlineOf(flows, overview) : 'Dashboard'}
      documentTitle="Dashboard"
      sentence={
        <>
          <Trouble rows={rows} overview={overview} />
          <AsOf />
        </>
      }
    >
      {error && !flows ? <LoadFailure error={error} onRetry={() => void refetch()} /> : null}
      {overview ? <Tiles overview={overview} /> : null}
      {overview && rows.length > 0 ? <FlowTable flows={rows} overview={overview} /> : null}
    </Page>
  );
};

/** The most urgent trouble, in its own words, with a way to it. */
const Trouble = ({
  rows,
  overview,
}: {
  rows: readonly FlowSummary[];
  overview: ReadonlyMap<string, FlowOverview> | undefined;
}) => {
  const troubled = rows.find(({ id }) => ['failed', 'degraded'].includes(overview?.get(id)?.observed ?? ''));
  if (!troubled) return rows.length > 0 ? 'Nothing needs attention.' : <Link to="/">To the list of flows</Link>;
  const told = overview?.get(troubled.id);
  return (
    <>
      “{troubled.name}”: {told?.sentence}. <Link to={told ? wayTo(told) : `/flows/${troubled.id}`}>Go there</Link>
    </>
  );
};

const Tiles = ({ overview }: { overview: ReadonlyMap<string, FlowOverview> }) => {
  const all = [...overview.values()];
  const { inPerSecond, outPerSecond } = useWholeHistory();
  const { in_per_second, out_per_second, errors_per_minute: errors } = sumOf(all);
  const waiting = all.reduce((sum, flow) => sum + flow.waiting, 0);
  const { data: system } = useQuery({ ...systemQuery, refetchInterval: systemMs });
  return (
    <div className={styles['tiles']}>
      <Tile title="Messages in" value={formatNumber(in_per_second)} unit="/s">
        <Sparkline values={inPerSecond} length={historyLength} width={88} />
      </Tile>
      <Tile title="Messages out" value={formatNumber(out_per_second)} unit="/s">
        <Sparkline values={outPerSecond} length={historyLength} width={88} />
      </Tile>
      <Tile title="Waiting" value={formatNumber(waiting)} unit={waiting === 1 ? 'message' : 'messages'} />
      <Tile
        title="Errors"
        value={formatNumber(errors)}
        unit="in the last minute"
        {...(errors > 0 ? { tone: 'warn' as const } : {})}
      />
      {system ? <Tile title="Memory" value={formatBytes(system.memory_bytes)} /> : null}
    </div>
  );
};
