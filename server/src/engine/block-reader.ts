import { type Block, type BlockHead, decodeBlock, headOf } from './block.ts';
import type { BlockLog, LogState } from './block-log.ts';
import type { WrittenBlock } from './block-writer.ts';
import { headOrNothing, timeOf } from './look-into.ts';

/** A block on its way downstream. */
export interface ReadBlock extends Block {
  readonly sequence: number;
  readonly bytes: number;
  /** As it is kept. */
  readonly encoded: Uint8Array;
}

/**
 * Why messages that were kept are gone: there was no room, they were too old, their block cannot be read, or somebody else
 * took them out of the log.
 */
export type GapReason = 'buffer_full' | 'expired' | 'damaged' | 'removed';

export interface BlockReaderOptions {
  readonly log: Pick<BlockLog, 'read' | 'next' | 'state'>;
  /** Whether nothing is offered: it ends with the last block that was there when it began. */
  readonly isBounded?: boolean;
  readonly maxAgeMs: number;
  /** Wall-clock time. */
  readonly now: () => number;
  /** Takes the bytes of a block apart; throws where they are none. */
  readonly decode?: (bytes: Uint8Array) => Block;
  /** What just went into the log is handed on from memory as long as no more than this waits there, in bytes. */
  readonly windowBytes?: number;
  /** Messages that were kept and are gone. */
  readonly gone: (reason: GapReason, messages: number) => void;
  /** A block cannot be used; the messages in it come by `gone` as soon as their number is known. */
  readonly damaged: (sentence: string, bytes: Uint8Array) => void | Promise<void>;
}

/** Where a reader begins. */
export interface ReaderStart {
  /** Number of the next block. */
  readonly position: number;
  /** Number of the newest block, and how many messages were kept up to its end. */
  readonly last: number;
  readonly stored: number;
  /** Messages up to here are handed on or counted as gone, and so many of the newest ones are counted as gone already. */
  readonly passed: number;
  readonly goneAhead: number;
  /** The newest block that had to go for want of room; 0 where none had. */
  readonly forgotten?: number;
}

const usualWindowBytes = 1024 ** 2;
/** How many blocks are asked for at once when a backlog is worked off, unless they are large. */
const aheadBlocks = 16;
const largeBytes = 512 * 1024;
/** How often a block is read at most that the writer has not offered: after that, somebody else has put it there. */
const mostEarly = 100;

/**
 * Reads the blocks of a log in order. Who keeps up gets them from memory; who lags reads them back from the log. Blocks
 * that are no longer there are a gap: their messages are counted by the running totals in the blocks around it.
 *
 * Whatever asks the log does so alone, one after the other. Only `offer` comes in between: after each answer it is looked
 * whether it has turned the reader back.
 */
export class BlockReader {
  private readonly window = new Map<number, WrittenBlock>();
  private windowSize = 0;
  private readonly ahead = new Map<number, Promise<Uint8Array | undefined>>();
  private lastSize = 0;
  /** Why the next gap is there, where that is known. */
  private reason: GapReason | undefined;
  private isCut = false;
  /** How often a block was read that the writer has not offered yet. */
  private early = 0;
  private lastHead: BlockHead | undefined;
  private wake: (() => void) | undefined;
  private turn: Promise<unknown> | undefined;
  private position: number;
  private last: number;
  private stored: number;
  private total: number;
  private goneAhead: number;
  /** How often blocks were offered, and how often one with a number from the past. */
  private offers = 0;
  private turnsBack = 0;
  /** When the message came in that is the oldest behind the last gap, 0 where that is not known. */
  oldestAt = 0;

  constructor(
    private readonly options: BlockReaderOptions,
    start: ReaderStart,
  ) {
    ({ position: this.position, last: this.last, stored: this.stored } = start);
    ({ passed: this.total, goneAhead: this.goneAhead } = start);
    // what was in hand when it had to go, and was not finished, is missing before the first block
    if ((start.forgotten ?? 0) >= start.position - 1 && start.position > 1) this.reason = 'buffer_full';
  }

  /** How many messages were handed on or are gone, since the log was begun. */
  get passed(): number {
    return this.total + this.goneAhead;
  }

  /** A block that was written just now. A number from the past means that the log lost its newest, or was begun anew. */
  offer(block: WrittenBlock): void {
    if (block.sequence <= this.last) this.turnBack(block.sequence);
    this.offers += 1;
    this.early = 0;
    this.last = block.sequence;
    this.stored = block.total;
    const { windowBytes = usualWindowBytes } = this.options;
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

  /**
   * The next block, as soon as there is one; undefined when the signal is aborted, or a bounded log has ended. Rejects where the
   * log cannot be read.
   */
  async next(signal: AbortSignal): Promise<ReadBlock | undefined> {
    while (!signal.aborted) {
      if (this.position > this.last && this.options.isBounded) return undefined;
      if (this.position > this.last) await new Promise<void>((resolve) => (this.wake = resolve));
      else {
        const block =
          (this.turn ? undefined : this.fromWindow()) ??
          (await this.alone(async () => this.fromWindow() ?? (await this.fromLog())));
        if (block) return block;
      }
    }
    return undefined;
  }

  /** Counts what the log has lost while nobody read on, so that it is seen at once. Returns what the log says of itself. */
  async notice(): Promise<LogState> {
    const state = await this.alone(async () => this.look());
    this.wake?.();
    return state;
  }

  private async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.turn) await this.turn.catch(() => undefined);
    const turn = work();
    this.turn = turn;
    try {
      return await turn;
    } finally {
      this.turn = undefined;
    }
  }

  private turnBack(sequence: number): void {
    this.turnsBack += 1;
    this.isCut = true;
    this.lastHead = undefined;
    if (sequence < this.position) this.position = sequence;
    this.forgetWindow({ from: sequence });
  }

  /** What is in memory from one block on, or before one, is not handed on from there. */
  private forgetWindow({ from = 0, before = Infinity } = {}): void {
    if (before === Infinity) this.ahead.clear();
    for (const [known, { bytes }] of this.window)
      if (known >= from && known < before) {
        this.window.delete(known);
        this.windowSize -= bytes;
      }
  }

  private fromWindow(): ReadBlock | undefined {
    const block = this.window.get(this.position);
    if (!block) return undefined;
    this.window.delete(this.position);
    this.windowSize -= block.bytes;
    this.count(block.total - block.count);
    return this.advance(block);
  }

  private async fromLog(): Promise<ReadBlock | undefined> {
    const { turnsBack } = this;
    const bytes = await this.readAhead();
    if (turnsBack !== this.turnsBack) return undefined;
    if (!bytes) return this.passOver();
    this.lastSize = bytes.length;
    const block = decoded(bytes, this.options.decode);
    if (block instanceof Error) {
      await this.options.damaged(`a block of its buffer is damaged: ${block.message}`, bytes);
      if (turnsBack !== this.turnsBack) return undefined;
      this.reason = 'damaged';
    } else if (block.total > this.stored && (this.early += 1) < mostEarly) {
      // its number was used before, in a log that was cut: the writer is about to say so
      return undefined;
    } else if (!this.isRepetition(headOf(bytes))) {
      this.count(block.total - block.count, bytes);
      return this.advance({ ...block, sequence: this.position, bytes: bytes.length, encoded: bytes });
    }
    this.skipTo(this.position + 1);
    return undefined;
  }

  /** Kept twice, since nobody heard that it was kept the first time. */
  private isRepetition(head: BlockHead): boolean {
    const last = this.lastHead;
    this.lastHead = head;
    return last?.total === head.total && last.count === head.count && last.checksum === head.checksum;
  }

  private advance(block: ReadBlock): ReadBlock {
    // a block from an earlier time, put back by somebody, takes nothing off the total
    this.total = Math.max(this.total, block.total);
    this.skipTo(block.sequence + 1);
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

  /** The block at the position is not there, or cannot be read: goes on behind it, once that is certain. */
  private async passOver(): Promise<undefined> {
    const { log } = this.options;
    const { position, turnsBack } = this;
    this.ahead.clear();
    const { hasHoles } = await this.look();
    if (this.position !== position || turnsBack !== this.turnsBack || position > this.last) return;
    // a store that mends itself can read at the second attempt what it could not at the first
    const bytes = await log.read(position);
    if (turnsBack !== this.turnsBack) return;
    if (bytes) return void this.ahead.set(position, Promise.resolve(bytes));
    // what somebody took away since the look is not damaged
    if ((await log.state()).first > position || turnsBack !== this.turnsBack) return;
    const { last } = this;
    // a search passes over the rest of a damaged file, of which each block may still be read by its number
    const next = hasHoles ? await log.next(position + 1) : position + 1;
    if (turnsBack !== this.turnsBack) return;
    this.reason ??= hasHoles ? 'removed' : 'damaged';
    this.skipTo(Math.min(next ?? last + 1, this.firstInMemory()));
  }

  /** Takes over what the log says of itself, as far as nothing was written meanwhile that it does not know. */
  private async look(): Promise<LogState> {
    const { turnsBack, offers } = this;
    const state = await this.options.log.state();
    if (turnsBack !== this.turnsBack) return state;
    // what could be read of a damaged log is in it again, under numbers behind all that there were
    if (state.first > this.last && state.first <= state.last) this.forgetWindow();
    if (offers === this.offers) await this.takeLast(state);
    if (turnsBack === this.turnsBack) await this.takeFirst(state);
    return state;
  }

  /** A log that ends earlier than it did was cut; what is still in memory is handed on all the same. */
  private async takeLast({ first, last }: LogState): Promise<void> {
    const newest = Math.max(last, ...this.window.keys());
    const wasCut = newest < this.last;
    this.last = newest;
    if (!wasCut) return;
    this.isCut = true;
    if (this.position > newest) return this.skipTo(newest + 1);
    const { turnsBack, stored } = this;
    this.ahead.clear();
    const bytes = newest === last && last >= first ? await this.options.log.read(last) : undefined;
    const head = bytes && headOrNothing(bytes);
    if (head && turnsBack === this.turnsBack) this.countAhead(stored - head.total);
  }

  /** A log that begins behind the position has lost what was next, but for what is still in memory. */
  private async takeFirst(state: LogState): Promise<void> {
    const { turnsBack } = this;
    // what was taken out of the log is not handed on from memory either: somebody may have wanted to be rid of it
    this.forgetWindow({ before: state.first });
    const first = Math.min(state.first, this.firstInMemory());
    if (first <= this.position) return;
    const known = this.window.get(first);
    const bytes = known || first > state.last ? undefined : await this.options.log.read(first);
    if (turnsBack !== this.turnsBack || first <= this.position) return;
    if (state.forgotten >= first - 1) this.reason = 'buffer_full';
    const head = bytes && headOrNothing(bytes);
    if (known) this.count(known.total - known.count);
    else if (head) this.count(head.total - head.count, bytes);
    this.oldestAt = known?.messages[0]?.time ?? (bytes && timeOf(bytes)) ?? 0;
    this.skipTo(first);
  }

  /** The next block that can be handed on from memory; `Infinity` where there is none. */
  private firstInMemory(): number {
    let first = Infinity;
    for (const known of this.window.keys()) if (known >= this.position && known < first) first = known;
    return first;
  }

  /** Behind the newest block nothing is left to come: what was kept and has not passed is gone. */
  private skipTo(position: number): void {
    this.position = position;
    if (position > this.last) this.count(this.stored);
  }

  /** Whatever lies between the last message that was handed on and the next one is gone. */
  private count(before: number, next?: Uint8Array): void {
    const messages = before - this.total;
    const { reason = this.reasonOfGapBefore(next) } = this;
    this.reason = undefined;
    if (messages <= 0) return;
    this.total = before;
    const counted = Math.min(messages, this.goneAhead);
    this.goneAhead -= counted;
    if (messages === counted) return;
    this.isCut = false;
    this.options.gone(reason, messages - counted);
  }

  /** So many messages at the end of the log are lost, counted before their place is reached. */
  private countAhead(lost: number): void {
    const messages = lost - this.goneAhead;
    if (messages <= 0) return;
    this.goneAhead += messages;
    this.options.gone('damaged', messages);
  }

  /** Where what is left is nearly too old itself, what went before it was. */
  private reasonOfGapBefore(next: Uint8Array | undefined): GapReason {
    if (this.isCut) return 'damaged';
    const time = next && timeOf(next);
    return time !== undefined && this.options.now() - time > this.options.maxAgeMs * 0.9 ? 'expired' : 'removed';
  }
}

/** Whatever keeps a block from being read is an error of this block alone. */
const decoded = (bytes: Uint8Array, decode = decodeBlock): Block | Error => {
  try {
    return decode(bytes);
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  }
};
