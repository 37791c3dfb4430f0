import { openBlock } from './block.ts';
import type { BlockLog, FollowerMark } from './block-log.ts';
import { logUpTo } from './log-up-to.ts';
import { BlockReader, type GapReason, type ReadBlock } from './block-reader.ts';
import type { WrittenBlock } from './block-writer.ts';

/** A block as one who follows gets it: `messages` may be empty where it was read back from the log, `encoded` holds them. */
export type FollowedBlock = ReadBlock;

/** Somebody who reads the blocks of a connection at a pace of his own, while he is there. */
export interface Follower {
  readonly name: string;
  /** Messages up to this total are not for him: he has asked for newer ones. */
  readonly since: number;
  /** What was kept when he began: messages up to this total lie behind. */
  readonly behind: number;
  /** How many messages come before those that he reads here; 0 where he gets all in order. */
  readonly part: number;
  /** Those who read for him what lies behind, the oldest part first, where he gets the newest first. */
  readonly gaps: readonly Follower[];
  /**
   * The next block, as soon as there is one; undefined when the signal is aborted, another has come under this name, or a part
   * of what lay behind has been read to its end.
   */
  next(signal: AbortSignal): Promise<FollowedBlock | undefined>;
  /** He has everything up to the end of this block. */
  finish(block: Pick<FollowedBlock, 'sequence' | 'total' | 'bytes'>): void;
  /** He is away; his place stays. */
  leave(): void;
}

/** The place of one who follows, whether he is there or not; where he gets the newest first, his place in one part of it. */
export class Place {
  /** How many messages come before this part. */
  readonly part: number;
  private ending: FollowerMark['until'];
  private isRead = false;
  private underWay = 0;
  done: number;
  /** How many messages he has or will never have. */
  passed: number;
  missed: number;
  /** For how long he has been away while this server was up, in milliseconds. */
  awayMs: number;
  /** What waits for him, in bytes: about, where he comes from an earlier run or has missed something. */
  waitingBytes = 0;
  /** When the oldest message came in that waits for him, as of the last look; 0 where nothing waits or that is not known. */
  oldestAt = 0;
  /** It is not known yet what waits for him. */
  isBeginning = false;
  private reader: BlockReader | undefined;
  private reading: AbortController | undefined;

  constructor(
    readonly name: string,
    mark: Omit<FollowerMark, 'name'>,
    private readonly options: {
      readonly log: BlockLog;
      readonly maxAgeMs: number;
      readonly now: () => number;
      readonly gone: (reason: GapReason, messages: number) => void;
      readonly changed: () => void;
    },
  ) {
    ({ done: this.done, passed: this.passed, missed: this.missed, awayMs: this.awayMs } = mark);
    ({ part: this.part = 0, until: this.ending } = mark);
  }

  /** Where it ends; undefined where it goes on with what comes. */
  get until(): FollowerMark['until'] {
    return this.ending;
  }

  /** Whether all of it was read and is finished. */
  get isOver(): boolean {
    return this.ending !== undefined && (this.done >= this.ending.block || (this.isRead && this.underWay === 0));
  }

  /** How many messages of so many that are stored wait for him here. */
  waitingOf(stored: number): number {
    return Math.max(0, (this.ending?.total ?? stored) - this.passed);
  }

  /** What comes from now on is for another part. */
  endWith(block: number, total: number): void {
    this.ending = { block, total };
  }

  get isThere(): boolean {
    return this.reading !== undefined;
  }

  get mark(): FollowerMark {
    const { name, done, passed, missed, awayMs, part, ending } = this;
    return { name, done, passed, missed, awayMs, ...(part > 0 && { part }), ...(ending && { until: ending }) };
  }

  /** @param read tries again for as long as the log is away */
  follow(
    { last, stored }: { readonly last: number; readonly stored: number },
    { since, read, gaps = [] }: { readonly since: number; readonly read: Reading; readonly gaps?: readonly Follower[] },
  ): Follower {
    this.end();
    const { maxAgeMs, now, changed } = this.options;
    const reading = new AbortController();
    const gone = (reason: GapReason, messages: number): void => this.miss(reason, messages);
    const { ending } = this;
    const log = ending ? logUpTo(this.options.log, ending.block) : this.options.log;
    const ends = ending ? { last: ending.block, stored: ending.total } : { last, stored };
    const reader = new BlockReader(
      { log, isBounded: ending !== undefined, maxAgeMs, now, gone, decode: unread, damaged: () => undefined },
      { position: this.done + 1, ...ends, passed: this.passed, goneAhead: 0 },
    );
    this.isRead = false;
    this.underWay = 0;
    this.reader = reader;
    this.reading = reading;
    this.awayMs = 0;
    changed();
    const isPresent = (): boolean => this.reading === reading;
    return {
      name: this.name,
      since,
      behind: ends.stored,
      part: this.part,
      gaps,
      next: async (signal) => {
        const both = AbortSignal.any([signal, reading.signal]);
        const nudge = (): void => reader.nudge();
        both.addEventListener('abort', nudge, { once: true });
        try {
          const block = both.aborted ? undefined : await read(async () => reader.next(both), both);
          if (block) this.underWay += 1;
          else if (!both.aborted) {
            this.isRead = true;
            changed();
          }
          return block;
        } finally {
          both.removeEventListener('abort', nudge);
        }
      },
      finish: ({ sequence, total, bytes }) => {
        if (!isPresent()) return;
        this.underWay -= 1;
        this.done = sequence;
        this.passed = Math.max(this.passed, total);
        this.waitingBytes = Math.max(0, this.waitingBytes - bytes);
        changed();
      },
      leave: () => {
        if (isPresent()) this.end();
      },
    };
  }

  /** A block that was written just now. */
  offer(block: WrittenBlock): void {
    if (block.sequence <= this.done) this.done = block.sequence - 1;
    this.waitingBytes += block.bytes;
    this.reader?.offer(block);
  }

  /** Goes on with this block; so many of all `stored` messages were kept before it. Returns how many he leaves out. */
  goTo(first: number, before: number, stored: number): number {
    this.done = first - 1;
    const messages = Math.max(0, before - this.passed);
    const waited = stored - this.passed;
    if (waited > 0) this.waitingBytes = Math.round((this.waitingBytes * (waited - messages)) / waited);
    this.passed += messages;
    return messages;
  }

  end(): void {
    this.reading?.abort();
    this.reading = undefined;
    this.reader = undefined;
    this.options.changed();
  }

  miss(reason: GapReason, messages: number): void {
    if (messages <= 0) return;
    this.missed += messages;
    this.options.gone(reason, messages);
  }
}

/** Reads until it works; undefined when the signal is aborted. */
export type Reading = <Result>(attempt: () => Promise<Result>, signal: AbortSignal) => Promise<Result | undefined>;

/** Who hands a block on as it is needs none of its messages. */
const unread = (bytes: Uint8Array) => {
  const { count, total, run } = openBlock(bytes);
  return { messages: [], count, total, run };
};
