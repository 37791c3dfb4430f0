import { DiscardPolicy, jetstream, type JetStreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { managerOf } from './jet-stream.ts';
import { encodeLetters, idOf, type LetterBlock, readLetters } from './kept-letter.ts';
import { ensureStream } from './stream-log.ts';
import { deadLetterStream, deadLetterSubject, deadLetterSubjects } from './stream-names.ts';
import { whileConnected } from './while-connected.ts';

/** How long one call may take, in milliseconds. */
const patienceMs = 5000;
/** The bounds of what is kept of one flow; the oldest go first. */
const mostBytes = 16 * 1024 ** 2;
const mostBlocks = 100_000;

/** Adds to the dead letters of one flow. Their stream is made with the first of them. */
export class DeadLetterWriter {
  /** Number of the next letter; undefined as long as it is not known whether the stream is there. */
  private next: number | undefined;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly nats: NatsConnection,
    private readonly flow: string,
    private readonly replicas: number,
  ) {}

  /** Resolves when the whole block is on disk. One goes after the other: their order is the order of the calls. */
  add(block: LetterBlock): Promise<void> {
    const added = this.last.then(async () => this.store(block));
    this.last = added.catch(() => undefined);
    return added;
  }

  private async store(block: LetterBlock): Promise<void> {
    const first = (this.next ??= await this.open());
    this.next = undefined;
    const id = idOf(block);
    const subject = deadLetterSubject({ flow: this.flow, component: block[0].component, letters: block.length });
    await whileConnected(this.nats, async () =>
      jetstream(this.nats).publish(subject, encodeLetters(block, first), {
        timeout: patienceMs,
        ...(id === undefined ? {} : { msgID: id }),
      }),
    );
    this.next = first + block.length;
  }

  /** Numbers grow, and none is lower than the number of its stored message, which it was before there were blocks. */
  private async open(): Promise<number> {
    const manager: JetStreamManager = await managerOf(this.nats);
    const name = deadLetterStream(this.flow);
    const { state } = await ensureStream(manager, {
      name,
      description: `SemStreams flow "${this.flow}": messages that can never work`,
      subjects: [deadLetterSubjects(this.flow).all],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_bytes: mostBytes,
      max_msgs: mostBlocks,
      num_replicas: this.replicas,
    });
    const last = await manager.streams.getMessage(name, { last_by_subj: deadLetterSubjects(this.flow).blocks });
    const block = last && readLetters(last.string(), last.seq);
    return 1 + Math.max(state.last_seq, block ? block.first + block.lines.length - 1 : 0);
  }
}
