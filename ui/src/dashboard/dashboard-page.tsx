import type { FlowOverview, FlowSummary } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { flowsQuery } from '../api/flows.ts';
import { happeningsQuery, historyQuery } from '../api/history.ts';
import { systemQuery } from '../api/system.ts';
import { AsOf } from '../design/as-of.tsx';
import { formatBytes, formatNumber } from '../design/format.ts';
import { LoadFailure } from '../design/load-failure.tsx';
import { Page } from '../design/page.tsx';
import { Sparkline } from '../design/sparkline.tsx';
import { headlineOf } from '../flows/headline.ts';
import { shownFlows } from '../flows/list-view.ts';
import { HappeningList } from '../history/happening-list.tsx';
import { placeOf } from '../history/chart-geometry.ts';
import { sumOf } from '../live/rate-history.ts';
import { useOverview } from '../live/use-live.ts';
import { wayTo } from '../shell/problems.ts';
import { FlowTable } from './flow-table.tsx';
import { Tile } from './tile.tsx';
import styles from './dashboard.module.css';

/** Memory is asked for this often, in milliseconds. */
const systemMs = 5000;

const dayMs = 86_400_000;
const dayFigures = ['in', 'out', 'waiting', 'failed', 'memory'] as const;

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
      <div className={styles['beside']}>
        {overview && rows.length > 0 ? <FlowTable flows={rows} overview={overview} /> : <div />}
        <Happened flows={flows ?? []} />
      </div>
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
  const { in_per_second, out_per_second, errors_per_minute: errors } = sumOf(all);
  const waiting = all.reduce((sum, flow) => sum + flow.waiting, 0);
  const { data: system } = useQuery({ ...systemQuery, refetchInterval: systemMs });
  const { data: day } = useQuery(historyQuery({ figures: dayFigures, from: '24h', step: '5m' }));
  const { data: deploys } = useQuery(happeningsQuery({ kind: 'deployed', withinMs: dayMs, limit: 100 }));
  const marks = (deploys ?? []).flatMap(({ time }) => {
    const place = day && placeOf(Date.parse(time), { from: Date.parse(day.from), to: Date.parse(day.to) });
    return place ?? [];
  });
  const line = (figure: (typeof dayFigures)[number]) => {
    const values = day?.series.find((series) => series.figure === figure)?.values ?? [];
    return <Sparkline values={values.map((value) => value ?? undefined)} length={values.length} marks={marks} />;
  };
  return (
    <div className={styles['tiles']}>
      <Tile title="Messages in" value={formatNumber(in_per_second)} unit="/s">
        {line('in')}
      </Tile>
      <Tile title="Messages out" value={formatNumber(out_per_second)} unit="/s">
        {line('out')}
      </Tile>
      <Tile title="Waiting" value={formatNumber(waiting)} unit={waiting === 1 ? 'message' : 'messages'}>
        {line('waiting')}
      </Tile>
      <Tile title="Errors" value={formatNumber(errors)} unit="/min" {...(errors > 0 ? { tone: 'warn' as const } : {})}>
        {line('failed')}
      </Tile>
      {system ? (
        <Tile title="Memory" value={formatBytes(system.memory_bytes)}>
          {line('memory')}
        </Tile>
      ) : null}
    </div>
  );
};

/** What happened of late, beside the table of flows. */
const Happened = ({ flows }: { flows: readonly FlowSummary[] }) => {
  const { data: happenings } = useQuery(happeningsQuery({ withinMs: dayMs, limit: 100 }));
  const nameOf = (id: string): string => flows.find((flow) => flow.id === id)?.name ?? id;
  if (!happenings) return null;
  return (
    <section className={styles['happened']} aria-label="What happened">
      <h2>What happened</h2>
      {happenings.length === 0 ? <p>Nothing in the last 24 hours.</p> : null}
      <HappeningList happenings={happenings} nameOf={nameOf} />
    </section>
  );
};
