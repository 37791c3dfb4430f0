import type { Answers } from './answers.ts';
import type { Cut } from './cut.ts';
import { allOf, type Deliver } from './deliver.ts';
import { type Fault, FatalFault, InvalidMessage, sentenceOf, SomeFailed, TransientFault } from './fault.ts';
import { isAbort } from './is-aborted.ts';
import type { Batch, Message } from './message.ts';
import type { Retry } from './retry.ts';
import { takingTurns } from './turns.ts';
import type { World } from './world.ts';

type Handler = (batch: Batch) => void | Promise<void>;

/** An error that no component expected may be of the message: so often it is tried. */
const unexpectedTries = 3;

/**
 * An output's handler with the engine's answers to faults. Batches go in one after the other: while one is under way the
 * next one waits, and so do all upstream. What is done is not repeated; what can never work is given up alone; the rest
 * is tried again. Each message counts once: as out, as dropped, or not at all while it is kept upstream.
 */
export const runOutput = (options: {
  readonly index: number;
  readonly port: string;
  /** Whether what fails is still on disk upstream: then it is not lost, and not counted as dropped. */
  readonly isKept: boolean;
  readonly handler: Handler;
  /** Whether it takes a batch before the one before it is finished. */
  readonly takesSeveral: boolean;
  readonly world: World;
  readonly retry: Retry;
  readonly cut: Cut;
  readonly answers: Answers | undefined;
  /** Whether the flow ends, so that an abort is no fault. */
  readonly isStopping: () => boolean;
  /** How many messages the component itself has given up so far. */
  readonly gaveUp: () => number;
  /** Ends the flow because of this component. */
  readonly fail: (fault: FatalFault) => void;
}): Deliver => {
  const { index, port, isKept, handler, takesSeveral, world, retry, cut, answers, isStopping, gaveUp, fail } = options;
  const { counters } = world;
  let busy: Promise<void> | undefined;
  let broken: Error | undefined;
  /** What the component had given up before the attempt that is under way. */
  let gaveUpBefore = 0;
  /** Dead letters on their way to the disk, where they go together: the batch that they are of waits for them in the end. */
  const keeping = new Set<Promise<void>>();

  /** What was handed over counts as out, except what the output itself gave up meanwhile. */
  const count = (done: Batch): void => {
    counters.addOut(index, Math.max(0, done.length - (gaveUp() - gaveUpBefore)));
    counters.addHandedOut(index, done, world.now());
  };

  /** One attempt, counted where it succeeds. */
  const attempt = (batch: Batch): void | Promise<void> => {
    gaveUpBefore = gaveUp();
    const end = handler(batch);
    if (!(end instanceof Promise)) return count(batch);
    return cut.wait(end, answers).then(() => count(batch));
  };

  const deliver = (batch: Batch): void | Promise<void> => {
    if (broken) return giveUp(batch, broken);
    try {
      return attempt(batch)?.catch((thrown: unknown) => recover(batch, thrown));
    } catch (thrown) {
      return recover(batch, thrown);
    }
  };

  const deliverAndKeep = (batch: Batch): void | Promise<void> => {
    return deliver(batch)?.then(() => allOf([...keeping]));
  };

  /** Answers one fault after the other until nothing of the batch is left. */
  const recover = async (batch: Batch, thrown: unknown): Promise<void> => {
    let rest = await settle(batch, thrown);
    while (rest.length > 0) {
      try {
        await attempt(rest);
        return;
      } catch (again) {
        rest = await settle(rest, again);
      }
    }
  };

  /** Answers a fault. Resolves with what is left to be done of the batch; rejects where the output cannot go on. */
  const settle = async (batch: Batch, thrown: unknown): Promise<Batch> => {
    if (isAbort(thrown) && isStopping()) return giveUp(batch, thrown);
    const fault = faultOf(thrown);
    if (fault instanceof FatalFault) {
      fail(fault);
      return giveUp(batch, fault);
    }
    if (fault instanceof SomeFailed) return leaveOutFailed(batch, fault);
    if (batch.length > 1 && fault.at === undefined && blamesMessage(fault)) return oneByOne(batch);
    return fault instanceof TransientFault ? tryAgain(batch, fault) : skip(batch, fault);
  };

  /** Nobody knows which one it is: the others must not pay for it. */
  const oneByOne = async (batch: Batch): Promise<Batch> => {
    const pause = takingTurns();
    for (const [at, message] of batch.entries()) {
      try {
        await deliver([message]);
      } catch (thrown) {
        return giveUp(batch.slice(at + 1), thrown as Error);
      }
      const wait = pause();
      if (wait) await wait;
    }
    return [];
  };

  /** Those that are done count; what can never work is given up; what may work later is tried again. */
  const leaveOutFailed = (batch: Batch, { failed }: SomeFailed): Batch | Promise<Batch> => {
    count(batch.filter((_, at) => !failed.has(at)));
    const later: Message[] = [];
    let first: TransientFault | undefined;
    for (const [index, message] of batch.entries()) {
      const fault = failed.get(index);
      if (fault instanceof TransientFault) {
        later.push(message);
        first ??= fault;
      } else if (fault) giveUpOne(message, fault);
    }
    return first ? tryAgain(later, first) : [];
  };

  const giveUpOne = (message: Message, fault: Fault): void => {
    const kept = world.invalid({ component: index, port, sentence: fault.message, message }, isKept);
    if (kept !== undefined) keep(kept);
  };

  const keep = (kept: Promise<void>): void => {
    keeping.add(kept);
    kept.then(
      () => keeping.delete(kept),
      () => undefined,
    );
  };

  const skip = (batch: Batch, fault: Fault): Batch => {
    const at = placeOf(fault, batch);
    count(batch.slice(0, at));
    giveUpOne(batch[at]!, fault);
    return batch.slice(at + 1);
  };

  const tryAgain = async (batch: Batch, first: TransientFault): Promise<Batch> => {
    let rest = batch;
    const leaveOutDone = (fault: Fault): void => {
      if (fault.at === undefined) return;
      const done = placeOf(fault, rest);
      count(rest.slice(0, done));
      rest = rest.slice(done);
    };
    leaveOutDone(first);
    try {
      await retry(first, async () => {
        try {
          await attempt(rest);
        } catch (thrown) {
          if (isAbort(thrown) && isStopping()) throw thrown;
          const fault = faultOf(thrown);
          if (fault instanceof TransientFault) leaveOutDone(fault);
          throw fault;
        }
      });
      return [];
    } catch (thrown) {
      return settle(rest, thrown);
    }
  };

  const giveUp = (batch: Batch, fault: Error): Promise<never> => {
    broken ??= fault;
    if (!isKept) counters.addDropped(index, isAbort(fault) ? 'stopped' : 'failed', batch.length);
    return Promise.reject(fault);
  };

  return (batch) => {
    world.enter(index);
    counters.addIn(index, batch.length);
    const end = busy && !takesSeveral ? busy.then(() => deliverAndKeep(batch)) : deliverAndKeep(batch);
    if (end === undefined) return undefined;
    const settled: Promise<void> = end
      .catch(() => undefined)
      .then(() => {
        if (busy === settled) busy = undefined;
      });
    busy = settled;
    return end;
  };
};

/** What a component threw; anything that is no fault may be of one message, and is tried a few times. */
const faultOf = (thrown: unknown): Fault =>
  thrown instanceof InvalidMessage ||
  thrown instanceof TransientFault ||
  thrown instanceof SomeFailed ||
  thrown instanceof FatalFault
    ? thrown
    : new TransientFault(sentenceOf(thrown), { cause: thrown, tries: unexpectedTries });

/** Whether it may be one message that is at fault, and not the far side. */
const blamesMessage = (fault: Fault): boolean => !(fault instanceof TransientFault) || fault.tries !== undefined;

/** The index of the message that failed, within the batch whatever the component said. */
const placeOf = ({ at = 0 }: Fault, batch: Batch): number =>
  Number.isInteger(at) ? Math.min(Math.max(0, at), batch.length - 1) : 0;
