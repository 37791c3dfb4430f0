import { type BlockLog, LogFull, type LogState } from './block-log.ts';

/** A block log without a disk, for tests: what is kept outlives a flow, not the process. */
export class MemoryLog implements BlockLog {
  private blocks: { readonly id: string; readonly bytes: Uint8Array }[] = [];
  private first = 1;
  private readonly known = new Map<string, number>();

  constructor(
    private readonly limits: { readonly maxBytes: number; readonly whenFull: 'drop_oldest' | 'block' } = {
      maxBytes: Infinity,
      whenFull: 'block',
    },
  ) {}

  get mostBytes(): number {
    return Math.min(1024 ** 2, this.limits.maxBytes);
  }

  async open(): Promise<LogState> {
    return this.state();
  }

  async state(): Promise<LogState> {
    const bytes = this.blocks.reduce((sum, block) => sum + block.bytes.length, 0);
    return { first: this.first, last: this.first + this.blocks.length - 1, bytes };
  }

  async append(bytes: Uint8Array, id: string): Promise<number> {
    const earlier = this.known.get(id);
    if (earlier !== undefined) return earlier;
    const { bytes: used } = await this.state();
    const isTooMuch = () =>
      this.blocks.reduce((sum, block) => sum + block.bytes.length, bytes.length) > this.limits.maxBytes;
    if (used + bytes.length > this.limits.maxBytes && this.limits.whenFull === 'block') throw new LogFull('it is full');
    while (this.blocks.length > 0 && isTooMuch()) this.forgetFirst();
    this.blocks.push({ id, bytes });
    const sequence = this.first + this.blocks.length - 1;
    this.known.set(id, sequence);
    return sequence;
  }

  async read(sequence: number): Promise<Uint8Array | undefined> {
    return this.blocks[sequence - this.first]?.bytes;
  }

  async trim(sequence: number): Promise<void> {
    while (this.blocks.length > 0 && this.first <= sequence) this.forgetFirst();
  }

  private forgetFirst(): void {
    this.blocks.shift();
    this.first += 1;
  }
}
