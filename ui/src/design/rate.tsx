import { formatRate } from './format.ts';

/** Messages per second, at rest: tabular figures, spelled out for who listens. */
export const Rate = ({ perSecond }: { perSecond: number }) => (
  <span className="live-value">{formatRate(perSecond)}</span>
);
