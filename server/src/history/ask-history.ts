import { type HistoryFigure, type HistorySeries, historyFigures, type History } from '@semstreams/contract';
import { HttpProblem } from '../web/problems.ts';
import { overFlows } from './figures.ts';
import type { HistoryClock } from './history-clock.ts';
import type { HistoryStore } from './history-store.ts';
import { type Resampled, resample } from './resample.ts';
import { ofServer, type Tier, tiers } from './tiers.ts';

/** What is asked for. Times are of the clock on the wall, all in milliseconds. */
export interface Asked {
  readonly from: number;
  readonly to: number;
  /** As fine as it should be; where it is left out, for a chart of a few hundred points. */
  readonly stepMs: number | undefined;
  readonly flow: string | undefined;
  readonly component: string | undefined;
  /** What is told one by one, where not all is to be one line. */
  readonly each: 'flow' | 'component' | undefined;
  readonly figures: readonly HistoryFigure[];
  /** The flows that somebody may look at. */
  readonly isSeen: (flow: string) => boolean;
}

const usualPoints = 300;
const mostPoints = 10_000;
const longestStepMs = 366 * 24 * 3_600_000;
/** Cells that are read for one answer; a longer time is read from a coarser tier. */
const mostCells = 9000;

/** Answers what was noted. Throws a 400 problem where that is too much, or no time at all. */
export const askHistory = async (store: HistoryStore, clock: HistoryClock, asked: Asked): Promise<History> => {
  const { from, to, flow, component, each, figures, isSeen } = asked;
  if ((asked.stepMs ?? 0) > longestStepMs)
    throw wrong('step', 'that step is longer than anything is kept', 'ask for a step of 366d at most');
  if (from >= to) throw wrong('from', '"from" is not before "to"', 'ask for a time that has passed, such as from=1h');
  const now = clock.shown(clock.now());
  const tier = tierFor(from, to, asked.stepMs ?? (to - from) / usualPoints, now);
  const stepMs = Math.max(
    tier.cellMs,
    Math.ceil((asked.stepMs ?? (to - from) / usualPoints) / tier.cellMs) * tier.cellMs,
  );
  const start = Math.floor(from / stepMs) * stepMs;
  const cells = Math.ceil((to - start) / stepMs);
  if (cells > mostPoints)
    throw wrong(
      'step',
      `that would be ${cells} values`,
      `ask for a shorter time, or a step of ${Math.ceil((to - from) / mostPoints / 1000)}s and more`,
    );
  const isMeantFlow = (name: string): boolean =>
    name === ofServer ? flow === undefined : (flow === undefined || name === flow) && isSeen(name);
  const blocks = [];
  for (const stretch of clock.stretches(start, start + cells * stepMs))
    blocks.push(...(await store.between(tier, stretch.from, stretch.to - 1, isMeantFlow)));
  const found = resample(
    blocks,
    { from: start, stepMs, cells },
    {
      cellMs: tier.cellMs,
      shown: (at) => clock.shown(at),
      isMeant: (name, figure) =>
        figures.includes(figure) &&
        (each === 'component' && component === undefined ? name !== '' : name === (component ?? '')),
    },
  );
  const series = flow === undefined && each === undefined ? together(found, cells) : found.map(toldAs);
  return {
    from: new Date(start).toISOString(),
    to: new Date(start + cells * stepMs).toISOString(),
    step_s: stepMs / 1000,
    series: series.sort((a, b) => keyOf(a).localeCompare(keyOf(b), 'en')),
  };
};

/** The coarsest tier that is fine enough; a coarser one where the finer ones do not go back so far, or would be too much to read. */
const tierFor = (from: number, to: number, stepMs: number, now: number): Tier => {
  const fit = tiers.filter(({ cellMs, keptMs }) => now - from <= keptMs + cellMs && (to - from) / cellMs <= mostCells);
  return fit.findLast(({ cellMs }) => cellMs <= stepMs) ?? fit[0] ?? tiers.at(-1)!;
};

const toldAs = ({ flow, component, figure, values }: Resampled): HistorySeries => ({
  ...(flow === ofServer ? {} : { flow }),
  ...(component === '' ? {} : { component }),
  figure,
  unit: historyFigures[figure].unit,
  values,
});

/** What is of the whole server is told as it is; of all else, one line for all flows together. */
const together = (found: readonly Resampled[], cells: number): HistorySeries[] => {
  const figures = [...new Set(found.map(({ figure }) => figure))];
  return figures.map((figure) => {
    const all = found.filter((each) => each.figure === figure);
    const own = all.filter(({ flow }) => flow === ofServer);
    const parts = own.length > 0 ? own : all;
    const values = Array.from({ length: cells }, (_, at) => {
      const known = parts.map(({ values }) => values[at]!).filter((value) => value !== null);
      return known.length === 0 ? null : overFlows(figure, known);
    });
    return { figure, unit: historyFigures[figure].unit, values };
  });
};

const keyOf = ({ flow = '', component = '', figure }: HistorySeries): string => `${flow} ${component} ${figure}`;

const wrong = (place: string, sentence: string, hint: string): HttpProblem =>
  new HttpProblem(400, `${sentence}: ${hint}`, [{ severity: 'error', code: 'wrong_value', place, sentence, hint }]);
