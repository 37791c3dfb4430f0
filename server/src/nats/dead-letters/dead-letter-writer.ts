import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { firstReserve } from '../storage/ensure-stream.ts';
import { jetStreamOf, managerOf } from '../connection/jet-stream.ts';
import { encodeLetters, idOf, type LetterBlock, readLetters } from './kept-letter.ts';
import { mostBytes, openLetters } from './letter-stream.ts';
import { reserveIsFull, told } from '../storage/stream-log.ts';
import { deadLetterStream, deadLetterSubject, deadLetterSubjects } from '../storage/stream-names.ts';
import { whileConnected } from '../connection/while-connected.ts';

/** How long one call may take, in milliseconds. */
const patienceMs = 5000;

/** Adds to the dead letters of one flow. Their stream is made with the first of them. */
export class DeadLetterWriter {
  /** Number of the next letter; undefined as long as it is not known whether the stream is there. */
  private next: number | undefined;
  private last: Promise<void> = Promise.resolve();
  /** What the stream holds, about. */
  private bytes = 0;

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
    const bytes = Buffer.from(encodeLetters(block, first));
    if (this.bytes + bytes.length > mostBytes) await this.makeRoom(bytes.length);
    try {
      await whileConnected(this.nats, async () =>
        jetStreamOf(this.nats).publish(subject, bytes, {
          timeout: patienceMs,
          ...(id === undefined ? {} : { msgID: id }),
        }),
      );
    } catch (thrown) {
      await this.makeRoomIn(thrown, bytes.length);
      throw told(thrown);
    }
    this.bytes += bytes.length;
    this.next = first + block.length;
  }

  /** Forgets the oldest letters, as many as bytes are wanted. */
  private async makeRoom(size: number): Promise<void> {
    const manager = await this.manager();
    const name = deadLetterStream(this.flow);
    const { state } = await manager.streams.info(name);
    this.bytes = state.bytes;
    const surplus = state.bytes + size - mostBytes;
    if (surplus <= 0 || state.messages === 0) return;
    const blocks = Math.ceil(surplus / (state.bytes / state.messages));
    await manager.streams.purge(name, { seq: state.first_seq + blocks });
    await this.makeRoom(size);
  }

  /** An account that insists on a size of each stream has set too little aside for this one. */
  private async makeRoomIn(thrown: unknown, size: number): Promise<void> {
    if (!(thrown instanceof JetStreamApiError) || !reserveIsFull.has(thrown.code)) return;
    const manager = await this.manager();
    const { config } = await manager.streams.info(deadLetterStream(this.flow));
    const maxBytes = Math.min(2 * (config.max_bytes + size), mostBytes + firstReserve);
    await manager.streams.update(config.name, { max_bytes: maxBytes });
  }

  /** Numbers grow, and none is lower than the number of its stored message, which it was before there were blocks. */
  private async open(): Promise<number> {
    const manager = await this.manager();
    const name = deadLetterStream(this.flow);
    const { state } = await openLetters(this.nats, this.flow, this.replicas);
    this.bytes = state.bytes;
    const last = await manager.streams.getMessage(name, { last_by_subj: deadLetterSubjects(this.flow).blocks });
    const block = last && readLetters(last.string(), last.seq);
    return 1 + Math.max(state.last_seq, block ? block.first + block.lines.length - 1 : 0);
  }

  private async manager(): Promise<JetStreamManager> {
    return managerOf(this.nats);
  }
}
