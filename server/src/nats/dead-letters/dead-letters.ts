import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { DeadLetter } from '@semstreams/contract';
import { isNoSuchStream, jetStreamOf, managerOf } from '../connection/jet-stream.ts';
import { type KeptLetter, letterIn, type ReadLetters } from './kept-letter.ts';
import { LetterBlocks } from './letter-blocks.ts';
import { openLetters } from './letter-stream.ts';
import { type LetterChoice, type LetterPage, pageOfLetters } from './letter-page.ts';
import { shownLetter } from './shown-letter.ts';
import {
  deadLetterStream,
  deadLetterSubjects,
  readDeadLetterSubject,
  takenOutSubject,
  takenOutSubjects,
} from '../storage/stream-names.ts';

/** What a stream of dead letters holds, before a look at the letters themselves. */
interface Overview {
  readonly first: number;
  readonly last: number;
  /** Stored messages between them that are no longer there. */
  readonly deleted: ReadonlySet<number>;
  /** How many letters the blocks hold, with those that were taken out of them. */
  readonly letters: number;
  /** Numbers of letters that were taken out of a block that holds others, by the number of its first letter. */
  readonly removed: Map<number, Set<number>>;
}

/**
 * The dead letters of one flow, for those who look at them. Many may be stored as one block: one that is taken out of it is
 * noted beside it, and the block goes with its last letter. It knows what was there at its first call, and what it removed.
 */
export class DeadLetters {
  private known: Promise<Overview | undefined> | undefined;
  private lastRead: ReadLetters | undefined;
  private readonly blocks: LetterBlocks;

  constructor(
    private readonly nats: NatsConnection,
    private readonly flow: string,
  ) {
    this.blocks = new LetterBlocks(nats, flow);
  }

  async page(choice: LetterChoice): Promise<LetterPage> {
    const overview = await this.overview();
    if (!overview) return { total: 0, items: [] };
    const isThere = (block: ReadLetters, number: number) => !isRemoved(overview, block, number);
    const page = await pageOfLetters(this.blocks, overview, { ...choice, isThere });
    return { total: await this.total(overview), ...page };
  }

  /** How many there are. */
  async count(): Promise<number> {
    const overview = await this.overview();
    return overview ? this.total(overview) : 0;
  }

  /** Numbers of all that are there, oldest first, `limit` at most. */
  async sequences(limit: number): Promise<number[]> {
    const overview = await this.overview();
    if (!overview) return [];
    const found: number[] = [];
    for await (const block of this.blocks.oldestFirst(overview))
      for (let number = block.first; number < block.first + block.lines.length; number += 1) {
        if (found.length === limit) return found;
        if (!isRemoved(overview, block, number)) found.push(number);
      }
    return found;
  }

  async get(number: number): Promise<DeadLetter | undefined> {
    const block = await this.blockOf(number);
    return block && shownLetter(block, number);
  }

  /** As it was kept, with the payload as text. */
  async read(number: number): Promise<KeptLetter | undefined> {
    const block = await this.blockOf(number);
    return block && letterIn(block, number);
  }

  /** Whether there was one of this number. */
  async remove(number: number): Promise<boolean> {
    return this.withOpened(async () => this.takeOut(number));
  }

  private async takeOut(number: number): Promise<boolean> {
    const overview = await this.overview();
    const block = await this.blockOf(number);
    if (!overview || !block) return false;
    const { first, lines, sequence } = block;
    const removed = overview.removed.get(first) ?? new Set();
    overview.removed.set(first, removed.add(number));
    if (removed.size < lines.length) {
      await jetStreamOf(this.nats).publish(takenOutSubject({ flow: this.flow, first, number }));
      return true;
    }
    const { streams } = await this.manager();
    await streams.deleteMessage(deadLetterStream(this.flow), sequence, false);
    if (removed.size > 1)
      await streams.purge(deadLetterStream(this.flow), { filter: takenOutSubjects(this.flow, first) });
    return true;
  }

  /** How many there were. */
  async removeAll(): Promise<number> {
    const overview = await this.overview();
    if (!overview) return 0;
    const total = await this.total(overview);
    const { streams } = await this.manager();
    const name = deadLetterStream(this.flow);
    await this.withOpened(async () => streams.purge(name));
    this.known = this.lastRead = undefined;
    return total;
  }

  /** What was taken out of blocks that are gone themselves does not count. */
  private async total({ first, letters, removed }: Overview): Promise<number> {
    if (removed.size === 0) return letters;
    const oldest = (await this.blocks.next(first, deadLetterSubjects(this.flow).blocks))?.first ?? Infinity;
    let taken = 0;
    for (const [block, numbers] of removed) if (block >= oldest) taken += numbers.size;
    return letters - taken;
  }

  /** The block that holds the letter of this number, where it was not taken out. */
  private async blockOf(number: number): Promise<ReadLetters | undefined> {
    const overview = await this.overview();
    if (!overview) return undefined;
    if (!this.lastRead || !holds(this.lastRead, number)) this.lastRead = await this.blocks.find(number, overview);
    const block = this.lastRead;
    return block && holds(block, number) && !isRemoved(overview, block, number) ? block : undefined;
  }

  private async overview(): Promise<Overview | undefined> {
    return (this.known ??= this.look());
  }

  private async look(): Promise<Overview | undefined> {
    const { all } = deadLetterSubjects(this.flow);
    try {
      const { state } = await (
        await this.manager()
      ).streams.info(deadLetterStream(this.flow), { deleted_details: true, subjects_filter: all });
      const removed = new Map<number, Set<number>>();
      let letters = 0;
      for (const [subject, messages] of Object.entries(state.subjects ?? {})) {
        const read = readDeadLetterSubject(this.flow, subject);
        if ('letters' in read) letters += read.letters * messages;
        else removed.set(read.first, (removed.get(read.first) ?? new Set()).add(read.number));
      }
      return { first: state.first_seq, last: state.last_seq, deleted: new Set(state.deleted ?? []), letters, removed };
    } catch (thrown) {
      if (isNoSuchStream(thrown)) return undefined;
      throw thrown;
    }
  }

  /** Where the stream refuses it, as one does that somebody has sealed, it is made as it should be first. */
  private async withOpened<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof JetStreamApiError) || isNoSuchStream(thrown)) throw thrown;
      const { config } = await (await this.manager()).streams.info(deadLetterStream(this.flow));
      await openLetters(this.nats, this.flow, config.num_replicas);
      this.known = this.lastRead = undefined;
      return work();
    }
  }

  private async manager(): Promise<JetStreamManager> {
    return managerOf(this.nats);
  }
}

const isRemoved = ({ removed }: Overview, { first }: ReadLetters, number: number): boolean =>
  removed.get(first)?.has(number) ?? false;

const holds = ({ first, lines }: ReadLetters, number: number): boolean =>
  number >= first && number < first + lines.length;
