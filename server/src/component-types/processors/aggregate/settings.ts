import type { RecordedTimes } from '../../../component-kit/fields/time-reader.ts';
import type { Result } from './results.ts';

/** The settings as the reckoning takes them; times are in milliseconds. */
export interface AggregateOptions {
  readonly window: 'tumbling' | 'sliding' | 'session' | 'count';
  /** Of tumbling and sliding windows. */
  readonly size: number;
  /** From the beginning of a sliding window to that of the next. */
  readonly every: number;
  /** Without a message for so long a session is over. */
  readonly gap: number;
  /** How many messages a window holds that goes by their number. */
  readonly messages: number;
  readonly results: readonly Result[];
  readonly by: readonly string[];
  /** Where messages tell their time; undefined where that counts at which they came in. */
  readonly times: RecordedTimes | undefined;
  /** By whose clock windows begin. */
  readonly zone: string;
  /** How far behind the newest one a message may come. */
  readonly lateness: number;
  /** How far ahead of the clock a time may lie; Infinity for no bound. */
  readonly mostAhead: number;
  /** Without any message for so long, windows are handed on as they are; Infinity for never. */
  readonly quiet: number;
  /** How many windows may be open. */
  readonly most: number;
}
