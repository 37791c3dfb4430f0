import type { Io } from '../../engine/component.ts';
import { cronTimes } from './cron.ts';
import type { ScheduleSettings } from './settings.ts';

/** A time that has come. */
export interface Due {
  /** When it was due, in milliseconds since 1970. */
  readonly at: number;
  /** How many times before it went by while nobody asked. */
  readonly missed: number;
}

/** Hands out the times of a schedule as they come. Rejects with an AbortError as soon as the component has to stop. */
export interface DueTimes {
  next(): Promise<Due | undefined>;
}

type World = Pick<Io, 'now' | 'monotonic' | 'wait' | 'signal'>;

/** So long is waited at once: the clock on the wall may be set meanwhile. */
const longestWaitMs = 10_000;
/** So many missed times are counted one by one. */
const mostCounted = 10_000;

export const dueTimes = (settings: ScheduleSettings, io: World): DueTimes =>
  settings.when === 'every' ? atInterval(settings.every, io) : byClock(cronTimes(settings.cron, settings.zone), io);

/** The first one at once; by a clock that never jumps. */
const atInterval = (everyMs: number, io: World): DueTimes => {
  let begun: number | undefined;
  let count = 0;
  return {
    async next() {
      io.signal.throwIfAborted();
      begun ??= io.monotonic();
      const passed = Math.floor((io.monotonic() - begun) / everyMs);
      const missed = count === 0 ? 0 : Math.max(0, passed - count + 1);
      count += missed;
      for (;;) {
        const leftMs = begun + count * everyMs - io.monotonic();
        if (leftMs <= 0) break;
        await io.wait(Math.min(leftMs, longestWaitMs));
      }
      count += 1;
      return { at: io.now(), missed };
    },
  };
};

/** By the clock on the wall: what it passes over when it is set does not count, and nothing comes twice. */
const byClock = (nextAfter: (afterMs: number) => number | undefined, io: World): DueTimes => {
  let last = io.now();
  return {
    async next() {
      io.signal.throwIfAborted();
      let missed = 0;
      for (let at = nextAfter(last); at !== undefined && at <= io.now() && missed < mostCounted; at = nextAfter(at)) {
        missed += 1;
        last = at;
      }
      const due = nextAfter(Math.max(last, io.now()));
      if (due === undefined) return undefined;
      while (io.now() < due) await io.wait(Math.min(due - io.now(), longestWaitMs));
      last = due;
      return { at: due, missed };
    },
  };
};
