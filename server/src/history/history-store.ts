import { overCells, seriesOf } from './figures.ts';
import type { HistoryBlock } from './block-file.ts';
import type { FlowRow, Row } from './open-block.ts';
import { shortOf, valueOf } from './short-number.ts';
import { TierFiles } from './tier-files.ts';
import { TierShelf } from './tier-shelf.ts';
import { cellsOfFile, type Tier, tiers } from './tiers.ts';
import { join } from 'node:path';

/** Values of one moment: of each flow, and of the server under no name, by the names of their series. */
export type Values = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What is kept over time, in three finenesses: the coarser ones are made of the finer ones. */
export class HistoryStore {
  private readonly shelves: readonly TierShelf[];
  private lastFailure = '';

  /** @param mostBytes what all its files may take */
  constructor(
    folder: string,
    mostBytes: number,
    given: { readonly mayGrow: () => boolean; readonly warn: (sentence: string, reason: string) => void },
  ) {
    this.shelves = tiers.map(
      (tier) =>
        new TierShelf(tier, new TierFiles(join(folder, tier.name), mostBytes * tier.share), {
          mayGrow: given.mayGrow,
          onFailure: (thrown) => {
            const reason = String(thrown);
            if (reason !== this.lastFailure) given.warn('history cannot be written; it is tried again', reason);
            this.lastFailure = reason;
          },
        }),
    );
  }

  /** Reads what was begun before the start, and makes up for coarser cells that were not made yet. */
  async load(): Promise<void> {
    for (const shelf of this.shelves) await shelf.load();
    this.shelves.forEach((coarse, index) => {
      const fine = this.shelves[index - 1];
      if (fine?.last === undefined) return;
      const ratio = coarse.tier.cellMs / fine.tier.cellMs;
      const first = Math.max((coarse.last ?? -1) + 1, Math.floor((fine.last - (fine.last % cellsOfFile)) / ratio));
      for (let cell = first; (cell + 1) * ratio - 1 <= fine.last; cell += 1) this.fold(index, cell);
    });
  }

  /** The end of the last cell that is kept, by the clock of history; -1 where nothing is. */
  get lastMs(): number {
    const { last } = this.shelves[0]!;
    return last === undefined ? -1 : (last + 1) * tiers[0]!.cellMs - 1;
  }

  /** Cells that were given up because the disk did not take them. */
  get lost(): number {
    return this.shelves.reduce((sum, { lost }) => sum + lost, 0);
  }

  /** Takes a cell of the finest tier, newer than all before. */
  add(cell: number, values: Values): void {
    const row: Row = new Map([...values].map(([flow, all]) => [flow, shortened(all)]));
    this.put(0, cell, row);
  }

  /** Brings all to the disk. */
  async save(): Promise<void> {
    for (const shelf of this.shelves) shelf.save();
    await Promise.all(this.shelves.map(async (shelf) => shelf.settled()));
  }

  /** What is kept in a tier between two moments of the clock of history, with the cells that are not over yet. */
  async between(tier: Tier, from: number, to: number, isMeant: (flow: string) => boolean): Promise<HistoryBlock[]> {
    const index = tiers.indexOf(tier);
    const shelf = this.shelves[index]!;
    const [first, last] = [Math.floor(from / tier.cellMs), Math.floor(to / tier.cellMs)];
    const blocks = await shelf.between(first, last, isMeant);
    const next = (shelf.last ?? -1) + 1;
    const begun = index === 0 || next > last ? undefined : this.begun(index, isMeant);
    return begun ? [...blocks, begun] : blocks;
  }

  private put(index: number, cell: number, row: Row): void {
    const shelf = this.shelves[index]!;
    const coarse = this.shelves[index + 1];
    const ratio = coarse ? coarse.tier.cellMs / shelf.tier.cellMs : 1;
    const before = shelf.last;
    // after a gap the cell before it is over, though it was never full
    if (coarse && before !== undefined && Math.floor(before / ratio) !== Math.floor(cell / ratio))
      this.foldOnce(index + 1, Math.floor(before / ratio));
    shelf.add(cell, row);
    if (coarse && (cell + 1) % ratio === 0) this.foldOnce(index + 1, Math.floor(cell / ratio));
  }

  private foldOnce(index: number, cell: number): void {
    if ((this.shelves[index]!.last ?? -1) < cell) this.fold(index, cell);
  }

  private fold(index: number, cell: number): void {
    const row = this.folded(index, cell);
    if (row.size > 0) this.put(index, cell, row);
  }

  /** The cell of a tier, made of those of the tier below. */
  private folded(index: number, cell: number): Row {
    const fine = this.shelves[index - 1]!;
    const ratio = this.shelves[index]!.tier.cellMs / fine.tier.cellMs;
    const block = fine.recent(cell * ratio, (cell + 1) * ratio - 1);
    const row = new Map<string, FlowRow>();
    for (const [flow, columns] of block?.flows ?? []) {
      const values = new Map<string, number>();
      for (const [name, column] of columns) {
        const figure = seriesOf(name)?.figure;
        const known = [...column].map(valueOf).filter((value) => value !== undefined);
        if (figure && known.length > 0) values.set(name, shortOf(overCells(figure, known)));
      }
      row.set(flow, values);
    }
    return row;
  }

  /** The cell that is not over yet, as far as it is known. */
  private begun(index: number, isMeant: (flow: string) => boolean): HistoryBlock | undefined {
    const fine = this.shelves[index - 1]!;
    if (fine.last === undefined) return undefined;
    const cell = Math.floor(fine.last / (this.shelves[index]!.tier.cellMs / fine.tier.cellMs));
    if (cell <= (this.shelves[index]!.last ?? -1)) return undefined;
    const flows = [...this.folded(index, cell)].filter(([flow]) => isMeant(flow));
    const asColumns = (row: FlowRow) => new Map([...row].map(([name, value]) => [name, Uint16Array.of(value)]));
    return { from: cell, cells: 1, flows: new Map(flows.map(([flow, row]) => [flow, asColumns(row)])) };
  }
}

const shortened = (values: ReadonlyMap<string, number>): FlowRow =>
  new Map([...values].map(([name, value]) => [name, shortOf(value)]));
