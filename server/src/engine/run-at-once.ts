import type { Ports } from '@semstreams/contract';
import type { Outcome } from './component.ts';
import type { Deliver } from './deliver.ts';
import { messageOverhead } from './limits.ts';
import type { Batch, Message } from './message.ts';
import type { Origin } from './origins.ts';

type Made = Outcome<Ports>;
type Handler = (message: Message) => Made | Promise<Made>;

/** So much may be under way in one component, in bytes, or one message. */
const mostBytes = 1024 ** 2;

/**
 * A processor that may have several messages under way: they are begun in their order, some before others have ended, and what
 * becomes of them goes on in their order, so that nothing upstream is finished before all that came before it. `run` makes the
 * function on batches of a handler; it takes one batch after the other. When no more may be under way, `full` is called: a
 * component that holds messages lets go of them then.
 */
export const runAtOnce = (given: {
  readonly handler: Handler;
  readonly atOnce: number;
  readonly full: () => void;
  readonly run: (handler: Handler) => Deliver;
}): Deliver => {
  const { handler, atOnce, full, run } = given;
  /** Messages that came and are not begun, and what became of those that are. */
  const waiting: Message[] = [];
  const begun = new Map<Message, Begun>();
  /** All that came and are not through, so that one that comes by two ways is known. */
  const here = new Set<Message>();
  let bytes = 0;
  let line: Promise<void> | undefined;

  const begin = (): void => {
    while (waiting.length > 0) {
      if (begun.size >= atOnce || (bytes >= mostBytes && begun.size > 0)) return full();
      const message = waiting.shift()!;
      bytes += sizeOf(message);
      begun.set(message, beginOne(handler, message));
    }
  };

  /** The one that is next in the line: begun before, or tried once more. */
  const take = (message: Message): Made | Promise<Made> => {
    const known = begun.get(message);
    if (!known) return handler(message);
    const free = (): void => {
      if (!begun.delete(message)) return;
      here.delete(message);
      bytes -= sizeOf(message);
      begin();
    };
    if ('thrown' in known) {
      free();
      throw known.thrown;
    }
    if (known.made instanceof Promise) return known.made.finally(free);
    free();
    return known.made;
  };
  const deliver = run(take);

  return (batch: Batch, origin?: Origin) => {
    const messages = batch.map((message) => (here.has(message) ? message.with(message.payload) : message));
    for (const message of messages) {
      here.add(message);
      waiting.push(message);
    }
    begin();
    const before = line;
    const mine = before ? before.then(() => deliver(messages, origin)) : deliver(messages, origin);
    if (!mine) return undefined;
    const forget = (): void => {
      if (line === passed) line = undefined;
    };
    const passed: Promise<void> = mine.then(forget, forget);
    line = passed;
    return mine;
  };
};

type Begun = { readonly made: Made | Promise<Made> } | { readonly thrown: unknown };

const beginOne = (handler: Handler, message: Message): Begun => {
  try {
    const made = handler(message);
    if (made instanceof Promise) made.catch(() => undefined);
    return { made };
  } catch (thrown) {
    return { thrown };
  }
};

const sizeOf = ({ size }: Message): number => size + messageOverhead;
