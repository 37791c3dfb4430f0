import type { Tapped, TappedMessage } from '@semstreams/contract';

/** So many rows are kept: the newest. */
export const mostRows = 200;
/** What is said about how many of all are shown is of this time, in milliseconds. */
const windowMs = 1000;
/** The server tells so many times in that time; on its way here they may come closer together. */
const mostTold = 4;

interface Told {
  readonly at: number;
  readonly seen: number;
  readonly shown: number;
}

/** A message with its number in this look: several that came out of one message have the same id. */
export interface TapRow {
  readonly number: number;
  readonly message: TappedMessage;
}

/** What somebody sees who looks at a connection. Newest first; paused, rows stay as they are and what comes is only counted. */
export interface TapView {
  readonly rows: readonly TapRow[];
  readonly isPaused: boolean;
  /** Messages that went by since the look began, and how many of them got a row. */
  readonly seen: number;
  readonly shown: number;
  readonly recent: readonly Told[];
  /** Ids of what came by before the look began. */
  readonly before: ReadonlySet<string>;
}

export const emptyView: TapView = { rows: [], isPaused: false, seen: 0, shown: 0, recent: [], before: new Set() };

export const afterTapped = (view: TapView, { seen, messages }: Tapped, now: number): TapView => {
  const told = view.isPaused ? [] : messages.filter(({ id }) => !view.before.has(id));
  const taken = told.map((message, index) => ({ number: view.shown + index, message }));
  return {
    ...view,
    rows: taken.length === 0 ? view.rows : [...taken.toReversed(), ...view.rows].slice(0, mostRows),
    seen: view.seen + seen,
    shown: view.shown + taken.length,
    recent: [...view.recent, { at: now, seen, shown: taken.length }].slice(-mostTold),
  };
};

/** A look that begins with what came by before it. That is in no rate, and what is told again of it gets no second row. */
export const withRecent = (view: TapView, messages: readonly TappedMessage[]): TapView => ({
  ...view,
  rows: messages.map((message, index) => ({ number: index - messages.length, message })).reverse(),
  before: new Set(messages.map(({ id }) => id)),
});

/** `20 of 4210/s` as numbers, over the last second before `now`. */
export const ratesOf = ({ recent }: TapView, now: number): { readonly seen: number; readonly shown: number } => {
  const last = recent.filter(({ at }) => at > now - windowMs);
  const sum = (key: 'seen' | 'shown') => last.reduce((total, told) => total + told[key], 0);
  return { seen: sum('seen'), shown: sum('shown') };
};
