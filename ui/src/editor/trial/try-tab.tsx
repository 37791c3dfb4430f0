import { Loader } from '@mantine/core';
import { useEffect } from 'react';
import { useTrying, useTryState } from './use-trying.ts';
import { TrySource } from './try-source.tsx';
import { TrialTable } from './trial-table.tsx';
import styles from './try-tab.module.css';

/** Tries the draft with some messages, beside all that runs: where they come from, and what each component makes of each. */
export const TryTab = () => {
  const trying = useTrying();
  const { trial, problem, isTrying, left, source } = useTryState();
  useEffect(() => trying.begin(), [trying]);
  return (
    <div className={styles['tab']}>
      <TrySource />
      <div className={styles['said']} role="status">
        <p className={styles['muted']}>Nothing is sent or kept: inputs and outputs are muted while you try.</p>
        {isTrying ? (
          <p className={styles['trying']}>
            <Loader size={12} aria-hidden /> Trying…
          </p>
        ) : null}
        {problem === undefined ? null : <p className={styles['problem']}>{capitalised(problem)}</p>}
        {left === undefined ? null : <p>Tried with {left}.</p>}
        {trial?.sentence === undefined ? null : <p className={styles['problem']}>{capitalised(trial.sentence)}.</p>}
      </div>
      {source === undefined ? (
        <p className={styles['begin']}>
          Choose messages above: each card then says what becomes of them, and here stands what each component makes of
          each.
        </p>
      ) : null}
      {trial && source ? <TrialTable trial={trial} isOld={isTrying || problem !== undefined} /> : null}
    </div>
  );
};

const capitalised = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
