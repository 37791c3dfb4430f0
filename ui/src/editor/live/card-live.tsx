import type { ComponentType } from '@semstreams/contract';
import { isMild } from '@semstreams/contract';
import { StateLabel } from '../../design/state-label.tsx';
import { notDeployed, states } from '../../design/states.ts';
import { useComponentStatus, useNotice, usePortRate } from '../../live/use-live.ts';
import { useEditor } from '../editor-context.ts';
import styles from './card-live.module.css';
import { flowOf, lostIn } from './card-numbers.ts';

/** The live lines of a card: state and numbers, and below them what a person should know. */
export const CardLive = ({
  component,
  type,
  labelId,
}: {
  component: string;
  type: ComponentType | undefined;
  labelId: string;
}) => {
  const { id } = useEditor();
  const status = useComponentStatus(id, component);
  const notice = useNotice(id, component);
  const turnedAway = usePortRate(id, `${component}.rejected`);
  if (!status)
    return (
      <div id={labelId} className={styles['live']}>
        <StateLabel look={notDeployed} />
      </div>
    );
  const { state, sentence, in_per_second: came, out_per_second: left } = status;
  const isTroubled = notice !== undefined && !isMild(notice) && notice.kind !== 'failed';
  const isAtWork = state === 'running' || state === 'waiting';
  const rejected = type?.ports['rejected'] ? (turnedAway ?? Math.max(0, came - left)) : undefined;
  const lost = lostIn(status);
  const said = notice?.sentence ?? sentence;
  const tone =
    notice === undefined || notice.kind === 'nothing_comes' ? 'idle' : notice.kind === 'failed' ? 'bad' : 'warn';
  return (
    <div id={labelId}>
      <div className={styles['live']}>
        <StateLabel look={isTroubled ? states.degraded : states[state]} />
        {isAtWork ? (
          <span className={`${styles['numbers']} live-value`}>{flowOf(type?.category, status, rejected)}</span>
        ) : null}
        {lost.length > 0 ? <span className={`${styles['lost']} live-value`}>{lost.join(', ')}</span> : null}
      </div>
      {said === '' ? null : (
        <p className={`${styles['said']} live-value`} data-tone={tone} title={said}>
          {said}
        </p>
      )}
    </div>
  );
};
