import type { ReactNode } from 'react';
import styles from './dashboard.module.css';

/** One number that matters, with its unit; below it, where there is one, a line of how it went. */
export const Tile = ({
  title,
  value,
  unit,
  tone,
  children,
}: {
  title: string;
  value: string;
  unit?: string;
  tone?: 'warn';
  children?: ReactNode;
}) => (
  <div className={styles['tile']} role="group" aria-label={title}>
    <h2>{title}</h2>
    <div className={styles['number']}>
      <p data-tone={tone}>
        <span className="live-value">{value}</span>
        {unit ? <small> {unit}</small> : null}
      </p>
    </div>
    {children}
  </div>
);
