import type { Deliver } from './deliver.ts';
import { sentenceOf } from './fault.ts';
import type { GuaranteedConnection } from './guaranteed-connection.ts';
import type { Batch, Message } from './message.ts';
import type { Origin } from './origins.ts';
import type { PlannedConnection } from './plan.ts';
import type { World } from './world.ts';

/**
 * Hands batches to a guaranteed connection. A message that cannot be written, such as one with a circle in it, becomes a
 * dead letter and holds nobody up. `isKept` says whether the messages are still on disk upstream.
 */
export const appendTo = (
  { to, toPort }: PlannedConnection,
  kept: Pick<GuaranteedConnection, 'append'>,
  { world, isKept }: { readonly world: World; readonly isKept: boolean },
): Deliver => {
  const appendWritable = async (batch: Batch, origin: Origin | undefined): Promise<void> => {
    const letters: (void | Promise<void>)[] = [];
    const good = batch.filter((message) => {
      const problem = problemOf(message);
      if (problem !== undefined)
        letters.push(world.invalid({ component: to, port: toPort, sentence: problem, message }, isKept));
      return problem === undefined;
    });
    if (good.length > 0) await kept.append(good, origin);
    await Promise.all(letters);
  };
  return async (batch, origin) => {
    try {
      for (const message of batch) write(message);
    } catch {
      return appendWritable(batch, origin);
    }
    return kept.append(batch, origin);
  };
};

/** Makes the text that is kept; it is made once. */
const write = (message: Message): string | undefined => (message.bytes ? undefined : message.json);

const problemOf = (message: Message): string | undefined => {
  try {
    write(message);
    return undefined;
  } catch (thrown) {
    return sentenceOf(thrown);
  }
};
