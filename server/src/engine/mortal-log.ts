import type { BlockLog, LogMark } from './block-log.ts';
import type { MemoryLog } from './memory-log.ts';

/** So many calls of logs are answered; then the process is dead, and nothing is heard of any other. */
export interface Life {
  calls: number;
  readonly dead: AbortController;
}

/** A log in a life that ends in the middle: the last call is done, and nobody hears of it: for tests. */
export const mortal = (log: MemoryLog, life: Life): BlockLog => {
  const live = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (life.calls <= 0) return new Promise(() => undefined);
    life.calls -= 1;
    const answer = await ask();
    if (life.calls > 0) return answer;
    life.dead.abort();
    return new Promise(() => undefined);
  };
  return {
    mostBytes: log.mostBytes,
    open: async (after) => live(async () => log.open(after)),
    state: async () => live(async () => log.state()),
    append: async (bytes, id) => live(async () => log.append(bytes, id)),
    read: async (sequence) => live(async () => log.read(sequence)),
    next: async (sequence) => live(async () => log.next(sequence)),
    trim: async (sequence) => live(async () => log.trim(sequence)),
    mark: async () => live(async () => log.mark()),
    note: async (mark: LogMark) => live(async () => log.note(mark)),
  };
};
