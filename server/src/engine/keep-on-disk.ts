import type { BufferLimits } from '@semstreams/contract';
import { GuaranteedConnection } from './guaranteed-connection.ts';
import type { PlannedConnection } from './plan.ts';
import type { World } from './world.ts';

/** A guaranteed connection of a flow, with its counters and with what people are told of it. */
export const keepOnDisk = (
  connection: PlannedConnection,
  limits: BufferLimits,
  given: {
    readonly world: World;
    readonly flow: string;
    /** The component that its messages come from. */
    readonly from: string;
    /** Differs from start to start. */
    readonly started: string;
    /** Aborted when what is not on disk yet has to be given up. */
    readonly giveUp: AbortSignal;
    /** Whether more than one way leads here from an input. */
    readonly hasSeveralWays: boolean;
    /** Whether what comes in is still on disk upstream: then it is not lost when it cannot be kept here. */
    readonly isKeptUpstream: boolean;
    /** Whether the component behind it wants to know the numbers of its messages. */
    readonly isNumbered: boolean;
    /** Whether the component behind it hands on what is kept by names. */
    readonly isFollowed: boolean;
  },
): GuaranteedConnection => {
  const { world } = given;
  const { counters } = world;
  const { index, from, to, toPort } = connection;
  const ends = { from, to };
  return new GuaranteedConnection({
    log: world.openLog(connection),
    limits,
    name: connection.title,
    from: given.from,
    isNumbered: given.isNumbered,
    isFollowed: given.isFollowed,
    idPrefix: `${given.flow}.${index}.${given.started}`,
    now: () => world.now(),
    monotonic: () => world.monotonic(),
    random: () => world.random(),
    wait: async (milliseconds, signal) => world.wait(milliseconds, signal),
    giveUp: given.giveUp,
    changed: ({ messages, bytes, oldestAt }) => counters.setWaiting(index, messages, bytes, oldestAt),
    gotElsewhere: (messages) => {
      counters.addIn(to, messages);
      counters.addOut(to, messages);
    },
    hasSeveralWays: given.hasSeveralWays,
    gone: (reason, messages) => {
      counters.addLost(index, messages);
      counters.addDropped(to, reason, messages);
    },
    damaged: (sentence, raw) => {
      counters.addError(to, 1);
      return world.invalid({ component: to, sentence, raw }, true);
    },
    hand: world.hand(connection),
    putAside: (message, stops) => {
      counters.addError(to, 1);
      counters.addDropped(to, 'invalid', 1);
      const sentence = `it stopped the flow ${stops} times`;
      return world.invalid({ component: to, port: toPort, sentence, message }, true);
    },
    tooLarge: (message, mostBytes) => {
      counters.addError(to, 1);
      counters.addDropped(to, 'too_large', 1);
      const sentence = `it is larger than the ${Math.floor(mostBytes / 1024)} KB that a buffer can keep of one message`;
      return world.invalid({ component: to, port: toPort, sentence, message }, true);
    },
    lost: (messages) => {
      if (!given.isKeptUpstream) counters.addDropped(to, 'stopped', messages);
    },
    unkeepable: (message, sentence) => {
      counters.addError(to, 1);
      counters.addDropped(to, 'invalid', 1);
      return world.invalid({ component: to, port: toPort, sentence, message }, true);
    },
    stuck: (end, sentence) => world.report(ends[end], sentence === undefined ? 'running' : 'waiting', sentence ?? ''),
  });
};
