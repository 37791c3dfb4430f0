import type { BlockHead } from './block.ts';
import type { BlockLog, LogState } from './block-log.ts';
import { headOrNothing } from './block-reader.ts';

/** What a log holds that has to be delivered. */
export interface Found extends LogState {
  /** How many messages the connection has kept, and how many of them lie before the first block. */
  readonly stored: number;
  readonly passed: number;
}

/**
 * Opens a log and looks what is left to be delivered. It may hold more: a disk remembers what it was told to forget when
 * its server was killed, so the newest block tells what was delivered before it. Damaged blocks are passed over in looking.
 */
export const lookInto = async (log: Pick<BlockLog, 'open' | 'read'>): Promise<Found> => {
  const { first, last, bytes } = await log.open();
  const newest = last < first ? undefined : await readableFrom(log, last, first);
  if (!newest) return { first, last, bytes, stored: 0, passed: 0 };
  const isKnown = newest.done >= first && newest.done < newest.sequence;
  const start = isKnown ? newest.done + 1 : first;
  const oldest = (await readableFrom(log, start, last)) ?? newest;
  return { first: start, last, bytes, stored: newest.total, passed: oldest.total - oldest.count };
};

/** The first block on the way from one number to another whose first line can be read. */
const readableFrom = async (
  log: Pick<BlockLog, 'read'>,
  from: number,
  to: number,
): Promise<(BlockHead & { readonly sequence: number }) | undefined> => {
  const step = from <= to ? 1 : -1;
  const isInside = (sequence: number) => (step > 0 ? sequence <= to : sequence >= to);
  for (let sequence = from; sequence > 0 && isInside(sequence); sequence += step) {
    const bytes = await log.read(sequence);
    const head = bytes && headOrNothing(bytes);
    if (head) return { ...head, sequence };
  }
  return undefined;
};
