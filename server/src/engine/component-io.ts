import type { Io } from './component.ts';
import { FatalFault } from './fault.ts';
import type { Followers } from './followers.ts';
import type { Keeper } from './keeper.ts';
import { Message } from './message.ts';
import type { PlannedComponent } from './plan.ts';
import type { World } from './world.ts';

/** The part of the world that one component sees. */
export const componentIo = (
  { id, index, isKept }: PlannedComponent,
  flow: string,
  given: {
    readonly world: World;
    /** Differs from start to start, so that message ids never repeat. */
    readonly started: string;
    readonly signal: AbortSignal;
    readonly fail: (fault: Error) => void;
    /** The component itself has given up so many messages. */
    readonly gaveUp: (count: number) => void;
    readonly followed: readonly Followers[];
    /** What it keeps; for those that do. */
    readonly keeper: Pick<Keeper, 'map'> | undefined;
  },
): Io => {
  const { world } = given;
  const source = `${flow}.${id}.${given.started}`;
  let sequence = 0;
  return {
    flow,
    component: id,
    instance: world.instance ?? '',
    dataDir: world.dataDir,
    diskStopAt: world.diskStopAt ?? 100,
    signal: given.signal,
    now: () => world.now(),
    monotonic: () => world.monotonic(),
    wait: async (milliseconds) => world.wait(milliseconds, given.signal),
    random: () => world.random(),
    message: (payload, more) =>
      new Message(
        payload,
        isTime(more?.time) ? more.time : world.now(),
        source,
        (sequence += 1),
        more?.headers,
        more?.json,
        more?.size,
      ),
    drop: (reason, count = 1) => {
      world.counters.addDropped(index, reason, count);
      given.gaveUp(count);
    },
    invalid: (sentence, raw) => {
      given.gaveUp(1);
      void world.invalid({ component: index, sentence, raw }, false);
    },
    keepInvalid: async (sentence, raw) => {
      given.gaveUp(1);
      return world.invalid({ component: index, sentence, raw }, true);
    },
    report: (state, sentence) => world.report(index, state, sentence),
    log: (level, sentence) => world.log?.(index, level, sentence),
    fail: given.fail,
    isKept,
    followed: given.followed,
    kept: (name, options) => {
      if (!given.keeper) throw new FatalFault(`"${id}" keeps something: its type has to say "keepsState: true"`);
      return given.keeper.map(name, options);
    },
    park: (parked) => world.park?.(index, parked) ?? false,
    adopt: () => world.adopt?.(index),
  };
};

/** What a date can tell; a damaged recording may hold others. */
const furthestMs = 8.64e15;
const isTime = (time: number | undefined): time is number => time !== undefined && Math.abs(time) <= furthestMs;
