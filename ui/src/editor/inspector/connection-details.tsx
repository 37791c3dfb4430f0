import { nameOf } from '../draft/edits.ts';
import { useConnections, useEditor, useFlow } from '../editor-context.ts';
import { ConnectionSettings } from './connection-settings.tsx';
import styles from './inspector.module.css';

export const ConnectionDetails = ({ connection: key }: { connection: string }) => {
  const { view } = useEditor();
  const flow = useFlow();
  const connection = useConnections().find((each) => each.key === key);
  if (!connection) return null;
  const end = (id: string) => (
    <button type="button" className={styles['link']} onClick={() => view.getState().open(id)}>
      {nameOf(flow.components.find((each) => each.id === id) ?? { id })}
    </button>
  );
  return (
    <>
      <header className={styles['head']}>
        <div className={styles['names']}>
          <h2>Connection</h2>
          <small>
            from {end(connection.from.component)} <code>{connection.from.port}</code> to {end(connection.to.component)}{' '}
            <code>{connection.to.port}</code>
          </small>
        </div>
      </header>
      <div className={styles['body']}>
        <ConnectionSettings connection={connection} title="What it promises" />
      </div>
    </>
  );
};
