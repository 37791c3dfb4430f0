import type { TappedMessage } from '@semstreams/contract';
import { memo } from 'react';
import { formatTimeToSecond } from '../../design/format.ts';
import { payloadText } from '../../design/payload-text.ts';
import styles from './message-row.module.css';

/** One message on one line; opened, all of it. */
export const MessageRow = memo(({ message }: { message: TappedMessage }) => {
  const { id, time, headers, is_cut } = message;
  const named = Object.entries(headers);
  return (
    <li>
      <details className={styles['message']}>
        <summary>
          <time dateTime={time}>
            {formatTimeToSecond(new Date(time))}
            <small>.{time.slice(20, 23)}</small>
          </time>
          <code>{textOf(message)}</code>
        </summary>
        <pre tabIndex={0}>{textOf(message, 2)}</pre>
        <p>
          {is_cut ? 'Only its beginning is shown. ' : ''}
          {named.map(([name, value]) => `${name}: ${value}. `)}
          <small>{id}</small>
        </p>
      </details>
    </li>
  );
});
MessageRow.displayName = 'MessageRow';

/** What is cut is no JSON any more, and is shown as it is. */
const textOf = ({ payload, is_cut }: TappedMessage, indent?: number): string =>
  is_cut ? payload : payloadText(JSON.parse(payload), indent);
