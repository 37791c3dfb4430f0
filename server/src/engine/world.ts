import type { BlockLog } from './block-log.ts';
import type { Counters } from './counters.ts';
import type { HandNotes } from './hand-on.ts';
import type { Message } from './message.ts';
import type { Parked } from './parking.ts';
import type { PlannedConnection } from './plan.ts';

/** What can never work, with all that is known of it. */
export interface Failure {
  readonly component: number;
  /** The input port of the component; none for raw input. */
  readonly port?: string;
  readonly sentence: string;
  /** The message, where it was one already. */
  readonly message?: Message;
  /** What came in and never became a message. */
  readonly raw?: unknown;
}

/** What the engine needs from outside. The lane gives it the real one, tests give it theirs. */
export interface World {
  readonly dataDir: string;
  /** What this installation is known by. */
  readonly instance?: string;
  /** Percent of the disk of that folder that components may fill; all of it where it is left out. */
  readonly diskStopAt?: number;
  readonly counters: Counters;
  /** Wall-clock time in milliseconds since 1970. */
  now(): number;
  /** Time that never jumps, in milliseconds. */
  monotonic(): number;
  random(): number;
  /** Resolves after so many milliseconds; rejects when the signal is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Notes which component is at work, so that one that never comes back is known; -1 when none is. */
  enter(component: number): void;
  /** A component has something to say to people. */
  report(component: number, state: 'running' | 'waiting', sentence: string): void;
  /** A component has a line for the log. */
  log?(component: number, level: 'info' | 'warn', sentence: string): void;
  /** A component has not answered for so many milliseconds; undefined when it does again. */
  silent?(component: number, forMs: number | undefined): void;
  /** Where a guaranteed connection keeps its blocks. */
  openLog(connection: PlannedConnection): BlockLog;
  /** Where a component keeps what it keeps over restarts. */
  openState(component: number): BlockLog;
  /** Where it is noted what a guaranteed connection hands on. */
  hand(connection: PlannedConnection): HandNotes;
  /** Something can never work: it becomes a dead letter. A promise where `isKept` asks to wait until that is on disk. */
  invalid(failure: Failure, isKept: boolean): void | Promise<void>;
  /** A component cannot go on, so the flow cannot. */
  failed(component: number, fault: Error): void;
  /** Keeps what a component leaves for the next run of its flow; false where none comes that listens at the same place. */
  park?(component: number, parked: Parked): boolean;
  /** What the run before has left at the place of a component. */
  adopt?(component: number): Parked | undefined;
}
