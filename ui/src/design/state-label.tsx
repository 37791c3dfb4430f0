import type { ReactNode } from 'react';
import type { StateLook } from './states.ts';
import styles from './state-label.module.css';

/** A state by icon, word and colour. `children` take the place of the word, for a whole sentence. */
export const StateLabel = ({ look, children }: { look: StateLook; children?: ReactNode }) => {
  const Icon = look.icon;
  return (
    <span className={styles['state']} data-tone={look.tone}>
      <Icon size={14} strokeWidth={2.25} aria-hidden />
      <span className={styles['text']}>{children ?? look.word}</span>
    </span>
  );
};
