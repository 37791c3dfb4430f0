import { type Block, type BlockHead, DamagedBlock, decodeBlock, headOf } from './block.ts';
import type { BlockLog } from './block-log.ts';
import type { WrittenBlock } from './block-writer.ts';

/** A block on its way downstream. */
export interface ReadBlock extends Block {
  readonly sequence: number;
  readonly bytes: number;
}

/** Why messages that were kept are gone: there was no room, they were too old, or their block was damaged. */
export type GapReason = 'buffer_full' | 'expired' | 'damaged';

export interface BlockReaderOptions {
  readonly log: BlockLog;
  readonly maxAgeMs: number;
  /** Wall-clock time. */
  readonly now: () => number;
  /** Messages that were kept and are gone. */
  readonly gone: (reason: GapReason, messages: number) => void;
  /** A block cannot be used; the messages in it come by `gone` as soon as their number is known. */
  readonly damaged: (sentence: string, bytes: Uint8Array) => void | Promise<void>;
}

/** What just went into the log is handed on from memory as long as no more than this waits there, in bytes. */
const windowBytes = 1024 ** 2;
/** How many blocks are asked for at once when a backlog is worked off, unless they are large. */
const aheadBlocks = 16;
const largeBytes = 512 * 1024;

/**
 * Reads the blocks of a log in order. Who keeps up gets them from memory; who lags reads them back from the log. Blocks
 * that the log has forgotten meanwhile are a gap: their messages are counted by the running totals in the blocks around it.
 */
export class BlockReader {
  private readonly window = new Map<number, WrittenBlock>();
  private windowSize = 0;
  private readonly ahead = new Map<number, Promise<Uint8Array | undefined>>();
  private lastSize = 0;
  private hasDamage = false;
  private lastHead: BlockHead | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly options: BlockReaderOptions,
    private position: number,
    private last: number,
    /** Messages up to here are handed on or counted as gone. */
    private total: number,
  ) {}

  /** How many messages were handed on or are gone, since the log was begun. */
  get passed(): number {
    return this.total;
  }

  /** A block that was written just now. A number from the past means that somebody began the log anew. */
  offer(block: WrittenBlock): void {
    this.last = block.sequence;
    if (block.sequence < this.position) this.position = block.sequence;
    if (this.windowSize + block.bytes <= windowBytes || this.position === block.sequence) {
      this.window.set(block.sequence, block);
      this.windowSize += block.bytes;
    }
    this.wake?.();
  }

  /** Makes `next` look again, at a signal that was aborted. */
  nudge(): void {
    this.wake?.();
  }

  /** The next block, as soon as there is one; undefined when the signal is aborted. Rejects where the log cannot be read. */
  async next(signal: AbortSignal): Promise<ReadBlock | undefined> {
    while (!signal.aborted) {
      if (this.position > this.last) await new Promise<void>((resolve) => (this.wake = resolve));
      else {
        const block = this.fromWindow() ?? (await this.fromLog());
        if (block) return block;
      }
    }
    return undefined;
  }

  /** Counts what the log has forgotten while nobody read on, so that it is seen at once. */
  async notice(): Promise<void> {
    const { first } = await this.options.log.state();
    if (first <= this.position) return;
    for (const [sequence, block] of this.window)
      if (sequence < first) {
        this.window.delete(sequence);
        this.windowSize -= block.bytes;
      }
    if (!this.window.has(this.position)) await this.skipGap();
  }

  private fromWindow(): ReadBlock | undefined {
    const block = this.window.get(this.position);
    if (!block) return undefined;
    this.window.delete(this.position);
    this.windowSize -= block.bytes;
    return this.advance(block);
  }

  private async fromLog(): Promise<ReadBlock | undefined> {
    const bytes = await this.readAhead();
    if (!bytes) {
      await this.skipGap();
      return undefined;
    }
    this.lastSize = bytes.length;
    try {
      const block = decodeBlock(bytes);
      if (this.isRepetition(headOf(bytes))) {
        this.position += 1;
        return undefined;
      }
      this.count(block.total - block.messages.length);
      return this.advance({ ...block, sequence: this.position, bytes: bytes.length });
    } catch (thrown) {
      if (!(thrown instanceof DamagedBlock)) throw thrown;
      await this.options.damaged(`a block of its buffer is damaged: ${thrown.message}`, bytes);
      this.hasDamage = true;
      this.position += 1;
      return undefined;
    }
  }

  /** Kept twice, since nobody heard that it was kept the first time. */
  private isRepetition(head: BlockHead): boolean {
    const last = this.lastHead;
    this.lastHead = head;
    return last?.total === head.total && last.count === head.count && last.checksum === head.checksum;
  }

  private advance(block: ReadBlock): ReadBlock {
    this.position = block.sequence + 1;
    this.total = block.total;
    return block;
  }

  private async readAhead(): Promise<Uint8Array | undefined> {
    const { position, last, ahead, window } = this;
    const until = Math.min(last, position + (this.lastSize > largeBytes ? 0 : aheadBlocks - 1));
    for (let sequence = position; sequence <= until; sequence += 1) {
      if (ahead.has(sequence) || (sequence > position && window.has(sequence))) continue;
      const reading = this.options.log.read(sequence);
      reading.catch(() => undefined);
      ahead.set(sequence, reading);
    }
    try {
      return await ahead.get(position);
    } catch (thrown) {
      ahead.clear();
      throw thrown;
    } finally {
      ahead.delete(position);
    }
  }

  /** Goes on at the first block that is still there. */
  private async skipGap(): Promise<void> {
    const { first, last } = await this.options.log.state();
    this.ahead.clear();
    if (first <= this.position && this.position <= last) return;
    this.position = first;
    this.last = last;
    const bytes = first <= last ? await this.options.log.read(first) : undefined;
    const head = bytes && headOrNothing(bytes);
    if (head) this.count(head.total - head.count, bytes);
  }

  /** Whatever lies between the last message that was handed on and the next one is gone. */
  private count(before: number, next?: Uint8Array): void {
    const messages = before - this.total;
    this.total = before;
    if (messages <= 0) return;
    this.options.gone(this.hasDamage ? 'damaged' : this.reasonFor(next), messages);
    this.hasDamage = false;
  }

  /** Where what is left is nearly too old itself, what went before it was. */
  private reasonFor(next: Uint8Array | undefined): GapReason {
    const time = next && timeOf(next);
    return time !== undefined && this.options.now() - time > this.options.maxAgeMs * 0.9 ? 'expired' : 'buffer_full';
  }
}

/** What the first line says; undefined where it is damaged. */
export const headOrNothing = (bytes: Uint8Array): BlockHead | undefined => {
  try {
    return headOf(bytes);
  } catch {
    return undefined;
  }
};

const timeOf = (bytes: Uint8Array): number | undefined => {
  try {
    return decodeBlock(bytes).messages[0]?.time;
  } catch {
    return undefined;
  }
};
