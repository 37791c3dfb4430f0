import type { Ports } from '@semstreams/contract';
import type { Outcome, Timed } from './component.ts';
import type { Counters } from './counters.ts';
import { Outbox } from './deliver.ts';
import { isAbort } from './is-aborted.ts';
import { InvalidMessage, sentenceOf, TransientFault } from './fault.ts';
import type { World } from './world.ts';

type Made = Outcome<Ports>;

/** Has something made, and hands it on; a promise where that takes time. Rejects with what the making throws. */
export type HandOnMade = (make: () => Made | Promise<Made>) => void | Promise<void>;

/** What is made beside messages counts as out, and waits for those behind it. */
export const handOnMade =
  (index: number, ports: ConstructorParameters<typeof Outbox>[0], counters: Counters): HandOnMade =>
  (make) => {
    const give = (made: Made): void | Promise<void> => {
      if (!made) return undefined;
      const outbox = new Outbox(ports);
      outbox.add(made);
      counters.addOut(index, outbox.size);
      return outbox.handOn();
    };
    const made = make();
    return made instanceof Promise ? made.then(give) : give(made);
  };

/** The time of one component: ticks from `start` on, and the last of it when nothing more comes in. */
export const runTime = (
  { everyMs, tick, last }: Timed,
  given: Omit<Parameters<typeof runTicks>[1], 'tick' | 'everyMs'>,
): { start(): void; last(): Promise<void> } => {
  let ticking: Promise<void> | undefined;
  return {
    start: () => {
      if (everyMs !== undefined && tick) ticking = runTicks({ everyMs, tick }, given);
    },
    last: async () => {
      await ticking;
      if (!last) return;
      given.world.enter(given.component);
      await given.handOn(last);
    },
  };
};

/**
 * Calls `tick` every so often until the signal is aborted, never two at once: what one makes is handed on before the next. A tick
 * that comes late is not made up for. What goes wrong with one is said, and the next one is tried; a fault that is neither of a
 * message nor transient ends the flow.
 */
export const runTicks = async (
  { everyMs, tick }: { readonly everyMs: number; readonly tick: () => Made | Promise<Made> },
  given: {
    readonly component: number;
    readonly world: Pick<World, 'wait' | 'monotonic' | 'enter' | 'report' | 'invalid'>;
    readonly signal: AbortSignal;
    readonly handOn: HandOnMade;
    readonly fail: (thrown: unknown) => void;
  },
): Promise<void> => {
  const { component, world, signal, handOn, fail } = given;
  let due = world.monotonic() + everyMs;
  let isWaiting = false;
  const say = (sentence: string | undefined): void => {
    if (sentence === undefined && !isWaiting) return;
    isWaiting = sentence !== undefined;
    world.report(component, isWaiting ? 'waiting' : 'running', sentence ?? '');
  };
  try {
    for (;;) {
      await world.wait(Math.max(0, due - world.monotonic()), signal);
      due = Math.max(due + everyMs, world.monotonic());
      world.enter(component);
      try {
        await handOn(tick);
        say(undefined);
      } catch (thrown) {
        if (thrown instanceof TransientFault) say(`${thrown.message}; trying again`);
        else if (thrown instanceof InvalidMessage)
          void world.invalid({ component, sentence: sentenceOf(thrown) }, false);
        else throw thrown;
      } finally {
        world.enter(-1);
      }
    }
  } catch (thrown) {
    if (!(isAbort(thrown) && signal.aborted)) fail(thrown);
  }
};
