import type { Outcome } from './component.ts';
import type { Ports } from '@semstreams/contract';
import type { Answers } from './answers.ts';
import type { Cut } from './cut.ts';
import { allOf, type Deliver, Outbox } from './deliver.ts';
import { FatalFault, sentenceOf, TransientFault } from './fault.ts';
import { isAbort } from './is-aborted.ts';
import type { Batch, Message } from './message.ts';
import type { Origin } from './origins.ts';
import type { Retry } from './retry.ts';
import { takingTurns } from './turns.ts';
import type { World } from './world.ts';

type Made = Outcome<Ports>;
/** What a processor does with one message. */
export type Handler = (message: Message) => Made | Promise<Made>;
/** What has become of a batch so far: what goes on, and the dead letters that are on their way to the disk. */
interface Work {
  readonly outbox: Outbox;
  /** Made for the first one: nearly every batch has none. */
  keeping: Promise<void>[] | undefined;
  readonly origin: Origin | undefined;
}

/** A processor's handler as a function on batches: synchronous as long as the handler is. It never throws, but rejects. */
export const runProcessor = (options: {
  readonly index: number;
  readonly port: string;
  readonly isKept: boolean;
  readonly handler: Handler;
  readonly ports: readonly { readonly name: string; readonly deliver: Deliver }[];
  readonly world: World;
  readonly retry: Retry;
  readonly cut: Cut;
  readonly answers: Answers | undefined;
  /** Whether the flow ends, so that an abort is no fault. */
  readonly isStopping: () => boolean;
  /** Ends the flow because of this component. */
  readonly fail: (fault: FatalFault) => void;
}): Deliver => {
  const { index, port, isKept, handler, ports, world, retry, cut, answers, isStopping, fail } = options;
  const { counters } = world;

  /** Whether the flow cannot go on after this. */
  const isEnd = (thrown: unknown): thrown is Error => thrown instanceof FatalFault || (isAbort(thrown) && isStopping());

  /** What went wrong with one message; a promise where it has to be tried again. Throws what ends the flow. */
  const settle = (thrown: unknown, message: Message, work: Work): undefined | Promise<Made> => {
    if (isEnd(thrown)) throw thrown;
    if (thrown instanceof TransientFault)
      return retry(thrown, async () => cut.wait(promiseOf(handler(message)), answers));
    const kept = world.invalid({ component: index, port, sentence: sentenceOf(thrown), message }, isKept);
    if (kept !== undefined) (work.keeping ??= []).push(kept);
    return undefined;
  };

  /** What a handler returned that are no messages for its ports costs the one that it was given. */
  const take = (made: Exclude<Made, void>, message: Message, work: Work): void => {
    try {
      work.outbox.add(made);
    } catch (thrown) {
      void settle(thrown, message, work);
    }
  };

  /** What became of one message in the end, however often it had to be tried. */
  const settled = async (thrown: unknown, message: Message, work: Work): Promise<Made> => {
    try {
      return await settle(thrown, message, work);
    } catch (again) {
      if (isEnd(again)) throw again;
      return settled(again, message, work);
    }
  };

  const newWork = (origin: Origin | undefined): Work => ({ outbox: new Outbox(ports), keeping: undefined, origin });

  const finish = ({ outbox, keeping, origin }: Work): void | Promise<void> => {
    counters.addOut(index, outbox.size);
    const end = outbox.handOn(origin);
    return keeping === undefined ? end : allOf([end, ...keeping]);
  };

  /**
   * The flow ends at a message, with so many left of the batch. Behind a component that failed goes on what was made before;
   * in a stop nothing does, and nothing of what comes again from the disk.
   */
  const giveUp = async (left: number, work: Work, thrown: unknown): Promise<never> => {
    const isStop = isAbort(thrown);
    if (thrown instanceof FatalFault) fail(thrown);
    if (!isKept && isStop) counters.addDropped(index, 'stopped', left + work.outbox.size);
    if (!isKept && !isStop) counters.addDropped(index, 'failed', left);
    if (!isStop && !isKept) await finish(work)?.catch(() => undefined);
    throw thrown;
  };

  /** From a message on whose outcome takes time, one after the other: order is kept. */
  const slowly = async (batch: Batch, start: number, first: Promise<Made> | undefined, begun: Work): Promise<void> => {
    const pause = takingTurns();
    let work = begun;
    let pending = first;
    for (let at = start; at < batch.length; at += 1) {
      const message = batch[at]!;
      try {
        const made = await outcomeOf(message, pending, work);
        if (made) take(made, message, work);
      } catch (thrown) {
        return giveUp(batch.length - at, work, thrown);
      }
      pending = undefined;
      if (work.outbox.isFull) {
        await finish(work);
        work = newWork(begun.origin);
      }
      const wait = pause();
      if (wait) await wait;
    }
    await finish(work);
  };

  const outcomeOf = async (message: Message, pending: Promise<Made> | undefined, work: Work): Promise<Made> => {
    try {
      const made = pending ?? handler(message);
      return made instanceof Promise ? await cut.wait(made, answers) : made;
    } catch (thrown) {
      return settled(thrown, message, work);
    }
  };

  return (batch, origin) => {
    world.enter(index);
    counters.addIn(index, batch.length);
    const work = newWork(origin);
    let at = 0;
    while (at < batch.length) {
      try {
        for (; at < batch.length; at += 1) {
          const made = handler(batch[at]!);
          if (made instanceof Promise) return slowly(batch, at, made, work);
          if (made) work.outbox.add(made);
          if (work.outbox.isFull) return slowly(batch, at + 1, undefined, work);
        }
      } catch (thrown) {
        try {
          const again = settle(thrown, batch[at]!, work);
          if (again) return slowly(batch, at, again, work);
        } catch (end) {
          return giveUp(batch.length - at, work, end);
        }
        at += 1;
      }
    }
    return finish(work);
  };
};

const promiseOf = async (made: Made | Promise<Made>): Promise<Made> => made;
