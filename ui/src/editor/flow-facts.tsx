import { changesBetween } from '@semstreams/contract';
import { useMemo } from 'react';
import { formatTime } from '../design/format.ts';
import { useDeployed } from './deploy/use-deployed.ts';
import { useEditor, useFlow, useSaveState } from './editor-context.ts';
import styles from './flow-facts.module.css';
import { StatusLine } from './status-line.tsx';

/** Two facts that are never mixed: what runs, and where the draft is. */
export const FlowFacts = () => (
  <div className={styles['facts']}>
    <StatusLine />
    <DraftFact />
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
