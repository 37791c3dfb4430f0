import { ActionIcon, Checkbox, Tooltip } from '@mantine/core';
import type { DeadLetter } from '@semstreams/contract';
import { ChevronDown, ChevronRight, Send, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { formatMoment } from '../design/format.ts';
import { payloadText } from '../design/payload-text.ts';
import styles from './dead-letters.module.css';

interface DeadLetterRowProps {
  readonly letter: DeadLetter;
  readonly componentName: string;
  readonly isSelected: boolean;
  readonly isBusy: boolean;
  readonly onSelect: (isSelected: boolean) => void;
  readonly onResend: () => void;
  readonly onDiscard: () => void;
}

/** One dead letter; its payload is shown when the reason is clicked. */
export const DeadLetterRow = (props: DeadLetterRowProps) => {
  const { letter, componentName, isSelected, isBusy, onSelect, onResend, onDiscard } = props;
  const { sequence, port, reason, failed_at, can_resend } = letter;
  const [isOpen, setOpen] = useState(false);
  const detailsId = useId();
  const title = `dead letter ${sequence}`;
  return (
    <div className={styles['row']} role="row">
      <div role="cell">
        <Checkbox
          size="xs"
          aria-label={`Select ${title}`}
          checked={isSelected}
          onChange={({ currentTarget }) => onSelect(currentTarget.checked)}
        />
      </div>
      <time role="cell" dateTime={failed_at} className={styles['when']}>
        {formatMoment(new Date(failed_at), new Date())}
      </time>
      <div role="cell" className={styles['where']}>
        {componentName}
        {port === undefined ? <small> raw input</small> : <small> {port}</small>}
      </div>
      <div role="cell" className={styles['reason']}>
        <button type="button" aria-expanded={isOpen} aria-controls={detailsId} onClick={() => setOpen(!isOpen)}>
          {isOpen ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
          <span>{reason}</span>
        </button>
        {isOpen ? null : <code className={styles['preview']}>{payloadText(letter.payload)}</code>}
      </div>
      <div role="cell" className={styles['actions']}>
        <Tooltip label={can_resend ? 'Send again' : 'Raw input never was a message: it cannot be sent again'}>
          <ActionIcon aria-label={`Send ${title} again`} disabled={isBusy || !can_resend} onClick={onResend}>
            <Send size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Throw away">
          <ActionIcon aria-label={`Throw ${title} away`} disabled={isBusy} onClick={onDiscard}>
            <Trash2 size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      {isOpen ? <Details id={detailsId} letter={letter} /> : null}
    </div>
  );
};

const Details = ({
  id,
  letter: { sequence, message_id, message_time, payload },
}: {
  id: string;
  letter: DeadLetter;
}) => (
  <div id={id} role="cell" className={styles['details']}>
    <p>
      Dead letter {sequence}
      {message_time === undefined ? null : `, came in ${formatMoment(new Date(message_time), new Date())}`}
      {message_id === undefined ? null : `, message ${message_id}`}
    </p>
    <pre tabIndex={0} aria-label="Payload">
      {payloadText(payload, 2)}
    </pre>
  </div>
);
