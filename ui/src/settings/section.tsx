import type { ReactNode } from 'react';
import styles from './settings.module.css';

/** A part of the settings: what it is about at the left, what can be seen or done at the right. */
export const Section = ({ title, sentence, children }: { title: string; sentence: ReactNode; children: ReactNode }) => (
  <section className={styles['section']} aria-label={title}>
    <div>
      <h2>{title}</h2>
      <p>{sentence}</p>
    </div>
    <div className={styles['content']}>{children}</div>
  </section>
);
