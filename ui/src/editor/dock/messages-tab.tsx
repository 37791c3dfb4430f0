import { Button, NativeSelect, SegmentedControl } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { endpointOf } from '@semstreams/contract';
import { Eraser, Pause, Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatNumber } from '../../design/format.ts';
import { useConnectionStatus, useFlowStatus } from '../../live/use-live.ts';
import { filterByField } from '../actions.ts';
import type { DraftConnection } from '../draft/connections.ts';
import { useConnections, useEditor, useView } from '../editor-context.ts';
import { MessageRow } from '../tap/message-row.tsx';
import { MessageTable } from '../tap/message-table.tsx';
import { ratesOf } from '../tap/tap-view.ts';
import { useTap } from '../tap/use-tap.ts';
import { useNames } from '../use-names.ts';
import { onlyComponent } from '../view-store.ts';
import styles from './messages-tab.module.css';

/** A look at what goes through a connection: the one that is chosen, or the first one of the component that is. */
export const MessagesTab = () => {
  const { view } = useEditor();
  const connections = useConnections();
  const chosen = useView((present) => [...present.connections][0]);
  const component = useView(onlyComponent);
  const names = useNames();
  const shown =
    connections.find(({ key }) => key === chosen) ??
    connections.find(({ from }) => from.component === component) ??
    connections.find(({ to }) => to.component === component) ??
    connections[0];
  if (!shown) return <p className={styles['quiet']}>Messages can be looked at once components are connected.</p>;
  const choice = (
    <NativeSelect
      aria-label="Connection"
      className={styles['choice']!}
      value={shown.key}
      data={connections.map(({ key, from, to }) => ({ value: key, label: `${names(from)} → ${names(to)}` }))}
      onChange={({ currentTarget }) => view.getState().select([], [currentTarget.value])}
    />
  );
  return <Messages key={shown.key} connection={shown} choice={choice} />;
};

interface MessagesProps {
  readonly connection: DraftConnection;
  readonly choice: ReactNode;
}

const Messages = ({ connection, choice }: MessagesProps) => {
  const { id } = useEditor();
  const [from, to] = [endpointOf(connection.from), endpointOf(connection.to)];
  const isDeployed = useConnectionStatus(id, from, to) !== undefined;
  const status = useFlowStatus(id);
  const isAtWork = status?.observed === 'running' || status?.observed === 'degraded';
  if (!isDeployed || !isAtWork)
    return (
      <>
        <div className={styles['bar']}>{choice}</div>
        <p className={styles['quiet']}>
          {isAtWork
            ? 'This connection is in the draft alone: deploy it to see its messages.'
            : 'The flow does not run: start it to see its messages.'}
        </p>
      </>
    );
  return <LiveMessages connection={connection} run={status.version} choice={choice} />;
};

const LiveMessages = ({ connection, run, choice }: MessagesProps & { run: number }) => {
  const editor = useEditor();
  const { id } = editor;
  const [isTable, setTable] = useLocalStorage({ key: 'semstreams-messages-as-table', defaultValue: true });
  const [from, to] = [endpointOf(connection.from), endpointOf(connection.to)];
  const { view, ended, setPaused, clear, again } = useTap(id, from, to, String(run));
  const { seen, shown } = ratesOf(view, performance.now());
  return (
    <>
      <div className={styles['bar']}>
        {choice}
        <Button
          variant="default"
          leftSection={view.isPaused ? <Play size={13} aria-hidden /> : <Pause size={13} aria-hidden />}
          onClick={() => setPaused(!view.isPaused)}
        >
          {view.isPaused ? 'Go on' : 'Pause'}
        </Button>
        <Button variant="default" leftSection={<Eraser size={13} aria-hidden />} onClick={clear}>
          Clear
        </Button>
        <SegmentedControl
          aria-label="Show messages"
          size="xs"
          data={shapes}
          value={isTable ? 'table' : 'list'}
          onChange={(shape) => setTable(shape === 'table')}
        />
        {ended === undefined ? (
          <span className={`${styles['rates']} live-value`}>
            {view.isPaused ? 'Paused, ' : ''}
            {formatNumber(shown)} of {formatNumber(seen)}/s shown
          </span>
        ) : (
          <span className={styles['rates']} role="status">
            Ended: {ended}.{' '}
            <Button variant="subtle" size="compact-xs" onClick={again}>
              Look again
            </Button>
          </span>
        )}
      </div>
      {view.rows.length === 0 && ended === undefined ? (
        <p className={styles['quiet']}>Nothing has come by yet.</p>
      ) : null}
      {isTable ? (
        <MessageTable rows={view.rows.slice(0, mostTableRows)} filterBy={filterByField(editor, connection)} />
      ) : (
        <ul aria-label="Messages" className={styles['rows']}>
          {view.rows.map(({ number, message }) => (
            <MessageRow key={number} message={message} />
          ))}
        </ul>
      )}
    </>
  );
};

const shapes = [
  { value: 'table', label: 'Table' },
  { value: 'list', label: 'JSON' },
];
/** More rows than these nobody reads while they move. */
const mostTableRows = 60;
