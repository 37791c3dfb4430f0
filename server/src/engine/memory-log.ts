import { type BlockLog, LogFull, type LogMark, type LogState } from './block-log.ts';

/** A block log without a disk, for tests: what is kept outlives a flow, not the process. */
export class MemoryLog implements BlockLog {
  private readonly blocks = new Map<number, Uint8Array>();
  private first = 1;
  private last = 0;
  private forgotten = 0;
  private noted: LogMark | undefined;
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

  async open(after = 0): Promise<LogState> {
    if (this.last === 0) [this.first, this.last] = [after + 1, after];
    return this.state();
  }

  async state(): Promise<LogState> {
    const { first, last, forgotten } = this;
    return { first, last, bytes: this.bytes, forgotten, hasHoles: this.blocks.size < last - first + 1 };
  }

  async append(bytes: Uint8Array, id: string): Promise<number> {
    const earlier = this.known.get(id);
    if (earlier !== undefined) return earlier;
    const isTooMuch = () => this.bytes + bytes.length > this.limits.maxBytes;
    if (isTooMuch() && this.limits.whenFull === 'block') throw new LogFull('its buffer is full');
    while (this.blocks.size > 0 && isTooMuch()) this.forget((this.forgotten = this.first));
    this.last += 1;
    this.blocks.set(this.last, bytes);
    this.known.set(id, this.last);
    return this.last;
  }

  async read(sequence: number): Promise<Uint8Array | undefined> {
    return this.blocks.get(sequence);
  }

  async next(sequence: number): Promise<number | undefined> {
    for (let at = Math.max(sequence, this.first); at <= this.last; at += 1) if (this.blocks.has(at)) return at;
    return undefined;
  }

  async trim(sequence: number): Promise<void> {
    this.forget(Math.min(sequence, this.last));
  }

  async mark(): Promise<LogMark | undefined> {
    return this.noted;
  }

  async note(mark: LogMark): Promise<void> {
    this.noted = mark;
  }

  /** Takes one block out, as somebody else or a damage would. */
  remove(sequence: number): void {
    this.blocks.delete(sequence);
  }

  /** Loses its newest blocks down to this one, as a disk that was cut off; their numbers come again. */
  cut(last: number): void {
    for (let at = last + 1; at <= this.last; at += 1) this.blocks.delete(at);
    this.last = Math.max(last, this.first - 1);
  }

  private get bytes(): number {
    let sum = 0;
    for (const bytes of this.blocks.values()) sum += bytes.length;
    return sum;
  }

  /** Everything up to and including this block. */
  private forget(sequence: number): void {
    for (; this.first <= sequence; this.first += 1) this.blocks.delete(this.first);
  }
}
