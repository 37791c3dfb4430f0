import { StateLabel } from '../../design/state-label.tsx';
import { formatNumber, formatRate } from '../../design/format.ts';
import { notDeployed, states } from '../../design/states.ts';
import { useComponentStatus } from '../../live/use-live.ts';
import { useEditor } from '../editor-context.ts';
import styles from './card-live.module.css';

/** The live line of a card: state, rate, and the one thing more that matters now. */
export const CardLive = ({ component, labelId }: { component: string; labelId: string }) => {
  const { id } = useEditor();
  const status = useComponentStatus(id, component);
  if (!status)
    return (
      <div id={labelId} className={styles['live']}>
        <StateLabel look={notDeployed} />
      </div>
    );
  const { trouble } = status;
  const look = trouble === undefined ? states[status.state] : states.degraded;
  const isAtWork = status.state === 'running' || status.state === 'waiting';
  return (
    <div id={labelId} className={styles['live']} title={trouble ?? (status.sentence || undefined)}>
      <StateLabel look={look}>{status.state === 'failed' && status.sentence ? status.sentence : undefined}</StateLabel>
      {isAtWork ? (
        <>
          {status.in_per_second === 0 && status.sentence ? null : (
            <span className="live-value">{formatRate(status.in_per_second)}</span>
          )}
          {trouble !== undefined ? (
            <span className={`${styles['dropped']} live-value`}>{trouble}</span>
          ) : status.dropped_total > 0 ? (
            <span className={`${styles['dropped']} live-value`}>{formatNumber(status.dropped_total)} dropped</span>
          ) : status.sentence ? (
            <span className={`${styles['more']} live-value`}>{status.sentence}</span>
          ) : null}
        </>
      ) : null}
    </div>
  );
};
