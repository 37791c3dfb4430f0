import { useStaleSince } from '../live/use-live.ts';
import { formatTimeToSecond } from './format.ts';

/** Nothing while numbers are live; else from when the ones beside it are. */
export const AsOf = () => {
  const staleSince = useStaleSince();
  return staleSince === undefined ? null : (
    <small className="live-value"> as of {formatTimeToSecond(staleSince)}</small>
  );
};
