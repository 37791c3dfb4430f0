import { ActionIcon, NativeSelect, TextInput } from '@mantine/core';
import {
  type ConnectionBuffer,
  type Delivery,
  deliveryInto,
  durationPattern,
  endpointOf,
  portsOfComponent,
  sizePattern,
} from '@semstreams/contract';
import { Eye, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { formatBytes, formatNumber, formatRate } from '../../design/format.ts';
import { useConnectionStatus } from '../../live/use-live.ts';
import type { DraftConnection } from '../draft/connections.ts';
import { remove, setConnection } from '../draft/edits.ts';
import { useEditor, useFlow } from '../editor-context.ts';
import styles from './inspector.module.css';

/** One connection: what goes through it, what it promises, and how much it keeps. */
export const ConnectionSettings = ({ connection, title }: { connection: DraftConnection; title: string }) => {
  const { draft, types, view } = useEditor();
  const flow = useFlow();
  const target = flow.components.find(({ id }) => id === connection.to.component);
  const usual = deliveryInto(portsOfComponent(target, types)[connection.to.port], undefined);
  const run = (more: Parameters<typeof setConnection>[1]): void => {
    draft.getState().run(setConnection(connection.key, more, types));
    draft.getState().seal();
  };
  const setDelivery = (chosen: string): void => {
    const delivery = chosen === '' ? undefined : (chosen as Delivery);
    run({ delivery, ...((delivery ?? usual) === 'live' ? { buffer: undefined } : {}) });
  };
  return (
    <div className={styles['connection']}>
      <p>
        <span>{title}</span>
        <ActionIcon
          size={24}
          aria-label={`Look at the messages ${title}`}
          title="Look at the messages"
          onClick={() => {
            view.getState().select([], [connection.key]);
            view.getState().show({ dock: 'messages' });
          }}
        >
          <Eye size={14} aria-hidden />
        </ActionIcon>
        <ActionIcon
          size={24}
          aria-label={`Delete the connection ${title}`}
          onClick={() =>
            draft
              .getState()
              .run(remove({ components: [], connections: [connection.key] }, 'Delete a connection', types))
          }
        >
          <Trash2 size={13} aria-hidden />
        </ActionIcon>
      </p>
      <ConnectionNumbers connection={connection} />
      <NativeSelect
        label="Delivery"
        value={connection.written.delivery ?? ''}
        onChange={({ currentTarget }) => setDelivery(currentTarget.value)}
        data={[
          { value: '', label: `As usual here: ${usual}` },
          { value: 'live', label: 'Live: fast, in memory' },
          { value: 'guaranteed', label: 'Guaranteed: kept on disk until delivered' },
        ]}
      />
      {connection.delivery === 'guaranteed' ? (
        <BufferSettings
          buffer={connection.written.buffer ?? {}}
          set={(buffer) => run({ buffer: Object.keys(buffer).length > 0 ? buffer : undefined })}
        />
      ) : null}
    </div>
  );
};

const ConnectionNumbers = ({ connection }: { connection: DraftConnection }) => {
  const { id } = useEditor();
  const status = useConnectionStatus(id, endpointOf(connection.from), endpointOf(connection.to));
  if (!status) return null;
  return (
    <p className={`${styles['help']} live-value`}>
      {formatRate(status.per_second)}, {formatNumber(status.total)} in all
      {status.waiting > 0
        ? `, ${formatNumber(status.waiting)} waiting (${formatBytes(status.waiting_bytes)}${status.oldest_waiting ? `, the oldest for ${status.oldest_waiting}` : ''})`
        : ''}
      {status.dropped_total > 0 ? `, ${formatNumber(status.dropped_total)} given up` : ''}
    </p>
  );
};

const BufferSettings = ({ buffer, set }: { buffer: ConnectionBuffer; set: (buffer: ConnectionBuffer) => void }) => {
  const change = (key: keyof ConnectionBuffer, value: string): void => {
    const { [key]: _, ...others } = buffer;
    set(value === '' ? others : ({ ...others, [key]: value } as ConnectionBuffer));
  };
  return (
    <div className={styles['buffer']}>
      <BufferLine
        label="Keeps at most"
        placeholder="64MB"
        value={buffer.max_bytes ?? ''}
        pattern={sizePattern}
        wrong="Write a number and its unit: “64KB”, “256MB”, “1GB”."
        set={(value) => change('max_bytes', value)}
      />
      <BufferLine
        label="For at most"
        placeholder="30d"
        value={buffer.max_age ?? ''}
        pattern={durationPattern}
        wrong="Write a number and its unit: “5s”, “10m”, “24h”, “30d”."
        set={(value) => change('max_age', value)}
      />
      <NativeSelect
        label="When that is reached"
        value={buffer.when_full ?? 'drop_oldest'}
        onChange={({ currentTarget }) => change('when_full', currentTarget.value)}
        data={[
          { value: 'drop_oldest', label: 'Give up the oldest' },
          { value: 'block', label: 'Take nothing in until there is room' },
        ]}
      />
    </div>
  );
};

interface BufferLineProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly pattern: RegExp;
  readonly wrong: string;
  readonly set: (value: string) => void;
}

/** A limit goes into the draft when it is left and can be right: the document of a connection is checked as a whole. */
const BufferLine = ({ value, pattern, wrong, set, ...line }: BufferLineProps) => {
  const [typed, setTyped] = useState<string>();
  const text = typed ?? value;
  const isRight = text === '' || pattern.test(text);
  return (
    <TextInput
      {...line}
      value={text}
      error={typed === undefined || isRight ? undefined : wrong}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={() => {
        if (!isRight) return;
        if (text !== value) set(text);
        setTyped(undefined);
      }}
    />
  );
};
