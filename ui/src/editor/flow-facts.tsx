import { changesBetween } from '@semstreams/contract';
import { useEffect, useMemo, useState } from 'react';
import { formatSpan, formatTime } from '../design/format.ts';
import { StateLabel } from '../design/state-label.tsx';
import { notDeployed, states } from '../design/states.ts';
import { useFlowStatus, useStaleSince } from '../live/use-live.ts';
import { useDeployed } from './deploy/use-deployed.ts';
import { useEditor, useFlow, useSaveState } from './editor-context.ts';
import styles from './flow-facts.module.css';

/** Two facts that are never mixed: where the draft is, and what runs. */
export const FlowFacts = () => (
  <div className={styles['facts']}>
    <DraftFact />
    <RunningFact />
  </div>
);

const DraftFact = () => {
  const state = useSaveState();
  const flow = useFlow();
  const { types } = useEditor();
  const deployed = useDeployed();
  const changes = useMemo(
    () => (deployed.kind === 'unknown' ? undefined : changesBetween(deployed.flow, flow, types).length),
    [deployed, flow, types],
  );
  const waiting =
    changes === undefined || (deployed.kind === 'never' && flow.components.length === 0)
      ? ''
      : deployed.kind === 'never'
        ? ' · never deployed'
        : changes === 0
          ? ' · nothing to deploy'
          : ` · ${changes} ${changes === 1 ? 'change' : 'changes'} not deployed`;
  return (
    <span className={styles['fact']} data-tone={state.kind === 'saved' || state.kind === 'saving' ? undefined : 'bad'}>
      Draft · {savedWord[state.kind]}
      {state.kind === 'saved' && state.at !== undefined ? ` ${formatTime(state.at)}` : ''}
      {waiting}
    </span>
  );
};

const savedWord = {
  saved: 'saved',
  saving: 'saving…',
  failed: 'not saved',
  conflict: 'not saved, changed by somebody else',
  gone: 'not saved, deleted by somebody else',
} as const;

const RunningFact = () => {
  const { id } = useEditor();
  const status = useFlowStatus(id);
  const staleSince = useStaleSince();
  const now = useNow();
  if (!status || status.version === 0)
    return (
      <span className={styles['fact']}>
        <StateLabel look={notDeployed} />
      </span>
    );
  const look = states[status.observed];
  const since = status.observed === 'running' || status.observed === 'degraded' ? status.since : undefined;
  return (
    <span className={styles['fact']} data-tone={look.tone} title={status.sentence}>
      <StateLabel look={look}>
        <span className="live-value">
          {look.word} · version {status.version}
          {since === undefined ? '' : ` · ${formatSpan(now - Date.parse(since))}`}
        </span>
      </StateLabel>
      {staleSince === undefined ? null : <span className={styles['stale']}>as of {formatTime(staleSince)}</span>}
    </span>
  );
};

/** The present time, often enough for a span that people read. */
const useNow = (): number => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  return now;
};
