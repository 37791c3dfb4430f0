import type { FlowOverview, FlowSummary } from '@semstreams/contract';
import { Link } from 'react-router';
import { formatNumber } from '../design/format.ts';
import { Sparkline } from '../design/sparkline.tsx';
import { StateLabel } from '../design/state-label.tsx';
import { lookOf, notDeployed } from '../design/states.ts';
import { useFlowHistory } from '../live/history-context.ts';
import { historyLength } from '../live/rate-history.ts';
import styles from './dashboard.module.css';

const headings = ['In /s', 'Out /s', 'Waiting', 'Errors /min'] as const;

/** Each flow with its numbers; those that need attention stand first. */
export const FlowTable = ({
  flows,
  overview,
}: {
  flows: readonly FlowSummary[];
  overview: ReadonlyMap<string, FlowOverview>;
}) => (
  <div className={styles['table']} tabIndex={0} role="region" aria-label="Flows">
    <table>
      <thead>
        <tr>
          <th scope="col">Flow</th>
          <th scope="col">State</th>
          <th scope="col">Last 2 minutes</th>
          {headings.map((heading) => (
            <th key={heading} scope="col" className={styles['numeric']}>
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {flows.map((flow) => (
          <FlowLine key={flow.id} flow={flow} overview={overview.get(flow.id)} />
        ))}
      </tbody>
    </table>
  </div>
);

const FlowLine = ({ flow, overview }: { flow: FlowSummary; overview: FlowOverview | undefined }) => {
  const { inPerSecond } = useFlowHistory(flow.id);
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
        {wasDeployed && overview.dead_letters > 0 ? (
          <small>
            <Link to={`/flows/${flow.id}/dead-letters`}>
              {formatNumber(overview.dead_letters)} {overview.dead_letters === 1 ? 'dead letter' : 'dead letters'}
            </Link>
          </small>
        ) : null}
      </td>
      <td>{wasDeployed ? <Sparkline values={inPerSecond} length={historyLength} width={110} /> : null}</td>
      {numbers.map((number, index) => (
        <td key={headings[index]} className={styles['numeric']}>
          {number === undefined ? '–' : <span className="live-value">{formatNumber(number)}</span>}
        </td>
      ))}
    </tr>
  );
};
