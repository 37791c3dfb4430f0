import styles from './card-trial.module.css';
import type { Told } from './trial-words.ts';

/** The line of a card while the draft is tried, instead of what the component does where it runs. */
export const CardTrial = ({ told: { sentence, tone }, labelId }: { told: Told; labelId: string }) => (
  <div id={labelId} className={styles['told']} data-tone={tone}>
    <span className={styles['mark']}>Try it</span>
    <span className={styles['sentence']} title={sentence}>
      {sentence}
    </span>
  </div>
);
