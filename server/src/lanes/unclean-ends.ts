import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { notesFolder } from './agreed/note-file.ts';

const Hand = z.strictObject({ sequence: z.number(), index: z.number(), stops: z.number() });

/** How a flow has ended badly lately: it, and not another one, was at work when its lane ended. */
const Unclean = z.strictObject({
  /** How often in a row: it has not run for a minute between, and it was not another message each time. */
  count: z.int(),
  /** How it ended the last time. */
  sentence: z.string(),
  /** Revision of the deployment that it ran by; what is wished later begins anew. Undefined is whichever comes first. */
  revision: z.int().optional(),
  /** What its guaranteed connections had in hand. */
  hands: z.record(z.string(), Hand),
});
export type Unclean = z.infer<typeof Unclean>;

/**
 * The bad ends of flows, in a file: a flow that ends the whole server each time is known after the next start, too. Where
 * it cannot be read or written, nothing is known and everything goes on.
 */
export class UncleanEnds {
  private readonly path: string;
  private readonly known: Map<string, Unclean>;

  constructor(dataDir: string) {
    this.path = join(notesFolder(dataDir), 'unclean.json');
    this.known = new Map(Object.entries(read(this.path)));
  }

  of(flow: string): Unclean | undefined {
    return this.known.get(flow);
  }

  /** Counts one more; a message that comes after the one of the last time is a new beginning. */
  add(flow: string, end: Omit<Unclean, 'count'>): Unclean {
    const before = this.known.get(flow);
    const revision = end.revision ?? before?.revision;
    const isSameWish = before?.revision === undefined || before.revision === revision;
    const isInARow = before !== undefined && isSameWish && !isFurther(before.hands, end.hands);
    const unclean: Unclean = {
      count: isInARow ? before.count + 1 : 1,
      sentence: end.sentence,
      hands: end.hands,
      ...(revision === undefined ? {} : { revision }),
    };
    this.known.set(flow, unclean);
    this.keep();
    return unclean;
  }

  clear(flow: string): void {
    if (this.known.delete(flow)) this.keep();
  }

  private keep(): void {
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.path}.new`, JSON.stringify(Object.fromEntries(this.known)), { mode: 0o600 });
      renameSync(`${this.path}.new`, this.path);
    } catch {
      // it is known as long as this process lives
    }
  }
}

const read = (path: string): Record<string, Unclean> => {
  try {
    return z.record(z.string(), Unclean).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
};

type Hands = Unclean['hands'];

/** Whether some connection has got beyond the message, or the block, that it had in hand before. */
const isFurther = (before: Hands, now: Hands): boolean =>
  Object.entries(now).some(([title, { sequence, index }]) => {
    const earlier = before[title];
    if (!earlier || earlier.sequence === 0 || sequence === 0) return false;
    return (
      sequence > earlier.sequence || (sequence === earlier.sequence && earlier.index >= 0 && index > earlier.index)
    );
  });
