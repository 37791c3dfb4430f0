import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { startFlow } from '../api/flows.ts';
import { formatSpan, formatTime } from '../design/format.ts';
import { StateLabel } from '../design/state-label.tsx';
import { lookOf, notDeployed } from '../design/states.ts';
import { useFlowStatus, useStaleSince } from '../live/use-live.ts';
import { useTelling } from './deploy/use-telling.ts';
import { useEditor } from './editor-context.ts';
import { openNotice } from './live/open-notice.ts';
import { useNotices } from './live/use-notices.ts';
import styles from './status-line.module.css';

/** What the flow does, in one line of words, with the way to what can be mended. */
export const StatusLine = () => {
  const editor = useEditor();
  const status = useFlowStatus(editor.id);
  const staleSince = useStaleSince();
  const notices = useNotices();
  const { isBusy, tell } = useTelling();
  const now = useNow();
  if (!status || status.version === 0)
    return (
      <div className={styles['line']} role="group" aria-label="Status">
        <StateLabel look={notDeployed}>{status?.sentence ?? 'Not deployed yet'}</StateLabel>
      </div>
    );
  const look = lookOf(status);
  const isAtWork = status.observed === 'running' || status.observed === 'degraded';
  const [first] = notices;
  return (
    <div className={styles['line']} data-tone={look.tone} role="group" aria-label="Status">
      <StateLabel look={look}>
        <span className="live-value">{status.sentence}</span>
      </StateLabel>
      {first ? (
        <Button
          variant="default"
          size="compact-xs"
          title={`${first.name}: ${first.sentence}`}
          onClick={() => openNotice(editor, first)}
        >
          Go there
        </Button>
      ) : null}
      {status.observed === 'failed' ? (
        <Button
          variant="default"
          size="compact-xs"
          loading={isBusy}
          onClick={() => void tell(() => startFlow(editor.id), 'told to start')}
        >
          Start again now
        </Button>
      ) : null}
      <span className={styles['more']}>
        version {status.version}
        {isAtWork && status.since !== undefined ? ` · for ${formatSpan(now - Date.parse(status.since))}` : ''}
        {staleSince === undefined ? '' : ` · as of ${formatTime(staleSince)}`}
      </span>
    </div>
  );
};

/** The present time, often enough for a span that people read. */
const useNow = (): number => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  return now;
};
