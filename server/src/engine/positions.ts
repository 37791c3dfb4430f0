import type { BlockLog, LogMark, LogState } from './block-log.ts';
import { headOrNothing } from './look-into.ts';
import type { Batch, Message, Position } from './message.ts';
import { ProgressTable } from './origins.ts';

/** So many sources are remembered, those that sent last: one that begins anew has another name. */
const mostSources = 256;

/** How far each source has come that sends again what it is not sure of. */
export class Positions {
  /** Those that sent last at the end. */
  private readonly known = new Map<string, number>();

  constructor(positions: readonly Position[] = []) {
    for (const position of positions) this.reach(position);
  }

  get isEmpty(): boolean {
    return this.known.size === 0;
  }

  reach({ source, sequence }: Position): void {
    const before = this.known.get(source) ?? -Infinity;
    this.known.delete(source);
    this.known.set(source, Math.max(before, sequence));
    if (this.known.size > mostSources) this.known.delete(this.known.keys().next().value!);
  }

  /** Whether it was there before. */
  has({ source, sequence }: Position): boolean {
    const reached = this.known.get(source);
    return reached !== undefined && sequence <= reached;
  }

  of(source: string): number | undefined {
    return this.known.get(source);
  }

  list(): Position[] {
    return [...this.known].map(([source, sequence]) => ({ source, sequence }));
  }
}

/** How many blocks are looked at for what was kept of each source, the newest ones, and how many at once. */
const mostLooks = 1000;
const looksAtOnce = 16;

/** What a log that was opened has kept of each source: what was noted of that, and what the blocks since then say. */
export const keptOfSources = async (
  log: Pick<BlockLog, 'read'>,
  { first, last }: LogState,
  mark: LogMark | undefined,
): Promise<{ readonly positions: Positions; readonly progress: ProgressTable }> => {
  const positions = new Positions(mark?.positions);
  const progress = new ProgressTable(mark?.progress);
  const noted = mark && last >= mark.last ? mark.last : 0;
  for (let at = Math.max(first, noted + 1, last - mostLooks + 1); at <= last; at += looksAtOnce) {
    const count = Math.min(looksAtOnce, last - at + 1);
    const blocks = await Promise.all(Array.from({ length: count }, async (_, index) => log.read(at + index)));
    for (const bytes of blocks) {
      const head = bytes && headOrNothing(bytes);
      for (const position of head?.positions ?? []) positions.reach(position);
      for (const row of head?.progress ?? []) progress.raise(row);
    }
  }
  return { positions, progress };
};

/** How far each source has come when all of these messages are kept; of very many, those that would be remembered. */
export const reachedBy = (messages: Batch): Position[] => {
  const reached = new Map<string, Position>();
  for (const { position } of messages) {
    if (position === undefined || position.isPart) continue;
    const before = reached.get(position.source);
    if (before === undefined || before.sequence < position.sequence) reached.set(position.source, position);
  }
  return reached.size === 0 ? none : [...reached.values()].slice(-mostSources);
};
const none: Position[] = [];

/** Of several messages that were made of one, the last alone says that the one was taken. */
export const madeOfOne = (messages: Batch): Batch => {
  if (messages.length < 2 || messages.every(({ position }) => position === undefined)) return messages;
  return messages.map((message, index) => (index < messages.length - 1 ? asPart(message) : message));
};

const asPart = (message: Message): Message =>
  message.position === undefined ? message : message.at({ ...message.position, isPart: true });
