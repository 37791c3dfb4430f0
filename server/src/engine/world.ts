import type { Counters } from './counters.ts';

/** What the engine needs from outside. The lane gives it the real one, tests give it theirs. */
export interface World {
  readonly dataDir: string;
  readonly counters: Counters;
  /** Wall-clock time in milliseconds since 1970. */
  now(): number;
  random(): number;
  /** Resolves after so many milliseconds; rejects when the signal is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Notes which component is at work, so that one that never comes back is known; -1 when none is. */
  enter(component: number): void;
  /** A component has something to say to people. */
  report(component: number, state: 'running' | 'waiting', sentence: string): void;
  /** A message can never work in this component. */
  invalid(component: number, sentence: string, raw: unknown): void;
  /** A component cannot go on, so the flow cannot. */
  failed(component: number, fault: Error): void;
}
