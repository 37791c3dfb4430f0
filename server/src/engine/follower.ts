import { openBlock } from './block.ts';
import type { BlockLog, FollowerMark } from './block-log.ts';
import { BlockReader, type GapReason, type ReadBlock } from './block-reader.ts';
import type { WrittenBlock } from './block-writer.ts';

/** A block as one who follows gets it: `messages` may be empty where it was read back from the log, `encoded` holds them. */
export type FollowedBlock = ReadBlock;

/** Somebody who reads the blocks of a connection at a pace of his own, while he is there. */
export interface Follower {
  readonly name: string;
  /** Messages up to this total are not for him: he has asked for newer ones. */
  readonly since: number;
  /** The next block, as soon as there is one; undefined when the signal is aborted, or another has come under this name. */
  next(signal: AbortSignal): Promise<FollowedBlock | undefined>;
  /** He has everything up to the end of this block. */
  finish(block: Pick<FollowedBlock, 'sequence' | 'total' | 'bytes'>): void;
  /** He is away; his place stays. */
  leave(): void;
}

/** The place of one who follows, whether he is there or not. */
export class Place {
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
  }

  get isThere(): boolean {
    return this.reading !== undefined;
  }

  get mark(): FollowerMark {
    const { name, done, passed, missed, awayMs } = this;
    return { name, done, passed, missed, awayMs };
  }

  /** @param read tries again for as long as the log is away */
  follow(
    { last, stored }: { readonly last: number; readonly stored: number },
    { since, read }: { readonly since: number; readonly read: Reading },
  ): Follower {
    this.end();
    const { log, maxAgeMs, now, changed } = this.options;
    const reading = new AbortController();
    const gone = (reason: GapReason, messages: number): void => this.miss(reason, messages);
    const reader = new BlockReader(
      { log, maxAgeMs, now, gone, decode: unread, damaged: () => undefined },
      { position: this.done + 1, last, stored, passed: this.passed, goneAhead: 0 },
    );
    this.reader = reader;
    this.reading = reading;
    this.awayMs = 0;
    changed();
    const isPresent = (): boolean => this.reading === reading;
    return {
      name: this.name,
      since,
      next: async (signal) => {
        const both = AbortSignal.any([signal, reading.signal]);
        const nudge = (): void => reader.nudge();
        both.addEventListener('abort', nudge, { once: true });
        try {
          return both.aborted ? undefined : await read(async () => reader.next(both), both);
        } finally {
          both.removeEventListener('abort', nudge);
        }
      },
      finish: ({ sequence, total, bytes }) => {
        if (!isPresent()) return;
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
