import { type Happening, type HappeningKind, happeningKinds } from '@semstreams/contract';
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { Link } from 'react-router';
import { formatMoment, formatTime } from '../design/format.ts';
import styles from './history.module.css';

const looks = {
  debug: { Icon: CircleCheck, word: 'Note' },
  info: { Icon: CircleCheck, word: 'Note' },
  warn: { Icon: TriangleAlert, word: 'Warning' },
  error: { Icon: CircleAlert, word: 'Error' },
} as const;

/** What happened in these is said by the sentence alone. */
const told: ReadonlySet<HappeningKind> = new Set([
  'deployed',
  'asked',
  'deleted',
  'runs',
  'stopped',
  'server_started',
  'server_ended',
  'nats_lost',
  'nats_back',
  'disk',
]);
const capitalised = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

/** What happened, the newest first. `nameOf` tells the name of a flow; without it, its own page shows the list. */
export const HappeningList = ({
  happenings,
  nameOf,
}: {
  happenings: readonly Happening[];
  nameOf?: (flow: string) => string;
}) => (
  <ol className={styles['happenings']}>
    {happenings.map((happening) => (
      <HappeningItem key={happening.sequence} happening={happening} nameOf={nameOf} />
    ))}
  </ol>
);

const HappeningItem = ({
  happening,
  nameOf,
}: {
  happening: Happening;
  nameOf: ((flow: string) => string) | undefined;
}) => {
  const { time, first_at: firstAt, times, kind, level, sentence, flow, component, who } = happening;
  const { Icon, word } = looks[level];
  return (
    <li data-level={level}>
      <Icon size={14} aria-label={word} />
      <time dateTime={time}>{formatMoment(new Date(time), new Date())}</time>
      <p>
        {flow !== undefined && nameOf ? (
          <>
            <Link to={`/flows/${flow}/history`}>{nameOf(flow)}</Link>:{' '}
          </>
        ) : null}
        {told.has(kind) ? (
          capitalised(sentence)
        ) : (
          <>
            <b>{happeningKinds[kind]}</b>
            {component === undefined ? '' : ` (${component})`}: {sentence}
          </>
        )}
        {who === undefined ? '' : `, by ${who}`}
        {times > 1 ? (
          <small>
            {times} times since {formatTime(new Date(firstAt))}
          </small>
        ) : null}
      </p>
    </li>
  );
};
