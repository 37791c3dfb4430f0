import { Button } from '@mantine/core';
import { CloudOff } from 'lucide-react';
import { createFlow } from '../api/flows.ts';
import { useEditor, useFlow, useSaveState } from './editor-context.ts';
import styles from './editor-page.module.css';

/** Says that the draft is only in this browser, and what happens next. Nothing that was typed is lost meanwhile. */
export const SaveBanner = () => {
  const { autosave } = useEditor();
  const flow = useFlow();
  const state = useSaveState();
  if (state.kind === 'failed')
    return (
      <p role="alert" className={styles['banner']}>
        <CloudOff size={15} aria-hidden />
        Not saved: {state.sentence}. Your changes are kept in this browser, and saving is tried again by itself.
        <Button variant="default" size="compact-xs" onClick={() => autosave.nudge()}>
          Try now
        </Button>
      </p>
    );
  if (state.kind === 'gone')
    return (
      <p role="alert" className={styles['banner']}>
        <CloudOff size={15} aria-hidden />
        Somebody deleted this flow. What you see is kept in this browser only.
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => void createFlow(flow).then((stored) => autosave.recreated(stored))}
        >
          Make it again
        </Button>
      </p>
    );
  return null;
};
