import { writeJson } from '../../../engine/exact-number.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { messageReader } from '../../../engine/header-path.ts';
import type { KeptMap } from '../../../engine/kept-map.ts';
import type { Message } from '../../../engine/message.ts';
import { shortened } from '../../../component-kit/fields/key-reader.ts';
import { timeReader } from '../../../component-kit/fields/time-reader.ts';
import { arrivalWatch } from '../../../component-kit/times/arrival-watch.ts';
import { type Group, type Kind, ofNumber, ofSessions, ofTime } from './kinds.ts';
import { type Open, OpenWindows } from './open-windows.ts';
import { payloadWriter } from './payload.ts';
import { chunksFor, type Reckoning, reckoning } from './results.ts';
import type { AggregateOptions } from './settings.ts';
import { spansAt } from './spans.ts';

/** What is kept over restarts. */
export interface Kept {
  readonly windows: KeptMap<Open>;
  /** Values of percentiles. */
  readonly values: KeptMap<readonly number[]>;
  /** By `newest`: the latest time of all messages, up to which windows are over. */
  readonly clock: KeptMap<number>;
}

export interface World {
  now(): number;
  monotonic(): number;
  /** A message came after its window was handed on. */
  late(): void;
}

export interface Aggregator {
  /** Takes one message in, and returns what is handed on by that. Throws an InvalidMessage, and has changed nothing then. */
  add(message: Message): readonly unknown[];
  /** What is handed on because time has passed. */
  tick(): readonly unknown[];
}

/** What a group is told by takes no more characters. */
const longestGroup = 1000;
/** Sessions end all the time: what is over is looked for so many times in the length of one gap. */
const looksPerGap = 50;

/**
 * Reckons over windows of messages. Time is that of the messages, so what is taken in again after a crash gives what it would have
 * given; the clock ends windows of arrival alone, and only when nothing more can come for them.
 */
export const aggregator = (options: AggregateOptions, kept: Kept, world: World): Aggregator => {
  const { window, by, times, lateness, quiet } = options;
  const { values, clock } = kept;
  const results = reckoning(options.results, values);
  const payloadOf = payloadWriter(options);
  const closesAfter = lateness + (window === 'session' ? options.gap : 0);
  const open = new OpenWindows(kept.windows, {
    finish: (key, one, isEarly) => payloadOf(one, results.finish(one.states, key), isEarly),
    overAt: window === 'count' ? () => Infinity : ({ end }) => end + closesAfter,
    lookEvery: window === 'session' ? options.gap / looksPerGap : 0,
  });
  const kind = kindOf(options, open, results);
  const timeOf = times ? eventTime(options, world) : arrival;
  const groupOf = groupReader(by);
  const mostChunks = chunksFor(options);
  const isTooMuch = (): boolean => open.size > options.most || values.size > mostChunks;
  const arrivals = arrivalWatch(world);

  const newest = (): number => clock.get('newest') ?? -Infinity;

  return {
    add(message) {
      const time = timeOf(message, newest());
      const entry = { time, group: groupOf(message), values: results.valuesOf(message) };
      arrivals.saw(message.time);
      if (time > newest()) clock.set('newest', time);
      const limit = newest() - closesAfter;
      const over = open.over(newest());
      const taken = kind.add(entry, (end) => end <= limit);
      if (taken === false) world.late();
      const made = typeof taken === 'string' ? [...over, open.finish(taken, false)] : over;
      const early = open.early(isTooMuch);
      return early.length === 0 ? made : [...made, ...early];
    },

    tick() {
      if (arrivals.silence >= quiet) return open.early(() => open.size > 0);
      if (times || arrivals.isBehind) return open.over(newest());
      const now = world.now();
      // a clock that was set back ends what is open: else that would stay so until it is there again
      const isSetBack = now < newest() - Math.max(options.size, options.gap);
      const made = isSetBack ? open.early(() => open.size > 0) : open.over(Math.max(now, newest()));
      // what is over is so for what was held up on its way, too
      if (made.length > 0) clock.set('newest', isSetBack ? now : Math.max(now, newest()));
      return made;
    },
  };
};

const kindOf = (options: AggregateOptions, open: OpenWindows, results: Reckoning): Kind => {
  const { window, size, every, zone, gap, messages } = options;
  if (window === 'count') return ofNumber(open, results, messages);
  if (window === 'session') return ofSessions(open, results, gap);
  return ofTime(open, results, spansAt({ size, every: window === 'sliding' ? every : size, zone }));
};

/** When a message came in. What was held up on its way counts where it arrives, so nothing is late. */
const arrival = (message: Message, newest: number): number => Math.max(message.time, newest);

/** The time that a message tells. Throws an InvalidMessage where it tells none that can be. */
const eventTime = ({ times, mostAhead }: AggregateOptions, world: World): typeof arrival => {
  const read = timeReader(times!);
  return ({ payload }, newest) => {
    const time = read(payload);
    if (time === undefined || Number.isNaN(new Date(time).getTime()))
      throw new InvalidMessage(`no time that can be read stands in "${times!.field}"`);
    if (time > Math.max(world.now(), newest) + mostAhead)
      throw new InvalidMessage(
        `its time, ${new Date(time).toISOString()}, lies far ahead of the clock, and would end all windows: "most_ahead" says how far it may`,
      );
    return time;
  };
};

const everyone: Group = { key: '', values: [] };

/** What the messages of a window have in common; those that have nothing of it are one group. */
const groupReader = (by: readonly string[]): ((message: Message) => Group) => {
  if (by.length === 0) return () => everyone;
  const readers = by.map(messageReader);
  return (message) => {
    const found = readers.map((read) => read(message));
    if (found.every((value) => value === undefined)) return { key: '', values: found.map(() => null) };
    const text = writeJson(found)!;
    if (text.length > longestGroup)
      throw new InvalidMessage(`the fields that it is grouped by take more than ${longestGroup} characters`);
    return { key: shortened(text), values: found.map((value) => value ?? null) };
  };
};
