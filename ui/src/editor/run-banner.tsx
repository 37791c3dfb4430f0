import { Button } from '@mantine/core';
import { states } from '../design/states.ts';
import { startFlow } from '../api/flows.ts';
import { useFlowStatus } from '../live/use-live.ts';
import { useTelling } from './deploy/use-telling.ts';
import { useEditor } from './editor-context.ts';
import styles from './editor-page.module.css';

/** Why the flow does not run, or what of it needs somebody, in full: a phone has no mouse to rest on the state. */
export const RunBanner = () => {
  const { id } = useEditor();
  const status = useFlowStatus(id);
  const { isBusy, tell } = useTelling();
  if (status?.observed !== 'failed' && status?.observed !== 'degraded') return null;
  const { tone, icon: Icon } = states[status.observed];
  return (
    <p className={styles['banner']} data-tone={tone}>
      <Icon size={15} aria-hidden />
      <span className="live-value">{status.sentence}</span>
      {status.observed === 'failed' ? (
        <Button
          variant="default"
          size="compact-xs"
          loading={isBusy}
          onClick={() => void tell(() => startFlow(id), 'told to start')}
        >
          Start again now
        </Button>
      ) : null}
    </p>
  );
};
