import type { Outcome } from './component.ts';
import type { Ports } from '@semstreams/contract';
import { allOf, type Deliver, Outbox } from './deliver.ts';
import { FatalFault, sentenceOf, TransientFault } from './fault.ts';
import { isAbort } from './is-aborted.ts';
import type { Batch, Message } from './message.ts';
import type { Retry } from './retry.ts';
import type { World } from './world.ts';

type Handler = (message: Message) => Outcome<Ports> | Promise<Outcome<Ports>>;
/** What has become of a batch so far: what goes on, and the dead letters that are on their way to the disk. */
interface Work {
  readonly outbox: Outbox;
  /** Made for the first one: nearly every batch has none. */
  keeping: Promise<void>[] | undefined;
}
type Made = Readonly<Record<string, Message | Batch | undefined>>;

/** A processor's handler as a function on batches: synchronous as long as the handler is. */
export const runProcessor = (options: {
  readonly index: number;
  readonly port: string;
  readonly isKept: boolean;
  readonly handler: Handler;
  readonly ports: readonly { readonly name: string; readonly deliver: Deliver }[];
  readonly world: World;
  readonly retry: Retry;
  /** Ends the flow because of this component. */
  readonly fail: (fault: FatalFault) => void;
}): Deliver => {
  const { index, port, isKept, handler, ports, world, retry, fail } = options;
  const { counters } = world;

  /** What went wrong with one message; a promise where it has to be tried again. */
  const settle = (thrown: unknown, message: Message, work: Work): undefined | Promise<Outcome<Ports>> => {
    if (thrown instanceof FatalFault) {
      fail(thrown);
      throw thrown;
    }
    if (thrown instanceof TransientFault) return retry(thrown, async () => await handler(message));
    const kept = world.invalid({ component: index, port, sentence: sentenceOf(thrown), message }, isKept);
    if (kept !== undefined) (work.keeping ??= []).push(kept);
    return undefined;
  };

  /** What became of one message in the end, however often it had to be tried. */
  const settled = async (thrown: unknown, message: Message, work: Work): Promise<Outcome<Ports>> => {
    try {
      return await settle(thrown, message, work);
    } catch (again) {
      if (again instanceof FatalFault || isAbort(again)) throw again;
      return settled(again, message, work);
    }
  };

  const finish = ({ outbox, keeping }: Work): void | Promise<void> => {
    counters.addOut(index, outbox.size);
    const end = outbox.handOn();
    return keeping === undefined ? end : allOf([end, ...keeping]);
  };

  /** From the first message whose outcome takes time on, one after the other: order is kept. */
  const slowly = async (batch: Batch, start: number, first: Promise<Outcome<Ports>>, work: Work): Promise<void> => {
    let pending: Promise<Outcome<Ports>> | undefined = first;
    for (let at = start; at < batch.length; at += 1) {
      const message = batch[at]!;
      try {
        const made = await (pending ?? handler(message));
        if (made) work.outbox.add(made as Made);
      } catch (thrown) {
        if (isAbort(thrown)) throw thrown;
        const made = await settled(thrown, message, work);
        if (made) work.outbox.add(made as Made);
      }
      pending = undefined;
    }
    await finish(work);
  };

  return (batch) => {
    world.enter(index);
    counters.addIn(index, batch.length);
    const work: Work = { outbox: new Outbox(ports), keeping: undefined };
    let at = 0;
    while (at < batch.length) {
      try {
        for (; at < batch.length; at += 1) {
          const made = handler(batch[at]!);
          if (made instanceof Promise) return slowly(batch, at, made, work);
          if (made) work.outbox.add(made as Made);
        }
      } catch (thrown) {
        const again = settle(thrown, batch[at]!, work);
        if (again) return slowly(batch, at, again, work);
        at += 1;
      }
    }
    return finish(work);
  };
};
