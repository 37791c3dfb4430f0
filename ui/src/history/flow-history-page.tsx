import { NativeSelect, SegmentedControl } from '@mantine/core';
import { type HistoryFigure, historyFigures, type HistorySeries } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import { flowQuery } from '../api/flows.ts';
import { happeningsQuery, historyQuery } from '../api/history.ts';
import { formatBytes, formatNumber, formatSpan } from '../design/format.ts';
import { LoadFailure } from '../design/load-failure.tsx';
import { Page } from '../design/page.tsx';
import { Chart, type ChartTime } from './chart.tsx';
import { HappeningList } from './happening-list.tsx';
import styles from './history.module.css';
import { marksOf } from './marks.ts';

const ranges = {
  '5m': { label: '5 min', step: '10s' },
  '1h': { label: '1 h', step: '10s' },
  '24h': { label: '24 h', step: '5m' },
  '30d': { label: '30 days', step: '3h' },
  '365d': { label: '1 year', step: '24h' },
} as const;
type Range = keyof typeof ranges;
const isRange = (text: string | null): text is Range => text !== null && text in ranges;

const numbers = (value: number): string => formatNumber(value);
const inSeconds = (value: number): string => formatSpan(value * 1000);
interface Shown {
  readonly title: string;
  readonly unit: string;
  readonly figures: readonly HistoryFigure[];
  readonly format: (value: number) => string;
}
const charts: readonly Shown[] = [
  { title: 'Throughput', unit: 'messages/s', figures: ['in', 'out'], format: numbers },
  {
    title: 'Rejected, failed, dropped',
    unit: 'messages/s',
    figures: ['rejected', 'failed', 'dropped'],
    format: numbers,
  },
  {
    title: 'Latency',
    unit: 'ms, from coming in to being handed out',
    figures: ['latency_p50', 'latency_p95', 'latency_p99'],
    format: numbers,
  },
  { title: 'Waiting', unit: 'messages', figures: ['waiting'], format: numbers },
  { title: 'Oldest waiting', unit: 'since it came in', figures: ['oldest_waiting'], format: inSeconds },
  { title: 'Dead letters', unit: 'messages', figures: ['dead_letters'], format: numbers },
];
const ofLane: readonly Shown[] = [
  { title: 'CPU', unit: '% of one core', figures: ['cpu'], format: numbers },
  { title: 'Memory', unit: '', figures: ['memory'], format: formatBytes },
];
const compared = ['in', 'out', 'rejected', 'failed', 'dropped', 'waiting', 'oldest_waiting', 'latency_p99'] as const;

/** How a flow did over time, and what happened to it. What is shown is in the address. */
export const FlowHistoryPage = () => {
  const { id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const asked = search.get('range');
  const range = isRange(asked) ? asked : '1h';
  const figure = compared.find((each) => each === search.get('compare')) ?? 'out';
  const choose = (name: string, value: string): void =>
    setSearch(
      (before) => {
        before.set(name, value);
        return before;
      },
      { replace: true },
    );
  const { step } = ranges[range];
  const { data: flow } = useQuery(flowQuery(id));
  const figures = [...charts, ...ofLane].flatMap((chart) => chart.figures);
  const { data: history, error, refetch } = useQuery(historyQuery({ flow: id, figures, from: range, step }));
  const { data: parts } = useQuery(historyQuery({ flow: id, figures: [figure], from: range, step, each: 'component' }));
  const { data: happenings = [] } = useQuery(happeningsQuery({ flow: id, limit: 200 }));
  const marks = marksOf(happenings);
  const nameOf = (component: string): string =>
    flow?.components.find((each) => each.id === component)?.name ?? component;
  const hasLane = history?.series.some((series) => series.figure === 'memory');
  return (
    <Page
      title={`${flow?.name ?? id}: how it went`}
      above={<Link to={`/flows/${id}`}>{flow?.name ?? id}</Link>}
      actions={
        <SegmentedControl
          aria-label="Range"
          size="xs"
          value={range}
          onChange={(value) => choose('range', value)}
          data={Object.entries(ranges).map(([value, { label }]) => ({ value, label }))}
        />
      }
    >
      {error && !history ? <LoadFailure error={error} onRetry={() => void refetch()} /> : null}
      {history ? (
        <div className={styles['charts']}>
          {[...charts, ...(hasLane ? ofLane : [])].map(({ title, unit, figures: shown, format }) => (
            <Chart
              key={title}
              {...{ title, unit, marks, format, time: timeOf(history) }}
              lines={shown.map((name) => ({
                name: historyFigures[name].title,
                values: valuesOf(history.series, name),
              }))}
            />
          ))}
          {parts ? (
            <div className={styles['compared']}>
              <NativeSelect
                label="Compare components by"
                size="xs"
                value={figure}
                onChange={({ currentTarget }) => choose('compare', currentTarget.value)}
                data={compared.map((value) => ({ value, label: historyFigures[value].title }))}
              />
              <Chart
                title={`Components: ${historyFigures[figure].title}`}
                unit={historyFigures[figure].unit}
                {...{ marks, time: timeOf(parts) }}
                format={figure === 'oldest_waiting' ? inSeconds : numbers}
                lines={parts.series.map(({ component = '', values }) => ({ name: nameOf(component), values }))}
              />
            </div>
          ) : null}
          <section className={styles['chart']} aria-label="What happened">
            <h2>What happened</h2>
            {happenings.length === 0 ? <p className={styles['nothing']}>Nothing yet.</p> : null}
            <HappeningList happenings={happenings} />
          </section>
        </div>
      ) : null}
    </Page>
  );
};

const timeOf = ({ from, to, step_s }: { from: string; to: string; step_s: number }): ChartTime => ({
  from: Date.parse(from),
  to: Date.parse(to),
  stepMs: step_s * 1000,
});

const valuesOf = (series: readonly HistorySeries[], figure: HistoryFigure): readonly (number | null)[] =>
  series.find((each) => each.figure === figure)?.values ?? [];
