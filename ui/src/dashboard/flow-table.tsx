import type { FlowOverview, FlowSummary } from '@semstreams/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { historyQuery } from '../api/history.ts';
import { formatMoment, formatNumber } from '../design/format.ts';
import { Sparkline } from '../design/sparkline.tsx';
import { StateLabel } from '../design/state-label.tsx';
import { lookOf, notDeployed } from '../design/states.ts';
import styles from './dashboard.module.css';

const headings = ['In /s', 'Out /s', 'Waiting', 'Errors /min'] as const;

/** Each flow with its numbers; those that need attention stand first. */
export const FlowTable = ({
  flows,
  overview,
}: {
  flows: readonly FlowSummary[];
  overview: ReadonlyMap<string, FlowOverview>;
}) => {
  const { data: day } = useQuery(historyQuery({ figures: ['in'], from: '24h', step: '15m', each: 'flow' }));
  return (
    <div className={styles['table']} tabIndex={0} role="region" aria-label="Flows">
      <table>
        <thead>
          <tr>
            <th scope="col">Flow</th>
            <th scope="col">State</th>
            <th scope="col">Last 24 hours</th>
            {headings.map((heading) => (
              <th key={heading} scope="col" className={styles['numeric']}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {flows.map((flow) => (
            <FlowLine
              key={flow.id}
              flow={flow}
              overview={overview.get(flow.id)}
              day={day?.series.find((series) => series.flow === flow.id)?.values ?? []}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
};

const FlowLine = ({
  flow,
  overview,
  day,
}: {
  flow: FlowSummary;
  overview: FlowOverview | undefined;
  /** Messages in of the last 24 hours; `null` where nothing is known. */
  day: readonly (number | null)[];
}) => {
  const wasDeployed = overview !== undefined && overview.version > 0;
  const numbers = wasDeployed
    ? [overview.in_per_second, overview.out_per_second, overview.waiting, overview.errors_per_minute]
    : headings.map(() => undefined);
  return (
    <tr>
      <th scope="row">
        <Link to={`/flows/${flow.id}`}>{flow.name}</Link>
        <small>
          {flow.component_count} {flow.component_count === 1 ? 'component' : 'components'}
          {wasDeployed ? ` · version ${overview.version}` : ''}
        </small>
      </th>
      <td>
        <span className="live-value">
          <StateLabel look={wasDeployed ? lookOf(overview) : notDeployed}>
            {wasDeployed ? overview.sentence : 'Not deployed yet'}
          </StateLabel>
        </span>
        {wasDeployed && overview.since !== undefined ? (
          <small>since {formatMoment(new Date(overview.since), new Date())}</small>
        ) : null}
        {wasDeployed && overview.dead_letters > 0 ? (
          <small>
            <Link to={`/flows/${flow.id}/dead-letters`}>
              {formatNumber(overview.dead_letters)} {overview.dead_letters === 1 ? 'dead letter' : 'dead letters'}
            </Link>
          </small>
        ) : null}
      </td>
      <td>
        {wasDeployed ? (
          <Link to={`/flows/${flow.id}/history`} aria-label={`How ${flow.name} went`}>
            <Sparkline values={day.map((value) => value ?? undefined)} length={day.length} width={110} />
          </Link>
        ) : null}
      </td>
      {numbers.map((number, index) => (
        <td key={headings[index]} className={styles['numeric']}>
          {number === undefined ? '–' : <span className="live-value">{formatNumber(number)}</span>}
        </td>
      ))}
    </tr>
  );
};
