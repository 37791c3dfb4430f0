import type { Follower } from './follower.ts';

/** Where one who follows begins: with all that he has not got yet, or with the newest so many messages of that. */
export type Since = 'missed' | { readonly last: number };

/** In which order he gets what he has not got yet and what comes: as it was kept, or what comes now first. */
export type Order = 'oldest_first' | 'newest_first';

/** What is known of one who follows. */
export interface FollowerState {
  readonly name: string;
  readonly isThere: boolean;
  readonly awayMs: number;
  readonly waiting: number;
  readonly waitingBytes: number;
  /** When the oldest message of that came in, in milliseconds since 1970; 0 where there is none or that is not known. */
  readonly oldestAt: number;
  readonly missed: number;
}

/**
 * Those who follow a guaranteed connection, each by a name and at a pace of its own, and each with a place that is kept: one
 * who was away goes on where he stopped. The log holds what the last of them has not got yet.
 */
export interface Followers {
  /** Rejects with a RangeError where there are too many names, otherwise where the log cannot be read at present. Whoever followed under this name before gets no more. */
  follow(name: string, since: Since, order?: Order): Promise<Follower>;
  /** The component that what is followed comes from. */
  readonly from: string;
  /** Gives a place up, with all that waits for it. Returns how many messages that were. */
  forget(name: string): number;
  list(): readonly FollowerState[];
  /**
   * Whether somebody is there, or may come back, who has no name and is served by the input port. Where not, and there is
   * one who follows, what one of them has got is not handed to the port at all.
   */
  serveNameless(isWanted: boolean): void;
  /** Whether that is so; after a start, whether it was so before. */
  isNamelessServed(): boolean;
}
