import type { Category, ComponentStatus } from '@semstreams/contract';
import { StateLabel } from '../../design/state-label.tsx';
import { formatNumber, formatRate } from '../../design/format.ts';
import { notDeployed, states } from '../../design/states.ts';
import { useComponentStatus } from '../../live/use-live.ts';
import { useEditor } from '../editor-context.ts';
import styles from './card-live.module.css';

/** The live line of a card: state, rate, and the one thing more that matters now. */
export const CardLive = ({
  component,
  category,
  labelId,
}: {
  component: string;
  category: Category | undefined;
  labelId: string;
}) => {
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
  const nothing = nothingYet(category, status);
  const isAtWork = status.state === 'running' || status.state === 'waiting';
  return (
    <div id={labelId} className={styles['live']} title={trouble ?? (status.sentence || undefined)}>
      <StateLabel look={look}>{status.state === 'failed' && status.sentence ? status.sentence : undefined}</StateLabel>
      {isAtWork ? (
        <>
          {status.in_per_second === 0 && (status.sentence || nothing !== undefined) ? null : (
            <span className="live-value">{formatRate(status.in_per_second)}</span>
          )}
          {trouble !== undefined ? (
            <span className={`${styles['dropped']} live-value`}>{trouble}</span>
          ) : status.dropped_total > 0 ? (
            <span className={`${styles['dropped']} live-value`}>{formatNumber(status.dropped_total)} dropped</span>
          ) : nothing !== undefined ? (
            <span className={`${styles['more']} live-value`}>{nothing}</span>
          ) : status.sentence ? (
            <span className={`${styles['more']} live-value`}>{status.sentence}</span>
          ) : null}
        </>
      ) : null}
    </div>
  );
};

/** Why nothing is seen behind a component that runs well; undefined where something is. */
export const nothingYet = (
  category: Category | undefined,
  {
    state,
    sentence,
    in_total: came,
    out_total: left,
  }: Pick<ComponentStatus, 'state' | 'sentence' | 'in_total' | 'out_total'>,
): string | undefined => {
  if (left > 0 || state !== 'running') return undefined;
  // what an input says itself tells more
  if (category === 'input') return sentence === '' ? 'nothing came yet' : undefined;
  return category === 'processor' && came > 0 ? `none of ${formatNumber(came)} came out` : undefined;
};
