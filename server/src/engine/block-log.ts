import type { Position } from './message.ts';
import type { Progress } from './origins.ts';

/** Which blocks are kept: `last` is `first - 1` where there is none. */
export interface LogState {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  /** The newest block that the log has ever forgotten by itself because there was no room, 0 where there was none. */
  readonly forgotten: number;
  /** Whether blocks between the first and the last were removed. */
  readonly hasHoles: boolean;
}

/**
 * What a connection has kept and handed on, noted outside of its log: a log that was damaged or emptied by somebody else does
 * not know what it held.
 */
export interface LogMark {
  /** The newest block that was kept, and the newest one that was handed on. */
  readonly last: number;
  readonly done: number;
  /** How many messages were kept, and how many of them were handed on or counted as gone. */
  readonly stored: number;
  readonly passed: number;
  /** What has been kept of each source that sends again what it is not sure of. */
  readonly positions?: readonly Position[];
  /** How far the origins have come whose results were kept. */
  readonly progress?: readonly Progress[];
  /** Those who follow the log each at a pace of their own. */
  readonly followers?: readonly FollowerMark[];
}

/** Under this name it is noted that those without one are served, too. */
export const nameless = '';

/** How far one of those is that follow a log. */
export interface FollowerMark {
  /** Empty for all together that have no name. */
  readonly name: string;
  /** The last block that it has, and how many messages it has or will never have. */
  readonly done: number;
  readonly passed: number;
  /** How many messages it has missed, since it is known. */
  readonly missed: number;
  /** For how long it has been away while this server was up, in milliseconds: clocks jump. */
  readonly awayMs: number;
  /** Of somebody who gets the newest first: how many messages come before this part of them. */
  readonly part?: number;
  /** Where the part ends, unless it goes on: with this block, and so many messages up to its end. */
  readonly until?: { readonly block: number; readonly total: number };
}

/**
 * Where a guaranteed connection keeps its blocks: numbered in order, without gaps where nobody else touches it. What has been
 * delivered is trimmed, so the log holds exactly what waits. A log with a limit forgets its oldest blocks when it is full, or
 * refuses new ones by `LogFull`, as it was told. Disks get damaged and people remove things: any block may be missing, and a
 * log that has lost its newest ones may use their numbers again.
 */
export interface BlockLog {
  /** The largest block that it takes, in bytes. */
  readonly mostBytes: number;
  /** Makes the log where there is none yet, with numbers that go on behind `after`, and says what is in it. */
  open(after?: number): Promise<LogState>;
  state(): Promise<LogState>;
  /** The number of the block once it is kept. Blocks of one `id` are kept once, however often it is tried. */
  append(bytes: Uint8Array, id: string): Promise<number>;
  /** Undefined where it is no longer, or not yet, there, or cannot be read. */
  read(sequence: number): Promise<Uint8Array | undefined>;
  /** The number of the first block from this one on that is there. */
  next(sequence: number): Promise<number | undefined>;
  /** Forgets everything up to and including `sequence`. */
  trim(sequence: number): Promise<void>;
  /**
   * What was noted last; undefined where nothing was, or it cannot be read. Never rejects, nor does `note`, which with
   * positions, progress or followers resolves when they are on disk.
   */
  mark(): Promise<LogMark | undefined>;
  note(mark: LogMark): Promise<void>;
}

/** There is no room, and nothing may be forgotten for it. The message says which limit it is: "its buffer is full (…)". */
export class LogFull extends Error {
  override readonly name = 'LogFull';
}
