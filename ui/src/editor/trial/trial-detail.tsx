import { ActionIcon } from '@mantine/core';
import type { TappedMessage, TrialStep } from '@semstreams/contract';
import { X } from 'lucide-react';
import { payloadText } from '../../design/payload-text.ts';
import styles from './trial-table.module.css';

interface DetailProps {
  readonly name: string;
  readonly steps: readonly TrialStep[];
  readonly messages: readonly TappedMessage[];
  readonly close: () => void;
}

/** One message before and after a component, whole and side by side. */
export const TrialDetail = ({ name, steps, messages, close }: DetailProps) => (
  <section className={styles['detail']} aria-label={`Before and after ${name}`}>
    <ActionIcon size="sm" aria-label="Close" className={styles['close']!} onClick={close}>
      <X size={14} aria-hidden />
    </ActionIcon>
    {steps.map(({ given, made, reason, outcome }, index) => (
      <div key={index} className={styles['sides']}>
        {given === undefined ? null : (
          <Side
            title={outcome === 'sent' ? `What ${name} would send` : `Before ${name}`}
            numbers={[given]}
            messages={messages}
          />
        )}
        {outcome === 'sent' ? null : (
          <Side
            title={given === undefined ? `What ${name} makes as time passes` : `After ${name}`}
            numbers={made.map(({ message }) => message)}
            messages={messages}
            reason={reason}
          />
        )}
      </div>
    ))}
  </section>
);

const Side = ({
  title,
  numbers,
  messages,
  reason,
}: {
  title: string;
  numbers: readonly number[];
  messages: readonly TappedMessage[];
  reason?: string | undefined;
}) => (
  <figure>
    <figcaption>{title}</figcaption>
    {reason === undefined ? null : <p>{reason}</p>}
    {numbers.length === 0 && reason === undefined ? <p>Nothing.</p> : null}
    {numbers.map((number, index) => {
      const { payload, headers, is_cut } = messages[number]!;
      const named = Object.entries(headers);
      return (
        <div key={index}>
          <pre tabIndex={0}>{is_cut ? payload : payloadText(JSON.parse(payload), 2)}</pre>
          {is_cut ? <p>Only its beginning is shown.</p> : null}
          {named.length > 0 ? <p>{named.map(([header, value]) => `${header}: ${value}`).join(', ')}</p> : null}
        </div>
      );
    })}
  </figure>
);
