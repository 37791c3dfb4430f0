import type { Open, OpenWindows } from './open-windows.ts';
import type { Reckoning, Values } from './results.ts';
import { Sessions } from './sessions.ts';
import type { Span } from './spans.ts';

/** Messages that are reckoned together: what they have in common, by the order of the settings, and a short text for it. */
export interface Group {
  readonly key: string;
  readonly values: readonly unknown[];
}

/** What a message means for windows. */
export interface Entry {
  readonly time: number;
  readonly group: Group;
  readonly values: Values;
}

/** One way to put messages into windows. */
export interface Kind {
  /** Takes a message in, and gives the key of a window that is full by it. False where the windows that it belongs to are over. */
  add(entry: Entry, isOver: (end: number) => boolean): string | boolean;
}

/** The same window with one message more. */
const grown = (reckoning: Reckoning, before: Open | undefined, key: string, entry: Entry, span: Span): Open => ({
  // field by field: a spread took longer than all the rest
  start: span.start,
  end: span.end,
  group: before?.group ?? entry.group.values,
  states: reckoning.add(before?.states ?? reckoning.empty, entry.values, entry.time, key),
  count: (before?.count ?? 0) + 1,
});

const spanWith = (before: Open | undefined, { time }: Entry): Span =>
  before ? { start: Math.min(before.start, time), end: Math.max(before.end, time) } : { start: time, end: time };

/** Windows of time: a message belongs to one of them, or to several that overlap. */
export const ofTime = (open: OpenWindows, reckoning: Reckoning, spansAt: (time: number) => readonly Span[]): Kind => ({
  add(entry, isOver) {
    let isIn = false;
    for (const span of spansAt(entry.time)) {
      if (isOver(span.end)) continue;
      isIn = true;
      const key = `${span.start} ${entry.group.key}`;
      open.set(key, grown(reckoning, open.get(key), key, entry, span));
    }
    return isIn;
  },
});

/** Windows of so many messages. */
export const ofNumber = (open: OpenWindows, reckoning: Reckoning, messages: number): Kind => ({
  add(entry) {
    const { key } = entry.group;
    const before = open.get(key);
    open.set(key, grown(reckoning, before, key, entry, spanWith(before, entry)));
    return (before?.count ?? 0) + 1 < messages || key;
  },
});

/** Windows that end when nothing has come for so long. A message may join two of them. */
export const ofSessions = (open: OpenWindows, reckoning: Reckoning, gap: number): Kind => {
  const sessions = new Sessions(open);

  /** Two sessions as one, under the key of the first. */
  const join = (key: string, otherKey: string): Open => {
    const [one, other] = [open.get(key)!, open.get(otherKey)!];
    open.delete(otherKey);
    return {
      start: Math.min(one.start, other.start),
      end: Math.max(one.end, other.end),
      group: one.group,
      states: reckoning.merge(one.states, key, other.states, otherKey),
      count: one.count + other.count,
    };
  };

  return {
    add(entry, isOver) {
      const { time, group } = entry;
      const near = sessions.around(group.key, time).filter((key) => {
        const { start, end } = open.get(key)!;
        return time > start - gap && time < end + gap;
      });
      const [key = `${time} ${group.key}`, ...others] = near;
      if (near.length === 0 && isOver(time)) return false;
      for (const other of others) open.set(key, join(key, other));
      const before = open.get(key);
      open.set(key, grown(reckoning, before, key, entry, spanWith(before, entry)));
      if (!before) sessions.add(group.key, key, time);
      return true;
    },
  };
};
