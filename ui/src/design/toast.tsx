import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import styles from './toast.module.css';

/** A sentence that stands for a while in the corner and is read aloud. With `undo` it stays as long as that works. */
export const toast = ({
  sentence,
  tone = 'ok',
  undo,
  lastsMs = 6000,
}: {
  sentence: string;
  tone?: 'ok' | 'bad';
  undo?: () => void;
  lastsMs?: number;
}): void => {
  const id = notifications.show({
    color: tone === 'bad' ? 'bad' : 'accent',
    autoClose: lastsMs,
    role: tone === 'bad' ? 'alert' : 'status',
    closeButtonProps: { 'aria-label': 'Close' },
    message: (
      <div className={styles['toast']}>
        <span>{sentence}</span>
        {undo ? (
          <Button
            variant="default"
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            Undo
          </Button>
        ) : null}
      </div>
    ),
  });
};

/** The same for what was thrown. */
export const toastFailure = (what: string, thrown: unknown): void =>
  toast({
    sentence: `${what}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    tone: 'bad',
    lastsMs: 10_000,
  });
