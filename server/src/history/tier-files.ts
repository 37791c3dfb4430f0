import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { blocksIn, type HistoryBlock, packBlock } from './block-file.ts';
import type { Columns } from './columns.ts';

const ending = '.history';
/** A file is read whole; a larger one is none of ours, in bytes. */
const mostFileBytes = 64 * 1024 ** 2;

/** The files of one tier, each named by its number. Whatever is done is done one after the other. */
export class TierFiles {
  private sizes: Map<number, number> | undefined;

  constructor(
    private readonly folder: string,
    private readonly mostBytes: number,
  ) {}

  /** Numbers of the files, from the oldest to the newest. */
  async numbers(): Promise<number[]> {
    return [...(await this.known()).keys()].sort((a, b) => a - b);
  }

  get bytes(): number {
    return [...(this.sizes ?? new Map<number, number>()).values()].reduce((sum, size) => sum + size, 0);
  }

  /** The blocks of a file that are whole, of the flows that are meant. */
  async read(number: number, isMeant: (flow: string) => boolean): Promise<HistoryBlock[]> {
    if (((await this.known()).get(number) ?? Infinity) > mostFileBytes) return [];
    const file = await readFile(this.pathOf(number)).catch(() => Buffer.alloc(0));
    const blocks: HistoryBlock[] = [];
    for (const block of blocksIn(file)) {
      const flows = new Map<string, Columns>();
      for (const flow of block.flows.filter(isMeant)) {
        // what is damaged in spite of its checksum was never whole
        const columns = await block.unpack(flow).catch(() => undefined);
        if (columns) flows.set(flow, columns);
      }
      blocks.push({ from: block.from, cells: block.cells, flows });
    }
    return blocks;
  }

  /** Adds a block to a file; it is on disk when this resolves. Rejects where the disk does not take all of it: nothing of it stays. */
  async append(number: number, block: HistoryBlock): Promise<void> {
    const sizes = await this.known();
    const bytes = await packBlock(block);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = await open(this.pathOf(number), 'a', 0o600);
    const before = (await file.stat()).size;
    try {
      await file.appendFile(bytes);
      await file.datasync();
    } catch (thrown) {
      await file.truncate(before).catch(() => undefined);
      throw thrown;
    } finally {
      await file.close();
    }
    sizes.set(number, before + bytes.length);
  }

  /** Makes one block the whole of a file, or leaves the file as it was. */
  async replace(number: number, block: HistoryBlock): Promise<void> {
    const sizes = await this.known();
    const bytes = await packBlock(block);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const beside = `${this.pathOf(number)}.new`;
    try {
      const file = await open(beside, 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(beside, this.pathOf(number));
    } catch (thrown) {
      await rm(beside, { force: true });
      throw thrown;
    }
    sizes.set(number, bytes.length);
  }

  /** Removes the files before that number, and the oldest ones until all together are within their room. */
  async prune(oldest: number): Promise<void> {
    const sizes = await this.known();
    for (const number of await this.numbers()) {
      if (number >= oldest && this.bytes <= this.mostBytes) return;
      await rm(this.pathOf(number), { force: true });
      sizes.delete(number);
    }
  }

  private async known(): Promise<Map<number, number>> {
    if (this.sizes) return this.sizes;
    const sizes = new Map<number, number>();
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (!/^\d{1,15}\.history$/.test(name)) continue;
      const found = await stat(join(this.folder, name)).catch(() => undefined);
      if (found) sizes.set(Number(name.slice(0, -ending.length)), found.size);
    }
    return (this.sizes ??= sizes);
  }

  private pathOf(number: number): string {
    return join(this.folder, `${number}${ending}`);
  }
}
