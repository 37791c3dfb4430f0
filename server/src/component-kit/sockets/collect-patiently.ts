import { collect, type Collection } from '../../engine/collect.ts';
import type { Io } from '../../engine/component.ts';
import type { Batch } from '../../engine/message.ts';

/** From so many messages on senders wait. */
const enough = 1000;
/** What one chunk of every sender can hold comes all the same, so this is far above. */
const mostMessages = 100_000;
const mostBytes = 64 * 1024 ** 2;

/**
 * Collects what comes from senders that can wait: they do from a thousand messages on, so that next to nothing is dropped.
 * `largest` is how large one message may be, in bytes; what must not be dropped at all has no bound but that wait.
 */
export const collectPatiently = (options: {
  readonly emit: (batch: Batch) => Promise<void>;
  readonly io: Pick<Io, 'drop' | 'fail'>;
  readonly largest?: number;
  readonly mustNotDrop?: boolean;
}): Collection => {
  const { emit, io, largest = 0, mustNotDrop = false } = options;
  const bounds = mustNotDrop
    ? { limit: Infinity, limitBytes: Infinity }
    : { limit: mostMessages, limitBytes: mostBytes + largest };
  return collect({ emit, io, enough, ...bounds });
};
