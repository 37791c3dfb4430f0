import type { HistoryBlock } from './block-file.ts';
import { noValue } from './short-number.ts';
import { cellsOfFile } from './tiers.ts';

/** Values of the series of one flow in one cell, as short numbers. */
export type FlowRow = ReadonlyMap<string, number>;
/** What all flows did in one cell. */
export type Row = ReadonlyMap<string, FlowRow>;

/** The block that is being filled, in memory: the cells of one file. */
export class OpenBlock {
  private readonly flows = new Map<string, Map<string, Uint16Array>>();
  readonly from: number;
  /** The last cell that it has; the one before its first where it has none. */
  last: number;

  /** @param file number of its file */
  constructor(readonly file: number) {
    this.from = file * cellsOfFile;
    this.last = this.from - 1;
  }

  set(cell: number, row: Row): void {
    for (const [flow, values] of row) {
      const columns = this.flows.get(flow) ?? new Map<string, Uint16Array>();
      this.flows.set(flow, columns);
      for (const [series, value] of values) columnOf(columns, series)[cell - this.from] = value;
    }
    this.last = Math.max(this.last, cell);
  }

  /** Takes over what a file has of it. */
  take({ from, cells, flows }: HistoryBlock): void {
    for (const [flow, columns] of flows) {
      const own = this.flows.get(flow) ?? new Map<string, Uint16Array>();
      this.flows.set(flow, own);
      for (const [series, column] of columns) {
        const values = columnOf(own, series);
        column.forEach((value, index) => {
          if (value !== noValue) values[from + index - this.from] = value;
        });
      }
    }
    this.last = Math.max(this.last, from + cells - 1);
  }

  /** What it has from a cell on, as a block of its own; undefined where that is nothing. */
  since(cell: number): HistoryBlock | undefined {
    const from = Math.max(cell, this.from);
    const cells = this.last - from + 1;
    if (cells <= 0) return undefined;
    const start = from - this.from;
    const flows = new Map<string, Map<string, Uint16Array>>();
    for (const [flow, columns] of this.flows) {
      const parts = [...columns].map(([series, column]) => [series, column.slice(start, start + cells)] as const);
      const told = parts.filter(([, column]) => column.some((value) => value !== noValue));
      if (told.length > 0) flows.set(flow, new Map(told));
    }
    return flows.size === 0 ? undefined : { from, cells, flows };
  }
}

const columnOf = (columns: Map<string, Uint16Array>, series: string): Uint16Array => {
  const known = columns.get(series);
  if (known) return known;
  const column = new Uint16Array(cellsOfFile);
  columns.set(series, column);
  return column;
};
