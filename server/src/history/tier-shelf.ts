import type { HistoryBlock } from './block-file.ts';
import type { Columns } from './columns.ts';
import { OpenBlock, type Row } from './open-block.ts';
import type { TierFiles } from './tier-files.ts';
import { cellsOfFile, type Tier } from './tiers.ts';

const fileOf = (cell: number): number => Math.floor(cell / cellsOfFile);

/** What is kept in one fineness: files, and in memory the block that is being filled. */
export class TierShelf {
  private open: OpenBlock | undefined;
  /** Blocks that are full and on their way to the disk, by the number of their file. */
  private readonly closing = new Map<number, OpenBlock>();
  /** The last cell of the open block that is on disk. */
  private onDisk = -1;
  private work: Promise<void> = Promise.resolve();
  /** Cells that were given up because the disk did not take them. */
  lost = 0;

  constructor(
    readonly tier: Tier,
    private readonly files: TierFiles,
    private readonly disk: { readonly mayGrow: () => boolean; readonly onFailure: (thrown: unknown) => void },
  ) {}

  /** Reads the newest file, which may not be full yet. */
  async load(): Promise<void> {
    const newest = (await this.files.numbers()).at(-1);
    if (newest === undefined) return;
    const block = new OpenBlock(newest);
    for (const each of await this.files.read(newest, () => true)) if (fileOf(each.from) === newest) block.take(each);
    this.open = block;
    this.onDisk = block.last;
  }

  /** The last cell that it has; undefined where it has none. */
  get last(): number | undefined {
    return this.open?.last;
  }

  /** The cells of the open block from one to another, both with. */
  recent(from: number, to: number): HistoryBlock | undefined {
    const block = this.open?.since(from);
    return block && cutTo(block, from, to);
  }

  /** Takes a cell that is newer than all before. What is full goes to disk. */
  add(cell: number, row: Row): void {
    if (this.open && this.open.file !== fileOf(cell)) this.close(this.open);
    this.open ??= new OpenBlock(fileOf(cell));
    this.open.set(cell, row);
    if (cell - this.onDisk >= this.tier.cellsToDisk) this.save();
  }

  /** Brings what is new to the disk. */
  save(): void {
    const { open } = this;
    if (open) this.then(async () => this.flush(open));
  }

  /** Resolves when all that was begun is done. */
  async settled(): Promise<void> {
    await this.work;
  }

  /** What is kept between two cells, both with, of the flows that are meant. */
  async between(from: number, to: number, isMeant: (flow: string) => boolean): Promise<HistoryBlock[]> {
    const blocks: HistoryBlock[] = [];
    for (const number of await this.files.numbers()) {
      if (number < fileOf(from) || number > fileOf(to) || this.inMemory(number)) continue;
      blocks.push(...(await this.files.read(number, isMeant)));
    }
    for (const block of [...this.closing.values(), ...(this.open ? [this.open] : [])]) {
      const whole = block.since(from);
      if (whole) blocks.push({ ...whole, flows: new Map([...whole.flows].filter(([flow]) => isMeant(flow))) });
    }
    return blocks.flatMap((block) => cutTo(block, from, to) ?? []);
  }

  private inMemory(number: number): boolean {
    return this.open?.file === number || this.closing.has(number);
  }

  private close(block: OpenBlock): void {
    this.open = undefined;
    this.closing.set(block.file, block);
    this.then(async () => {
      const whole = block.since(block.from);
      try {
        if (whole && this.disk.mayGrow()) await this.files.replace(block.file, whole);
        else this.lost += Math.max(0, block.last - this.onDisk);
      } catch (thrown) {
        this.lost += Math.max(0, block.last - this.onDisk);
        throw thrown;
      } finally {
        this.closing.delete(block.file);
      }
      await this.files.prune(fileOf(block.last - Math.floor(this.tier.keptMs / this.tier.cellMs)));
    });
  }

  private async flush(block: OpenBlock): Promise<void> {
    // it was closed meanwhile, and is on disk as a whole
    if (block !== this.open || !this.disk.mayGrow()) return;
    const { last } = block;
    const added = block.since(this.onDisk + 1);
    if (added) await this.files.append(block.file, added);
    this.onDisk = last;
  }

  private then(task: () => Promise<void>): void {
    this.work = this.work.then(task).catch((thrown: unknown) => this.disk.onFailure(thrown));
  }
}

/** The part of a block between two cells, both with; undefined where there is none. */
const cutTo = (block: HistoryBlock, from: number, to: number): HistoryBlock | undefined => {
  const start = Math.max(from, block.from);
  const end = Math.min(to, block.from + block.cells - 1);
  if (start > end) return undefined;
  if (start === block.from && end === block.from + block.cells - 1) return block;
  const part = (columns: Columns): Columns =>
    new Map([...columns].map(([name, column]) => [name, column.subarray(start - block.from, end - block.from + 1)]));
  const flows = new Map([...block.flows].map(([flow, columns]) => [flow, part(columns)]));
  return { from: start, cells: end - start + 1, flows };
};
