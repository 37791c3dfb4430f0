import { type Block, type BlockHead, decodeBlock, headOf } from './block.ts';
import type { BlockLog, LogMark, LogState } from './block-log.ts';

/** What a log holds that has to be delivered. */
export interface Found extends LogState {
  /** How many messages the connection has kept, and how many of them were handed on or are gone before the first block. */
  readonly stored: number;
  readonly passed: number;
  /** How many of the newest ones the log no longer holds, and how many of those were not handed on before. */
  readonly goneAhead: number;
  readonly lost: number;
  /** When the oldest message that waits came in, 0 where that is not known. */
  readonly oldestAt: number;
}

/** How many blocks are looked at in search of one that can be read. */
const mostLooks = 1000;

/**
 * Looks what is left to be delivered in a log that was opened. It may hold more: a disk remembers what it was told to forget
 * when its server was killed, so the newest block and the mark tell what was delivered. It may hold less than the mark says,
 * which is the measure of what is gone.
 */
export const lookInto = async (
  log: Pick<BlockLog, 'read' | 'next'>,
  state: LogState,
  mark: LogMark | undefined,
): Promise<Found> => {
  const { first, last } = state;
  const newest = await newestIn(log, state);
  if (!newest) {
    const stored = mark?.stored ?? 0;
    const lost = stored - (mark?.passed ?? 0);
    return { ...state, first: last + 1, stored, passed: stored, goneAhead: 0, lost, oldestAt: 0 };
  }
  // numbers of a log that was cut were used again, so they say nothing of what is in it now
  const done = Math.max(newest.done < newest.sequence ? newest.done : 0, mark && last >= mark.last ? mark.done : 0);
  const start = done >= first && done < last ? done + 1 : first;
  const oldest = await oldestIn(log, start, last);
  const before = oldest ? oldest.total - oldest.count : newest.total;
  const passed = mark ? Math.min(mark.passed, before) : before;
  const stored = Math.max(newest.total, mark?.stored ?? 0);
  const lost = Math.max(0, stored - Math.max(newest.total, mark?.passed ?? 0));
  const goneAhead = stored - newest.total;
  return { ...state, first: start, stored, passed, goneAhead, lost, oldestAt: oldest?.time ?? 0 };
};

/** What the first line says; undefined where it is damaged. */
export const headOrNothing = (bytes: Uint8Array): BlockHead | undefined => readOrNothing(() => headOf(bytes));

/** When the first message of a block came in; undefined where it is damaged. */
export const timeOf = (bytes: Uint8Array): number | undefined =>
  readOrNothing((): Block => decodeBlock(bytes))?.messages[0]?.time;

const readOrNothing = <Read>(read: () => Read): Read | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

/** The newest block whose first line can be read. */
const newestIn = async (
  log: Pick<BlockLog, 'read' | 'next'>,
  { first, last }: LogState,
): Promise<(BlockHead & { readonly sequence: number }) | undefined> => {
  const newest = (await newestThere(log, first, last)) ?? 0;
  for (let sequence = newest; sequence >= first && sequence > newest - mostLooks; sequence -= 1) {
    const bytes = await log.read(sequence);
    const head = bytes && headOrNothing(bytes);
    if (head) return { ...head, sequence };
  }
  return undefined;
};

/** The newest block that is there at all; found by halving, since thousands behind it may be gone. */
const newestThere = async (log: Pick<BlockLog, 'next'>, first: number, last: number): Promise<number | undefined> => {
  if (last < first || (await log.next(last)) === last) return last;
  let [from, to] = [first, last];
  let found: number | undefined;
  while (from <= to) {
    const middle = Math.ceil((from + to) / 2);
    const next = await log.next(middle);
    if (next === undefined) to = middle - 1;
    else [found, from] = [next, next + 1];
  }
  return found;
};

/** The oldest one, from this number on. */
const oldestIn = async (
  log: Pick<BlockLog, 'read' | 'next'>,
  from: number,
  last: number,
): Promise<(BlockHead & { readonly time: number }) | undefined> => {
  let sequence: number | undefined = from;
  for (let looks = 0; looks < mostLooks && sequence !== undefined && sequence <= last; looks += 1) {
    const bytes = await log.read(sequence);
    const head = bytes && headOrNothing(bytes);
    if (head) return { ...head, time: timeOf(bytes) ?? 0 };
    sequence = await log.next(sequence + 1);
  }
  return undefined;
};

/** How many messages were kept before this block, of all that are stored. */
export const keptBefore = async (
  log: Pick<BlockLog, 'read' | 'next'>,
  sequence: number,
  stored: number,
): Promise<number> => {
  const next = await log.next(sequence);
  const bytes = next === undefined ? undefined : await log.read(next);
  const head = bytes && headOrNothing(bytes);
  return head ? head.total - head.count : stored;
};

/** The first block that goes beyond this total, and how many messages come before it; found by halving. */
export const firstBehind = async (
  log: Pick<BlockLog, 'read' | 'next'>,
  total: number,
  known: { readonly from: number; readonly last: number; readonly stored: number },
): Promise<{ readonly first: number; readonly before: number }> => {
  let [from, to] = [known.from, known.last + 1];
  let before = known.stored;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const next = await log.next(middle);
    const bytes = next === undefined ? undefined : await log.read(next);
    const head = bytes && headOrNothing(bytes);
    if (next === undefined || !head || next >= to || head.total > total) {
      to = middle;
      if (head && head.total > total) before = head.total - head.count;
    } else from = next + 1;
  }
  return { first: from, before };
};
