import { groupReader } from '../../../component-kit/fields/key-reader.ts';
import type { KeptMap } from '../../../engine/kept-map.ts';
import type { Message } from '../../../engine/message.ts';

/** How many were passed on in a group since a time, in milliseconds since 1970. */
export type Passed = readonly [since: number, count: number];

export interface ThrottleOptions {
  readonly messages: number;
  /** Milliseconds. */
  readonly per: number;
  readonly by: readonly string[];
}

/**
 * Whether a message is among the first of its time and group. A time begins with the first message after the one before has ended. It is
 * that at which messages came in, so that what is handed over again after a crash is judged as it was.
 */
export const limiter = ({ messages, per, by }: ThrottleOptions, passed: KeptMap<Passed>) => {
  const groupOf = groupReader(by);
  return (message: Message): boolean => {
    const group = groupOf(message);
    const before = passed.get(group);
    // a clock that was set back ends the time too: else nothing would pass until it is there again
    const isOver = before === undefined || Math.abs(message.time - before[0]) >= per;
    if (!isOver && before[1] >= messages) return false;
    passed.set(group, isOver ? [message.time, 1] : [before[0], before[1] + 1]);
    return true;
  };
};

/** Messages carry whole milliseconds. */
const resolutionMs = 1;
/** What doubles lose where fractions of a millisecond are added to times since 1970. */
const roundingMs = 0.001;

/**
 * Whether a message is due, where so many are to pass in equal distances. `due` holds when the next one of a group is; one may come half
 * a distance early, so that what comes in time but not on the dot is not thinned out, and the ones behind it are due no earlier for that.
 */
export const spreader = ({ messages, per, by }: ThrottleOptions, due: KeptMap<number>) => {
  const groupOf = groupReader(by);
  const distance = per / messages;
  const early = Math.max(resolutionMs, distance / 2);
  return (message: Message): boolean => {
    const group = groupOf(message);
    const before = due.get(group) ?? -Infinity;
    const isSetBack = before - message.time > distance + early;
    if (!isSetBack && before - message.time >= early - roundingMs) return false;
    due.set(group, (isSetBack ? message.time : Math.max(before, message.time)) + distance);
    return true;
  };
};
