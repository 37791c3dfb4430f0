import { type HistoryFigure, historyFigures } from '@semstreams/contract';

/** How values of several cells, or of several flows, become one. */
type Fold = 'mean' | 'most' | 'last' | 'sum';

const overTime: Readonly<Record<HistoryFigure, Exclude<Fold, 'sum'>>> = {
  in: 'mean',
  out: 'mean',
  rejected: 'mean',
  failed: 'mean',
  dropped: 'mean',
  waiting: 'most',
  waiting_bytes: 'most',
  oldest_waiting: 'most',
  latency_p50: 'mean',
  latency_p95: 'most',
  latency_p99: 'most',
  dead_letters: 'last',
  running: 'mean',
  cpu: 'mean',
  memory: 'most',
  disk_used: 'most',
};

const sums: readonly HistoryFigure[] = [
  ...(['in', 'out', 'rejected', 'failed', 'dropped', 'waiting', 'waiting_bytes', 'dead_letters'] as const),
];

export const isFigure = (name: string): name is HistoryFigure => Object.hasOwn(historyFigures, name);

/** The name of a series within its flow: a figure of a component, or of the flow where none is said. */
export const seriesName = (figure: HistoryFigure, component = ''): string => `${component}/${figure}`;

/** The component, empty for the flow itself, and the figure of a series; undefined for what this version does not know. */
export const seriesOf = (name: string): { readonly component: string; readonly figure: HistoryFigure } | undefined => {
  const [component = '', figure = ''] = name.split('/');
  return isFigure(figure) ? { component, figure } : undefined;
};

/** One value for several that follow each other; there is one at least. */
export const overCells = (figure: HistoryFigure, values: readonly number[]): number => fold(overTime[figure], values);

/** One value for those of several flows at one time. */
export const overFlows = (figure: HistoryFigure, values: readonly number[]): number =>
  fold(sums.includes(figure) ? 'sum' : figure === 'running' ? 'mean' : 'most', values);

const fold = (how: Fold, values: readonly number[]): number => {
  if (how === 'most') return values.reduce((most, value) => Math.max(most, value));
  if (how === 'last') return values.at(-1)!;
  const sum = values.reduce((total, value) => total + value, 0);
  return how === 'sum' ? sum : sum / values.length;
};
