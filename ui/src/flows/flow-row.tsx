import { Button } from '@mantine/core';
import type { FlowOverview, FlowSummary } from '@semstreams/contract';
import { CircleStop, PencilLine, Play, Rocket } from 'lucide-react';
import { memo } from 'react';
import { Link } from 'react-router';
import { deployFlow, startFlow, stopFlow } from '../api/flows.ts';
import { AsOf } from '../design/as-of.tsx';
import { formatMoment, formatNumber, formatSpan } from '../design/format.ts';
import { Rate } from '../design/rate.tsx';
import { Sparkline } from '../design/sparkline.tsx';
import { StateLabel } from '../design/state-label.tsx';
import { lookOf, notDeployed } from '../design/states.ts';
import { type Action, useAction } from '../design/use-action.ts';
import { useFlowHistory } from '../live/history-context.ts';
import { historyLength } from '../live/rate-history.ts';
import { useFlowOverview } from '../live/use-live.ts';
import { wayTo } from '../shell/problems.ts';
import { FlowMenu } from './flow-menu.tsx';
import styles from './flow-list.module.css';

/** One flow of the list. It draws itself again only when its own numbers change. */
export const FlowRow = memo(({ flow, onRename }: { flow: FlowSummary; onRename: (flow: FlowSummary) => void }) => {
  const overview = useFlowOverview(flow.id);
  const action = useAction();
  return (
    <div className={styles['row']} role="row" aria-label={flow.name}>
      <div className={styles['name']} role="cell">
        <Link to={`/flows/${flow.id}`}>{flow.name}</Link>
        {flow.changed && flow.deployed_version !== undefined ? (
          <span className={styles['changed']} title="The draft differs from what is deployed">
            <PencilLine size={11} aria-hidden /> changes not deployed
          </span>
        ) : null}
        {flow.damaged === undefined ? (
          <small>{flow.description ?? insideOf(flow)}</small>
        ) : (
          <p className={styles['failure']}>{capitalised(flow.damaged)}</p>
        )}
      </div>
      <div className={styles['state']} role="cell">
        <FlowState overview={overview} />
        {overview && overview.version > 0 ? <AsOf /> : null}
        {overview && overview.dead_letters > 0 ? (
          <Link to={`/flows/${flow.id}/dead-letters`} className={styles['letters']}>
            {formatNumber(overview.dead_letters)} {overview.dead_letters === 1 ? 'dead letter' : 'dead letters'}
          </Link>
        ) : null}
        {action.failure ? (
          <p className={styles['failure']} role="alert">
            {action.failure}
          </p>
        ) : null}
      </div>
      <RateCell flow={flow.id} overview={overview} />
      <CountCell count={overview?.waiting} label="waiting" />
      <CountCell count={overview?.errors_total} label="errors" />
      <div className={styles['actions']} role="cell">
        <RunButton flow={flow} overview={overview} action={action} />
        <FlowMenu flow={flow} overview={overview} action={action} onRename={onRename} />
      </div>
    </div>
  );
});
FlowRow.displayName = 'FlowRow';

const capitalised = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

const insideOf = ({ component_count, deployed_version }: FlowSummary): string =>
  [
    component_count === 1 ? '1 component' : `${component_count} components`,
    ...(deployed_version === undefined ? [] : [`version ${deployed_version}`]),
  ].join(' · ');

const FlowState = ({ overview }: { overview: FlowOverview | undefined }) => {
  if (!overview || overview.version === 0) return <StateLabel look={notDeployed}>Not deployed yet</StateLabel>;
  const [first] = overview.notices;
  const isTroubled = overview.observed === 'failed' || overview.observed === 'degraded';
  return (
    <>
      <span className="live-value" title={overview.sentence}>
        <StateLabel look={lookOf(overview)}>{sentenceOf(overview)}</StateLabel>
      </span>
      {first || isTroubled ? (
        <small className={styles['way']}>
          {isTroubled && overview.since ? `since ${formatMoment(new Date(overview.since), new Date())} · ` : ''}
          <Link to={wayTo(overview)}>Go there</Link>
        </small>
      ) : null}
    </>
  );
};

/** The rate has a column of its own: for a flow that runs well it is more to know since when. */
const sentenceOf = ({ observed, notices, sentence, since }: FlowOverview): string =>
  observed !== 'running' || notices.length > 0 || since === undefined
    ? sentence
    : `Running for ${formatSpan(Date.now() - Date.parse(since))}`;

const RateCell = ({ flow, overview }: { flow: string; overview: FlowOverview | undefined }) => {
  const { inPerSecond } = useFlowHistory(flow);
  return (
    <div className={styles['rate']} role="cell">
      {overview && overview.version > 0 ? (
        <>
          <Sparkline values={inPerSecond} length={historyLength} width={72} />
          <Rate perSecond={overview.in_per_second} />
        </>
      ) : (
        <span className={styles['none']}>–</span>
      )}
    </div>
  );
};

const CountCell = ({ count, label }: { count: number | undefined; label: string }) => (
  <div className={styles['count']} role="cell" data-zero={!count}>
    {count === undefined ? '–' : <span className="live-value">{formatNumber(count)}</span>}
    <span className={styles['unit']}> {label}</span>
  </div>
);

interface RunProps {
  readonly flow: FlowSummary;
  readonly overview: FlowOverview | undefined;
  readonly action: Action;
}

/** The one thing that is next: deploy what never ran, start what stands, stop what runs. */
const RunButton = ({ flow: { id, name, deployed_version }, overview, action }: RunProps) => {
  const next =
    deployed_version === undefined && !overview?.version
      ? { word: 'Deploy', icon: Rocket, what: () => deployFlow(id) }
      : overview?.desired === 'running'
        ? { word: 'Stop', icon: CircleStop, what: () => stopFlow(id) }
        : { word: 'Start', icon: Play, what: () => startFlow(id) };
  return (
    <Button
      variant="default"
      leftSection={<next.icon size={14} aria-hidden />}
      loading={action.isBusy}
      aria-label={`${next.word} ${name}`}
      onClick={() => void action.act(next.what)}
    >
      {next.word}
    </Button>
  );
};
