import { endpointOf } from '@semstreams/contract';
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import { HardDrive } from 'lucide-react';
import { memo } from 'react';
import { formatNumber, formatRate } from '../../design/format.ts';
import { useConnectionStatus } from '../../live/use-live.ts';
import { useEditor } from '../editor-context.ts';
import type { CanvasEdge } from './canvas-nodes.ts';
import styles from './connection-edge.module.css';

/** A connection: how much goes through it as number and as width, and what waits on disk where it is guaranteed. */
export const ConnectionEdge = memo(({ id, data, selected, ...ends }: EdgeProps<CanvasEdge>) => {
  const { connection } = data!;
  const editor = useEditor();
  const status = useConnectionStatus(editor.id, endpointOf(connection.from), endpointOf(connection.to));
  const [path, x, y] = getBezierPath(ends);
  const waiting = status?.waiting ?? 0;
  return (
    <>
      <BaseEdge
        path={path}
        className={styles['line']!}
        style={{ strokeWidth: widthOf(status?.per_second ?? 0) }}
        data-chosen={selected}
        data-waiting={waiting > 0}
        interactionWidth={22}
      />
      {status || connection.delivery === 'guaranteed' ? (
        <EdgeLabelRenderer>
          <div
            className={`${styles['label']} nodrag nopan`}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
            data-chosen={selected}
            data-waiting={waiting > 0}
            data-connection={id}
            onClick={() => editor.view.getState().select([], [id])}
          >
            {connection.delivery === 'guaranteed' ? (
              <span className={styles['kept']} title="Guaranteed: kept on disk until it is delivered">
                <HardDrive size={11} aria-hidden />
                {waiting > 0 ? <span className="live-value">{formatNumber(waiting)}</span> : null}
              </span>
            ) : null}
            {status ? <span className="live-value">{formatRate(status.per_second)}</span> : null}
          </div>
        </EdgeLabelRenderer>
      ) : null}
    </>
  );
});
ConnectionEdge.displayName = 'ConnectionEdge';

/** Width in steps of half a pixel, by the order of magnitude of the rate: 1/s and 10 000/s are both seen. */
const widthOf = (perSecond: number): number =>
  1.5 + Math.min(4.5, Math.round(Math.log10(1 + Math.max(0, perSecond)) * 2) / 2);
