import { Popover } from '@mantine/core';
import { LoaderCircle, type LucideIcon, Unplug, Wifi } from 'lucide-react';
import { formatTimeToSecond } from '../design/format.ts';
import type { Tone } from '../design/states.ts';
import type { LineState } from '../live/live-state.ts';
import { useLineState, useStaleSince } from '../live/use-live.ts';
import styles from './connection-chip.module.css';

const looks: Readonly<Record<LineState, { word: string; tone: Tone; icon: LucideIcon; sentence: string }>> = {
  connecting: {
    word: 'Connecting',
    tone: 'idle',
    icon: LoaderCircle,
    sentence: 'Asking the server for the first time.',
  },
  live: { word: 'Live', tone: 'ok', icon: Wifi, sentence: 'Numbers come from the server twice a second.' },
  reconnecting: {
    word: 'Reconnecting',
    tone: 'warn',
    icon: LoaderCircle,
    sentence: 'The line to the server is cut. It is tried again every few seconds; flows go on without it.',
  },
  offline: {
    word: 'Offline',
    tone: 'bad',
    icon: Unplug,
    sentence: 'The server cannot be reached. It is tried again every few seconds; flows go on without this page.',
  },
};

/** Whether numbers are live, in a word; a click says more. While they are not, it says from when they are. */
export const ConnectionChip = () => {
  const { word, tone, icon: Icon, sentence } = looks[useLineState()];
  const staleSince = useStaleSince();
  const asOf = staleSince === undefined ? undefined : `as of ${formatTimeToSecond(staleSince)}`;
  return (
    <Popover position="bottom-end" width={280} shadow="lg" radius="md">
      <Popover.Target>
        <button className={styles['chip']} data-tone={tone} type="button" aria-label={`Connection: ${word}`}>
          <Icon size={13} strokeWidth={2.25} aria-hidden />
          <span>{word}</span>
          {asOf ? <span className={styles['as-of']}>· {asOf}</span> : null}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Connection">
        {sentence} {asOf ? `What you see is ${asOf}.` : null}
      </Popover.Dropdown>
    </Popover>
  );
};
