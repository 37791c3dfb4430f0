import type { MsgRequest } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { managerOf } from '../connection/jet-stream.ts';
import { type ReadLetters, readLetters } from './kept-letter.ts';
import { deadLetterStream, deadLetterSubjects } from '../storage/stream-names.ts';

/** How many stored messages are read at once on the way back from the newest. */
const atOnce = 8;

/** Which stored messages a stream has, by number. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** The blocks in which the dead letters of one flow are stored, as they are: with what was taken out of them. */
export class LetterBlocks {
  constructor(
    private readonly nats: NatsConnection,
    private readonly flow: string,
  ) {}

  /** Numbers grow with the stored messages, so halving finds it. Letters from before there were blocks come first. */
  async find(number: number, { first, last }: Range): Promise<ReadLetters | undefined> {
    const { blocks, single } = deadLetterSubjects(this.flow);
    let [from, to] = [first, last];
    let found: ReadLetters | undefined;
    while (from <= to) {
      const middle = Math.floor((from + to) / 2);
      const block = await this.next(middle, blocks);
      if (block && block.first <= number) [found, from] = [block, block.sequence + 1];
      else to = middle - 1;
    }
    if (found || number < first) return found;
    const alone = await this.next(number, single);
    return alone?.sequence === number ? alone : undefined;
  }

  async *newestFirst({
    first,
    last,
    deleted,
  }: Range & { readonly deleted: ReadonlySet<number> }): AsyncIterable<ReadLetters> {
    for (let at = last; at >= first;) {
      const sequences: number[] = [];
      for (; at >= first && sequences.length < atOnce; at -= 1) if (!deleted.has(at)) sequences.push(at);
      const blocks = await Promise.all(sequences.map(async (sequence) => this.at(sequence)));
      yield* blocks.filter((block) => block !== undefined);
    }
  }

  async *oldestFirst({ first, last }: Range): AsyncIterable<ReadLetters> {
    const { blocks, single } = deadLetterSubjects(this.flow);
    for (const subject of [single, blocks])
      for (let at = first; at <= last;) {
        const block = await this.next(at, subject);
        if (!block) break;
        yield block;
        at = block.sequence + 1;
      }
  }

  /** The first block at this stored message or after it. */
  async next(sequence: number, subject: string): Promise<ReadLetters | undefined> {
    const query: MsgRequest & { next_by_subj: string } = { seq: sequence, next_by_subj: subject };
    const message = await this.message(query);
    return message ? readLetters(message.string(), message.seq) : undefined;
  }

  /** Undefined for what is gone, and for a note of what was taken out. */
  private async at(sequence: number): Promise<ReadLetters | undefined> {
    const message = await this.message({ seq: sequence });
    return message && message.data.length > 0 ? readLetters(message.string(), message.seq) : undefined;
  }

  private async message(query: MsgRequest) {
    return (await managerOf(this.nats)).streams.getMessage(deadLetterStream(this.flow), query);
  }
}
