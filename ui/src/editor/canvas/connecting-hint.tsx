import { refusal } from '@semstreams/contract';
import { useConnection, useStore } from '@xyflow/react';
import { useEditor, useFlow } from '../editor-context.ts';
import styles from './flow-canvas.module.css';
import { endsOf } from './ends.ts';

/** While a connection is drawn over a port that refuses it: why, in one sentence at the pointer. */
export const ConnectingHint = () => {
  const { types } = useEditor();
  const flow = useFlow();
  const connection = useConnection();
  const [left, top, zoom] = useStore(({ transform }) => transform);
  if (!connection.inProgress || !connection.toHandle || connection.isValid !== false) return null;
  const ends = endsOf(connection.fromHandle, connection.toHandle);
  const sentence = ends && refusal(flow, types, ends.from, ends.to);
  if (!sentence) return null;
  return (
    <p
      className={styles['refusal']}
      style={{ left: connection.pointer.x * zoom + left + 14, top: connection.pointer.y * zoom + top + 14 }}
    >
      {sentence}
    </p>
  );
};
