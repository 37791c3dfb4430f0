import type { BlockLog } from './block-log.ts';

/** A log as it is up to and including one block, for whoever reads no further. */
export const logUpTo = (log: BlockLog, until: number): Pick<BlockLog, 'read' | 'next' | 'state'> => ({
  read: async (sequence) => (sequence <= until ? log.read(sequence) : undefined),
  next: async (sequence) => {
    const next = await log.next(sequence);
    return next !== undefined && next <= until ? next : undefined;
  },
  state: async () => {
    const { first, last, ...more } = await log.state();
    return { ...more, first: Math.min(first, until + 1), last: Math.min(last, until) };
  },
});
