import { Button } from '@mantine/core';
import { OctagonX } from 'lucide-react';
import styles from './load-failure.module.css';

/** Stands where something could not be fetched: why, and a way to try again. */
export const LoadFailure = ({ error, onRetry }: { error: Error; onRetry: () => void }) => (
  <div className={styles['failure']} role="alert">
    <OctagonX size={18} aria-hidden />
    <p>This could not be loaded: {error.message}.</p>
    <Button variant="default" onClick={onRetry}>
      Try again
    </Button>
  </div>
);
