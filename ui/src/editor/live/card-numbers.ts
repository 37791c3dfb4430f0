import type { Category, ComponentStatus } from '@semstreams/contract';
import { formatNumber, formatRate } from '../../design/format.ts';

export type Counted = Pick<ComponentStatus, 'in_per_second' | 'out_per_second' | 'dropped' | 'dropped_total'>;

/** What can never work in a component is failed: it is a dead letter. All else that is given up is dropped. */
const failedReason = 'invalid';

/** How much comes to a component and goes on from it. `rejected` is the rate of what a filter turns away; it has none where that is undefined. */
export const flowOf = (
  category: Category | undefined,
  { in_per_second: came, out_per_second: left }: Counted,
  rejected: number | undefined,
): string => {
  if (category === 'input') return formatRate(left);
  if (category !== 'processor' || came === 0) return formatRate(came);
  if (rejected !== undefined)
    return `${formatRate(came)} → ${formatNumber(Math.max(0, came - rejected))} kept, ${formatNumber(rejected)} rejected`;
  return formatRate(came) === formatRate(left) ? formatRate(came) : `${formatRate(came)} → ${formatRate(left)}`;
};

/** What was given up in all: failed, then dropped; each where there is some. */
export const lostIn = ({ dropped, dropped_total: all }: Pick<Counted, 'dropped' | 'dropped_total'>): string[] => {
  const failed = dropped[failedReason] ?? 0;
  return [
    ...(failed > 0 ? [`${formatNumber(failed)} failed`] : []),
    ...(all > failed ? [`${formatNumber(all - failed)} dropped`] : []),
  ];
};
