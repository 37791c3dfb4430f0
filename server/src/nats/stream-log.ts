import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { BufferLimits } from '@semstreams/contract';
import { type BlockLog, LogFull, type LogState } from '../engine/block-log.ts';
import { jetStreamOf } from './jet-stream.ts';
import { type BufferPlace, bufferStream, bufferSubject } from './stream-names.ts';
import { whileConnected } from './while-connected.ts';

/** How long one call may take, in milliseconds. */
const patienceMs = 5000;
/** How long JetStream knows the ids of blocks, in milliseconds. */
const deduplicateMs = 120_000;
/** What the headers of a block take, in bytes. */
const headerBytes = 1024;

/** Error codes of the JetStream API, see https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const noSuchStream = 10_059;
const isFull = new Set([10_077, 10_078, 10_054]);
const noStorage = new Set([10_047, 10_023, 10_028]);

/** A block log that is a JetStream stream, with a name that people recognise. */
export class StreamLog implements BlockLog {
  private readonly config: Partial<StreamConfig> & { readonly name: string };
  private readonly subject: string;
  private readonly maxBytes: number;
  private isThere = false;

  constructor(
    private readonly nats: NatsConnection,
    place: BufferPlace,
    limits: BufferLimits,
    replicas: number,
  ) {
    this.subject = bufferSubject(place);
    this.maxBytes = limits.maxBytes;
    const title = `${place.from}.${place.fromPort} → ${place.to}.${place.toPort}`;
    this.config = {
      name: bufferStream(place),
      description: `SemStreams flow "${place.flow}": what waits in ${title}`,
      subjects: [this.subject],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: limits.whenFull === 'block' ? DiscardPolicy.New : DiscardPolicy.Old,
      max_bytes: limits.maxBytes,
      max_age: nanos(limits.maxAgeMs),
      duplicate_window: nanos(Math.min(deduplicateMs, limits.maxAgeMs)),
      num_replicas: replicas,
    };
  }

  get mostBytes(): number {
    return Math.min(this.nats.info?.max_payload ?? 1024 ** 2, this.maxBytes) - headerBytes;
  }

  async open(): Promise<LogState> {
    const info = await this.ask(async (manager) => ensureStream(manager, this.config));
    this.isThere = true;
    return stateOf(info);
  }

  async state(): Promise<LogState> {
    return stateOf(await this.ask(async ({ streams }) => streams.info(this.config.name)));
  }

  async append(bytes: Uint8Array, id: string): Promise<number> {
    if (!this.isThere) await this.open();
    try {
      const stored = await whileConnected(this.nats, async () =>
        this.client().publish(this.subject, bytes, {
          msgID: id,
          expect: { streamName: this.config.name },
          timeout: patienceMs,
        }),
      );
      return stored.seq;
    } catch (thrown) {
      if (thrown instanceof JetStreamApiError && isFull.has(thrown.code))
        throw new LogFull('its stream is full', { cause: thrown });
      // somebody may have deleted the stream: look before the next attempt
      this.isThere = false;
      throw told(thrown);
    }
  }

  async read(sequence: number): Promise<Uint8Array | undefined> {
    const message = await this.ask(async ({ streams }) => streams.getMessage(this.config.name, { seq: sequence }));
    return message?.data;
  }

  async trim(sequence: number): Promise<void> {
    await this.ask(async ({ streams }) => streams.purge(this.config.name, { seq: sequence + 1 }));
  }

  private client(): JetStreamClient {
    return jetStreamOf(this.nats);
  }

  private async ask<Answer>(work: (manager: JetStreamManager) => Promise<Answer>): Promise<Answer> {
    return whileConnected(this.nats, async () => work(await this.client().jetstreamManager(false)));
  }
}

/** The stream as it should be: made where there is none, changed where it is otherwise. */
export const ensureStream = async (
  manager: JetStreamManager,
  config: Partial<StreamConfig> & { readonly name: string },
): Promise<StreamInfo> => {
  try {
    const present = await manager.streams.info(config.name);
    const isSame = Object.entries(config).every(
      ([key, value]) => JSON.stringify(present.config[key as keyof StreamConfig]) === JSON.stringify(value),
    );
    return isSame ? present : await manager.streams.update(config.name, config);
  } catch (thrown) {
    if (!(thrown instanceof JetStreamApiError) || thrown.code !== noSuchStream) throw told(thrown);
  }
  try {
    return await manager.streams.add(config);
  } catch (thrown) {
    throw told(thrown);
  }
};

/** What NATS says, in words that lead on. */
const told = (thrown: unknown): Error => {
  if (thrown instanceof JetStreamApiError && noStorage.has(thrown.code))
    return new Error('NATS has no storage left for it: raise "nats.max_file_store", or lower "max_bytes" of buffers', {
      cause: thrown,
    });
  const { name, message } = thrown as Error;
  if (name === 'TimeoutError') return new Error('NATS does not answer', { cause: thrown });
  if (name === 'JetStreamNotEnabled' || name === 'NoRespondersError')
    return new Error('NATS keeps nothing at present', { cause: thrown });
  return new Error(message, { cause: thrown });
};

export const stateOf = ({ state }: StreamInfo): LogState => ({
  first: state.messages === 0 ? state.last_seq + 1 : state.first_seq,
  last: state.last_seq,
  bytes: state.bytes,
});
