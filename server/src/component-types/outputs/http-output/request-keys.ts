import type { Batch, Message } from '../../../engine/message.ts';

/**
 * Keys of requests, the same when the same messages are sent again: of messages that have a number also after a start, of others as
 * long as this run lasts. `run` tells runs apart.
 */
export const requestKeys = (run: string): ((messages: Batch) => string) => {
  const numbers = new WeakMap<Message, number>();
  let last = 0;
  const numberOf = (message: Message): number => {
    let number = numbers.get(message);
    if (number === undefined) numbers.set(message, (number = last += 1));
    return number;
  };
  return (messages) => {
    const [first, final] = [messages[0]!, messages.at(-1)!];
    const nameOf = (message: Message): string =>
      message.position ? `${message.position.source}.${message.position.sequence}` : `${run}.${numberOf(message)}`;
    return messages.length === 1 ? nameOf(first) : `${nameOf(first)}-${nameOf(final)}`;
  };
};
