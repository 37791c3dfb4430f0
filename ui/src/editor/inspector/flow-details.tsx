import { ActionIcon, Textarea } from '@mantine/core';
import { X } from 'lucide-react';
import { formatNumber } from '../../design/format.ts';
import { useFlowStatus } from '../../live/use-live.ts';
import { describeFlow } from '../draft/edits.ts';
import { useConnections, useEditor, useFlow } from '../editor-context.ts';
import styles from './inspector.module.css';

/** The flow itself, while nothing in it is chosen. */
export const FlowDetails = () => {
  const { id, draft, view } = useEditor();
  const flow = useFlow();
  const connections = useConnections();
  const status = useFlowStatus(id);
  return (
    <>
      <header className={styles['head']}>
        <div className={styles['names']}>
          <h2>{flow.name}</h2>
          <small>
            <code>{id}</code> · {formatNumber(flow.components.length)} components, {formatNumber(connections.length)}{' '}
            connections
          </small>
        </div>
        <ActionIcon aria-label="Close the inspector" size="sm" onClick={() => view.getState().show({ isAbout: false })}>
          <X size={15} aria-hidden />
        </ActionIcon>
      </header>
      <div className={`${styles['body']} ${styles['sections']}`}>
        {status ? <p className="live-value">{status.sentence}</p> : null}
        <Textarea
          label="Description"
          placeholder="What this flow is for"
          autosize
          minRows={3}
          maxLength={2000}
          value={flow.description ?? ''}
          onChange={({ currentTarget }) => draft.getState().run(describeFlow(currentTarget.value))}
          onBlur={() => draft.getState().seal()}
        />
        <section>
          <h3>Keys</h3>
          <dl className={styles['keys']}>
            {keys.map(([key, what]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </>
  );
};

const keys = [
  ['/', 'search for what to add'],
  ['C', 'connect the chosen component'],
  ['Delete', 'delete what is chosen'],
  ['Ctrl Z', 'undo'],
  ['Ctrl Y', 'redo'],
  ['Ctrl C, V, D', 'copy, paste, duplicate'],
  ['Shift drag', 'choose several'],
  ['O', 'canvas or outline'],
] as const;
