import type { HistoryFigure } from '@semstreams/contract';
import type { HistoryBlock } from './block-file.ts';
import { overCells, seriesOf } from './figures.ts';
import { valueOf } from './short-number.ts';

/** One series over the cells of an answer. */
export interface Resampled {
  readonly flow: string;
  readonly component: string;
  readonly figure: HistoryFigure;
  readonly values: (number | null)[];
}

/** The cells of an answer: so many of `stepMs` each, by the clock on the wall. */
export interface Grid {
  readonly from: number;
  readonly stepMs: number;
  readonly cells: number;
}

/** Brings what is kept in cells of `cellMs` onto a grid that is as coarse or coarser; `null` where nothing is known. */
export const resample = (
  blocks: readonly HistoryBlock[],
  grid: Grid,
  given: {
    readonly cellMs: number;
    /** The time on the wall of a moment that is kept. */
    readonly shown: (at: number) => number;
    readonly isMeant: (component: string, figure: HistoryFigure) => boolean;
  },
): Resampled[] => {
  const { cellMs, shown, isMeant } = given;
  const gathered = new Map<string, { readonly series: Omit<Resampled, 'values'>; readonly cells: number[][] }>();
  for (const { from, cells, flows } of blocks) {
    const places = Array.from({ length: cells }, (_, index) =>
      Math.floor((shown((from + index + 0.5) * cellMs) - grid.from) / grid.stepMs),
    );
    for (const [flow, columns] of flows)
      for (const [name, column] of columns) {
        const series = seriesOf(name);
        if (!series || !isMeant(series.component, series.figure)) continue;
        const key = `${flow}/${name}`;
        const known = gathered.get(key) ?? { series: { flow, ...series }, cells: [] };
        gathered.set(key, known);
        column.forEach((short, index) => {
          const value = valueOf(short);
          const place = places[index]!;
          if (value !== undefined && place >= 0 && place < grid.cells) (known.cells[place] ??= []).push(value);
        });
      }
  }
  return [...gathered.values()].map(({ series, cells }) => ({
    ...series,
    values: Array.from({ length: grid.cells }, (_, place) =>
      cells[place] ? rounded(overCells(series.figure, cells[place])) : null,
    ),
  }));
};

/** To what is kept of it. */
const rounded = (value: number): number => Number(value.toPrecision(4));
