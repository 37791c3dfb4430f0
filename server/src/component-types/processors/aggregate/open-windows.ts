import type { KeptMap } from '../../../engine/kept-map.ts';
import type { States } from './results.ts';

/** A window that is open, and what it holds so far. */
export interface Open {
  /** Of a window of time where it begins and ends, else the times of its first and last message, in milliseconds. */
  readonly start: number;
  readonly end: number;
  /** What its messages have in common, by the order of the settings. */
  readonly group: readonly unknown[];
  readonly states: States;
  /** How many messages it holds. */
  readonly count: number;
}

/** Makes what is handed on for a window; it was handed on early where more could have come for it. */
export type Finish = (key: string, open: Open, isEarly: boolean) => unknown;

/** So many windows are handed on in one go; the rest comes with the next. */
const mostAtOnce = 2000;

/** The windows that are open, of all groups: kept by their keys, and handed on in the order in which they end. */
export class OpenWindows {
  /** Nothing is over before this time. */
  private nextOver = -Infinity;

  constructor(
    private readonly kept: KeptMap<Open>,
    private readonly options: {
      readonly finish: Finish;
      /** The time from which nothing more comes for it. */
      readonly overAt: (open: Open) => number;
      /** What is over is looked for no more often than so, in milliseconds of the messages' time. */
      readonly lookEvery: number;
    },
  ) {}

  get size(): number {
    return this.kept.size;
  }

  get(key: string): Open | undefined {
    return this.kept.get(key);
  }

  entries(): IterableIterator<[string, Open]> {
    return this.kept.entries();
  }

  set(key: string, open: Open): void {
    this.kept.set(key, open);
    this.nextOver = Math.min(this.nextOver, this.options.overAt(open));
  }

  delete(key: string): void {
    this.kept.delete(key);
  }

  /** Hands one on. */
  finish(key: string, isEarly: boolean): unknown {
    const made = this.options.finish(key, this.kept.get(key)!, isEarly);
    this.kept.delete(key);
    return made;
  }

  /** Hands on what is over at a time. */
  over(time: number): readonly unknown[] {
    if (time < this.nextOver) return nothing;
    const { overAt, lookEvery } = this.options;
    const due: [string, Open][] = [];
    let next = Infinity;
    for (const entry of this.kept.entries()) {
      const at = overAt(entry[1]);
      if (at <= time) due.push(entry);
      else next = Math.min(next, at);
    }
    this.nextOver = due.length > mostAtOnce ? -Infinity : Math.max(next, time + lookEvery);
    return due
      .sort(inOrder)
      .slice(0, mostAtOnce)
      .map(([key]) => this.finish(key, false));
  }

  /** Hands on those that have not changed for longest, as long as that has to be. */
  early(hasTo: () => boolean): readonly unknown[] {
    if (!hasTo()) return nothing;
    const made: unknown[] = [];
    for (const [key] of this.kept.entries()) {
      if (made.length >= mostAtOnce || !hasTo()) break;
      made.push(this.finish(key, true));
    }
    return made;
  }
}

const nothing: readonly unknown[] = [];

const inOrder = ([key, one]: [string, Open], [otherKey, other]: [string, Open]): number =>
  one.end - other.end || one.start - other.start || (key < otherKey ? -1 : 1);
