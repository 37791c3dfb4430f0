/** Which blocks are kept: `last` is `first - 1` where there is none. */
export interface LogState {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

/**
 * Where a guaranteed connection keeps its blocks: numbered from 1 on without gaps, in order. What has been delivered is
 * trimmed, so the log holds exactly what waits. A log with a limit forgets its oldest blocks when it is full, or refuses
 * new ones by `LogFull`, as it was told.
 */
export interface BlockLog {
  /** The largest block that it takes, in bytes. */
  readonly mostBytes: number;
  /** Makes the log where there is none yet, and says what is in it. */
  open(): Promise<LogState>;
  state(): Promise<LogState>;
  /** The number of the block once it is kept. Blocks of one `id` are kept once, however often it is tried. */
  append(bytes: Uint8Array, id: string): Promise<number>;
  /** Undefined where it is no longer, or not yet, there. */
  read(sequence: number): Promise<Uint8Array | undefined>;
  /** Forgets everything up to and including `sequence`. */
  trim(sequence: number): Promise<void>;
}

/** There is no room, and nothing may be forgotten for it. */
export class LogFull extends Error {
  override readonly name = 'LogFull';
}
