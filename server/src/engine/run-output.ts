import { allOf, type Deliver } from './deliver.ts';
import { FatalFault, InvalidMessage, sentenceOf, TransientFault } from './fault.ts';
import { isAbort } from './is-aborted.ts';
import type { Batch } from './message.ts';
import type { Retry } from './retry.ts';
import type { World } from './world.ts';

type Handler = (batch: Batch) => void | Promise<void>;

/**
 * An output's handler with the engine's answers to faults. Batches go in one after the other: while one is under way the
 * next one waits, and so do all upstream. What is done is not repeated; what can never work is given up alone; the rest
 * is tried again.
 */
export const runOutput = (options: {
  readonly index: number;
  readonly port: string;
  /** Whether what fails is still on disk upstream: then it is not lost, and not counted as dropped. */
  readonly isKept: boolean;
  readonly handler: Handler;
  readonly world: World;
  readonly retry: Retry;
  /** Ends the flow because of this component. */
  readonly fail: (fault: FatalFault) => void;
}): Deliver => {
  const { index, port, isKept, handler, world, retry, fail } = options;
  const { counters } = world;
  let busy: Promise<void> | undefined;
  let broken: Error | undefined;
  /** Dead letters of the batch that is under way: they go to the disk together, so it waits for them in the end. */
  let keeping = new Set<Promise<void>>();

  /** What was handed over counts as out, except what the output itself gave up meanwhile. */
  const count = (batch: Batch, droppedBefore: number): void =>
    counters.addOut(index, Math.max(0, batch.length - (counters.droppedOf(index) - droppedBefore)));

  const deliver = (batch: Batch): void | Promise<void> => {
    if (broken) return giveUp(batch, broken);
    const droppedBefore = counters.droppedOf(index);
    try {
      const end = handler(batch);
      if (end === undefined) return count(batch, droppedBefore);
      return end.then(
        () => count(batch, droppedBefore),
        (thrown: unknown) => recover(batch, thrown),
      );
    } catch (thrown) {
      return recover(batch, thrown);
    }
  };

  const deliverAndKeep = (batch: Batch): void | Promise<void> => {
    keeping = new Set();
    return deliver(batch)?.then(() => allOf([...keeping]));
  };

  const recover = async (batch: Batch, thrown: unknown): Promise<void> => {
    if (thrown instanceof InvalidMessage) return skipInvalid(batch, thrown);
    if (thrown instanceof TransientFault) return tryAgain(batch, thrown);
    if (isAbort(thrown)) return giveUp(batch, thrown);
    const fault = thrown instanceof FatalFault ? thrown : new FatalFault(sentenceOf(thrown), { cause: thrown });
    fail(fault);
    return giveUp(batch, fault);
  };

  const skipInvalid = async (batch: Batch, fault: InvalidMessage): Promise<void> => {
    if (fault.at === undefined && batch.length > 1) {
      for (const message of batch) await deliver([message]);
      return;
    }
    const at = fault.at ?? 0;
    counters.addOut(index, at);
    const message = batch[at];
    const kept = message && world.invalid({ component: index, port, sentence: fault.message, message }, isKept);
    if (kept !== undefined) keeping.add(kept);
    if (at + 1 < batch.length) await deliver(batch.slice(at + 1));
  };

  const tryAgain = async (batch: Batch, first: TransientFault): Promise<void> => {
    let rest = batch;
    const leaveOutDone = (fault: TransientFault): void => {
      counters.addOut(index, fault.at ?? 0);
      rest = rest.slice(fault.at ?? 0);
    };
    leaveOutDone(first);
    try {
      await retry(first, async () => {
        try {
          await handler(rest);
        } catch (thrown) {
          if (thrown instanceof TransientFault) leaveOutDone(thrown);
          throw thrown;
        }
      });
    } catch (thrown) {
      return recover(rest, thrown);
    }
    counters.addOut(index, rest.length);
  };

  const giveUp = (batch: Batch, fault: Error): Promise<never> => {
    broken ??= fault;
    if (!isKept) counters.addDropped(index, 'failed', batch.length);
    return Promise.reject(fault);
  };

  return (batch) => {
    world.enter(index);
    counters.addIn(index, batch.length);
    const end = busy ? busy.then(() => deliverAndKeep(batch)) : deliverAndKeep(batch);
    if (end === undefined) return undefined;
    const settled: Promise<void> = end
      .catch(() => undefined)
      .then(() => {
        if (busy === settled) busy = undefined;
      });
    busy = settled;
    return allOf([end]);
  };
};
