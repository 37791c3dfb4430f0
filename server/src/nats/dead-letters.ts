import {
  DiscardPolicy,
  jetstream,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { DeadLetter } from '@semstreams/contract';
import { z } from 'zod';
import { ensureStream } from './stream-log.ts';
import { deadLetterStream, deadLetterSubject } from './stream-names.ts';
import { whileConnected } from './while-connected.ts';

/** How long one call may take, in milliseconds. */
const patienceMs = 5000;
/** The bounds of the dead letters of one flow; the oldest go first. */
const mostBytes = 16 * 1024 ** 2;
const mostLetters = 100_000;
/** A payload that is longer is cut, in characters. */
const longestPayload = 256 * 1024;
const noSuchStream = 10_059;

/** A dead letter as it is kept. The payload is text, so that nothing of it changes, such as integers beyond 2^53. */
const Kept = z.strictObject({
  component: z.string(),
  port: z.string().optional(),
  reason: z.string(),
  failed_at: z.string(),
  message_id: z.string().optional(),
  message_time: z.string().optional(),
  kind: z.enum(['json', 'base64', 'cut']),
  payload: z.string(),
});
export type KeptLetter = z.infer<typeof Kept>;

/** The dead letters of one flow: a bounded stream. */
export class DeadLetters {
  private isThere = false;

  constructor(
    private readonly nats: NatsConnection,
    private readonly flow: string,
    private readonly replicas: number,
  ) {}

  /** Resolves when it is on disk. */
  async add(letter: KeptLetter): Promise<void> {
    const cut: KeptLetter =
      letter.payload.length > longestPayload
        ? { ...letter, kind: 'cut', payload: letter.payload.slice(0, longestPayload) }
        : letter;
    if (!this.isThere) await this.make();
    try {
      await whileConnected(this.nats, async () =>
        jetstream(this.nats).publish(deadLetterSubject(this.flow, letter.component), JSON.stringify(cut), {
          timeout: patienceMs,
          ...(letter.message_id === undefined ? {} : { msgID: idOf(letter) }),
        }),
      );
    } catch (thrown) {
      this.isThere = false;
      throw thrown;
    }
  }

  /** Newest first, those before the number `before`. */
  async page(limit: number, before: number): Promise<{ total: number; items: DeadLetter[] }> {
    const state = await this.state();
    if (!state) return { total: 0, items: [] };
    const gone = new Set(state.deleted);
    const sequences: number[] = [];
    for (let at = Math.min(state.last, before - 1); at >= state.first && sequences.length < limit; at -= 1)
      if (!gone.has(at)) sequences.push(at);
    const found = await Promise.all(sequences.map(async (sequence) => this.get(sequence)));
    return { total: state.total, items: found.filter((letter) => letter !== undefined) };
  }

  /** All that are there, oldest first, `limit` at most. */
  async sequences(limit: number): Promise<number[]> {
    const state = await this.state();
    if (!state) return [];
    const gone = new Set(state.deleted);
    const sequences: number[] = [];
    for (let at = state.first; at <= state.last && sequences.length < limit; at += 1)
      if (!gone.has(at)) sequences.push(at);
    return sequences;
  }

  async get(sequence: number): Promise<DeadLetter | undefined> {
    const kept = await this.read(sequence);
    if (!kept) return undefined;
    const { kind, payload, ...letter } = kept;
    return {
      ...letter,
      sequence,
      can_resend: kind === 'json' && letter.port !== undefined,
      payload: kind === 'json' ? JSON.parse(payload) : kind === 'base64' ? { base64: payload } : payload,
    };
  }

  /** As it was kept, with the payload as text. */
  async read(sequence: number): Promise<KeptLetter | undefined> {
    try {
      const message = await (await this.manager()).streams.getMessage(deadLetterStream(this.flow), { seq: sequence });
      return message ? Kept.parse(message.json()) : undefined;
    } catch (thrown) {
      if (isNoStream(thrown)) return undefined;
      throw thrown;
    }
  }

  /** Whether there was one of this number. */
  async remove(sequence: number): Promise<boolean> {
    if (!(await this.read(sequence))) return false;
    return (await this.manager()).streams.deleteMessage(deadLetterStream(this.flow), sequence, false);
  }

  /** How many there were. */
  async removeAll(): Promise<number> {
    const state = await this.state();
    if (!state) return 0;
    return (await (await this.manager()).streams.purge(deadLetterStream(this.flow))).purged;
  }

  private async make(): Promise<void> {
    await ensureStream(await this.manager(), {
      name: deadLetterStream(this.flow),
      description: `SemStreams flow "${this.flow}": messages that can never work`,
      subjects: [deadLetterSubject(this.flow, '*')],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_bytes: mostBytes,
      max_msgs: mostLetters,
      num_replicas: this.replicas,
    });
    this.isThere = true;
  }

  private async state() {
    try {
      const { state } = await (
        await this.manager()
      ).streams.info(deadLetterStream(this.flow), { deleted_details: true });
      return { first: state.first_seq, last: state.last_seq, total: state.messages, deleted: state.deleted ?? [] };
    } catch (thrown) {
      if (isNoStream(thrown)) return undefined;
      throw thrown;
    }
  }

  private async manager(): Promise<JetStreamManager> {
    return jetstream(this.nats, { timeout: patienceMs }).jetstreamManager(false);
  }
}

/** One message fails at one place once, also where it came there twice. */
const idOf = ({ component, port, message_id }: KeptLetter): string => `${component}.${port}.${message_id}`;

const isNoStream = (thrown: unknown): boolean => thrown instanceof JetStreamApiError && thrown.code === noSuchStream;
