import type { Message } from '../../../engine/message.ts';

/**
 * Ids by which a stream leaves out what comes again: of a message that a guaranteed connection has numbered, the same after a start,
 * too; of others as long as this run lasts. They are not the ids of the messages: several may be made of one, and a stream that
 * messages come back to would leave them out. `run` tells runs and components apart.
 */
export const messageIds = (component: string, run: string): ((message: Message) => string) => {
  const numbers = new WeakMap<Message, number>();
  let last = 0;
  return (message) => {
    if (message.position) return `${component}.${message.position.source}.${message.position.sequence}`;
    let number = numbers.get(message);
    if (number === undefined) numbers.set(message, (number = last += 1));
    return `${component}.${run}.${number}`;
  };
};
