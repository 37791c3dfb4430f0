import { JetStreamApiError, type JetStreamClient, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { BufferLimits } from '@semstreams/contract';
import { type BlockLog, LogFull, type LogMark, type LogState } from '../../engine/block-log.ts';
import { BufferForm } from './buffer-form.ts';
import { firstReserve, type StreamWish } from './ensure-stream.ts';
import { isNoSuchStream, jetStreamOf, managerOf } from '../connection/jet-stream.ts';
import type { MarkFile } from './mark-file.ts';
import { askToFindItsPlace, hasLostItsPlace } from './lost-place.ts';
import type { Room } from './room-share.ts';
import { type BufferPlace, bufferStream, bufferSubject } from './stream-names.ts';
import { whileConnected } from '../connection/while-connected.ts';

/** How long one call may take, in milliseconds. */
const patienceMs = 5000;
/** How long JetStream knows the ids of blocks, in milliseconds. */
const deduplicateMs = 120_000;
/** What the headers of a block take, in bytes. */
const headerBytes = 1024;
/** How often a block is tried before it is somebody else's turn to wait. */
const mostTries = 8;

/** Error codes of the JetStream API, see https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const wrongLastSequence = 10_071;
export const reserveIsFull = new Set([10_077, 10_054]);
const noStorage = new Set([10_047, 10_023, 10_028, 10_002]);
const isSealed = 10_109;
const purgeRefused = new Set([isSealed, 10_110]);

export interface StreamLogOptions {
  readonly nats: NatsConnection;
  readonly place: BufferPlace;
  readonly limits: BufferLimits;
  readonly replicas: number;
  readonly mark: Pick<MarkFile, 'read' | 'write' | 'forget' | 'forgotten'>;
  /** What all buffers together may still fill. */
  readonly room: Room;
  /** Says what somebody has done to the stream by hand. */
  readonly tell: (sentence: string) => void;
}

/**
 * A block log that is a JetStream stream, with a name that people recognise. It keeps to its limit itself: a limit of the
 * stream would be set aside whether it is used or not. Each block says which number it expects, so that it is noticed at once
 * when somebody else writes, when the store has lost its newest blocks, and when the stream was made anew.
 */
export class StreamLog implements BlockLog {
  private readonly wish: StreamWish;
  private readonly subject: string;
  private readonly form: BufferForm;
  private isThere = false;
  private known = { first: 1, last: 0, bytes: 0, blocks: 0 };
  /** What an account that insists on a size has set aside, in bytes. */
  private reserve = Infinity;
  private mending: Promise<unknown> | undefined;
  /** The nats-server that has lost its place in a damaged file of the stream. */
  private lostAt: string | undefined;
  /** What NATS takes for the newest number where its store, which has lost more, goes on from another. */
  private claimed: number | undefined;
  /** What is being read, and what is being trimmed: never both at once. */
  private readonly reading = new Set<Promise<unknown>>();
  private trimming: Promise<void> | undefined;
  /** Whether a block was read since the last trim, which is when JetStream may lose its place. */
  private hasRead = false;
  private isPublishing = false;
  /** Up to here all is delivered, or had to go. */
  private trimmed = 0;

  constructor(private readonly options: StreamLogOptions) {
    const { place, limits, replicas } = options;
    this.subject = bufferSubject(place);
    const title = `${place.from}.${place.fromPort} → ${place.to}.${place.toPort}`;
    this.wish = {
      name: bufferStream(place),
      description: `SemStreams flow "${place.flow}": what waits in ${title}`,
      subjects: [this.subject],
      max_age: nanos(limits.maxAgeMs),
      duplicate_window: nanos(Math.min(deduplicateMs, limits.maxAgeMs)),
      num_replicas: replicas,
    };
    this.form = new BufferForm(this.wish, options.tell);
  }

  get mostBytes(): number {
    return Math.min(this.options.nats.info?.max_payload ?? 1024 ** 2, this.options.limits.maxBytes) - headerBytes;
  }

  async open(after = 0): Promise<LogState> {
    this.known.last = Math.max(this.known.last, after);
    return this.mend(async (manager) => this.checked(manager, await this.form.ensure(manager, this.known.last)));
  }

  async state(): Promise<LogState> {
    if (!this.isThere) return this.open(this.known.last);
    const info = await this.ask(async (manager) => {
      const found = await manager.streams.info(this.wish.name);
      return hasLostItsPlace(found, this.known.last) ? found : this.form.putRight(manager, found);
    });
    if (info && !hasLostItsPlace(info, this.known.last)) return this.take(info);
    return this.open(this.known.last);
  }

  async append(bytes: Uint8Array, firstId: string): Promise<number> {
    const size = bytes.length + headerBytes;
    let id = firstId;
    for (let tries = 1; ; tries += 1) {
      if (!this.isThere) await this.open(this.known.last);
      await this.makeRoom(size);
      const { last } = this.known;
      try {
        const { seq, duplicate } = await this.publish(bytes, id, last);
        if (seq !== last + 1 && !duplicate && (await this.hasWrittenOver())) {
          // it lies where nobody will find it, so it must not be taken for kept
          id = `${firstId}+${tries}`;
          await this.open(last);
          continue;
        }
        this.claimed = undefined;
        this.known.blocks += 1;
        this.known.bytes += bytes.length + headerBytes / 2;
        this.known.last = Math.max(this.known.last, seq);
        return seq;
      } catch (thrown) {
        await this.understand(thrown);
        if (tries >= mostTries) throw told(thrown);
      } finally {
        this.options.room.done(size);
      }
    }
  }

  async read(sequence: number): Promise<Uint8Array | undefined> {
    while (this.trimming) await this.trimming.catch(() => undefined);
    const reading = this.readNow(sequence);
    this.reading.add(reading);
    try {
      return await reading;
    } finally {
      this.reading.delete(reading);
    }
  }

  async next(sequence: number): Promise<number | undefined> {
    const query = { seq: Math.max(1, sequence), next_by_subj: this.subject };
    const message = await this.ask(async ({ streams }) => streams.getMessage(this.wish.name, query));
    return message?.seq;
  }

  async trim(sequence: number): Promise<void> {
    while (this.trimming) await this.trimming.catch(() => undefined);
    const trimming = this.trimNow(sequence);
    this.trimming = trimming;
    try {
      await trimming;
    } finally {
      this.trimming = undefined;
    }
  }

  async mark(): Promise<LogMark | undefined> {
    return this.options.mark.read();
  }

  async note(mark: LogMark): Promise<void> {
    return this.options.mark.write(mark);
  }

  private async readNow(sequence: number): Promise<Uint8Array | undefined> {
    this.hasRead = true;
    const message = await this.ask(async ({ streams }) => streams.getMessage(this.wish.name, { seq: sequence }));
    // in reading a damaged file JetStream may lose its place, which must be known before anything is written
    if (!message && sequence >= this.known.first && sequence <= this.known.last) await this.state();
    return message?.data;
  }

  /** Where JetStream has lost its place in reading, a purge would remove everything: it is looked before. */
  private async trimNow(sequence: number): Promise<void> {
    // NATS takes a purge up to before the first number for one of everything
    if (sequence < 1) return;
    this.trimmed = Math.max(this.trimmed, sequence);
    await Promise.allSettled(this.reading);
    if (this.hasRead) await this.state();
    this.hasRead = false;
    if (this.form.locked !== undefined) return this.trimLocked(sequence);
    try {
      await this.ask(async ({ streams }) => streams.purge(this.wish.name, { seq: sequence + 1 }));
    } catch (thrown) {
      if (!(thrown instanceof JetStreamApiError && purgeRefused.has(thrown.code))) throw thrown;
      await this.trimLocked(sequence);
    }
  }

  /** A stream that forgets nothing any more is made anew when all that it holds is delivered; where that is, is noted. */
  private async trimLocked(sequence: number): Promise<void> {
    const { last } = await this.state();
    if (this.form.locked === undefined || this.isPublishing || sequence < last) return;
    await this.renew();
  }

  private async renew(): Promise<void> {
    await this.mend(async (manager) => {
      await manager.streams.delete(this.wish.name);
      return this.take(await this.form.ensure(manager, this.known.last));
    });
  }

  private async publish(bytes: Uint8Array, id: string, lastSequence: number) {
    this.isPublishing = true;
    try {
      await this.mending?.catch(() => undefined);
      if (this.lostAt !== undefined) await this.open(this.known.last);
      return await whileConnected(this.options.nats, async () =>
        this.client().publish(this.subject, bytes, {
          msgID: id,
          expect: { streamName: this.wish.name, lastSequence: this.claimed ?? lastSequence },
          timeout: patienceMs,
        }),
      );
    } finally {
      this.isPublishing = false;
    }
  }

  /** A block got a number from the past: whether it lies over others that are still there, and so is not kept. */
  private async hasWrittenOver(): Promise<boolean> {
    const info = await this.ask(async ({ streams }) => streams.info(this.wish.name));
    if (info && hasLostItsPlace(info, this.known.last)) return true;
    if (info) this.take(info);
    return false;
  }

  /** Why a block was not taken, and what is known of the log anew, so that it can be tried again. */
  private async understand(thrown: unknown): Promise<void> {
    if (thrown instanceof JetStreamApiError) {
      if (thrown.code === wrongLastSequence) {
        const { last } = await this.state();
        const claimed = Number(/\d+$/.exec(thrown.message)?.[0] ?? last);
        this.claimed = claimed === last ? undefined : claimed;
        return;
      }
      if (thrown.code === isSealed) return this.openSealed();
      if (reserveIsFull.has(thrown.code)) return this.grow();
      if (noStorage.has(thrown.code)) return this.free(headerBytes, storageIsFull);
    }
    // somebody may have deleted or changed the stream: look before the next attempt
    this.isThere = false;
    const isRefused = thrown instanceof Error && (isUnheard(thrown) || isOtherStream(thrown));
    if (!isRefused) throw told(thrown);
  }

  /** Nothing can be added to it: where nothing waits in it either, it is made anew. */
  private async openSealed(): Promise<void> {
    const { first, last } = await this.state();
    const { locked } = this.form;
    if (locked === undefined) return;
    if (first <= last && this.trimmed < last) throw new Error(locked);
    await this.renew();
  }

  /** The bounds are kept here: that of this buffer, and that of all together. Where it resolves, the room is taken. */
  private async makeRoom(size: number): Promise<void> {
    const { limits, room } = this.options;
    const isOver = () => this.known.bytes + size > limits.maxBytes && this.known.blocks > 0;
    if (isOver()) await this.state();
    const limit = `its buffer is full (${sizeText(limits.maxBytes)}, the "max_bytes" of the connection)`;
    while (isOver()) await this.free(this.known.bytes + size - limits.maxBytes, limit);
    if (!(await room.take(size))) await this.swap(size);
  }

  /** All together have filled what they may: as much of the oldest goes as is to be added. */
  private async swap(size: number): Promise<void> {
    const { bytes } = await this.state();
    if (this.options.limits.whenFull === 'block' || bytes < size) throw new LogFull(storageIsFull);
    await this.options.room.swap(size);
    try {
      while (bytes - this.known.bytes < size) await this.free(size - (bytes - this.known.bytes), storageIsFull);
    } catch (thrown) {
      this.options.room.done(size);
      throw thrown;
    }
  }

  /** Forgets so much of the oldest, as nearly as blocks allow, where it may; throws a LogFull where it may not. */
  private async free(size: number, limit: string): Promise<void> {
    const { first, last, bytes, blocks } = this.known;
    const { locked } = this.form;
    if (this.options.limits.whenFull === 'block' || blocks === 0 || locked !== undefined)
      throw new LogFull(locked ?? limit);
    const count = Math.min(blocks, Math.ceil(size / (bytes / blocks)));
    const upTo = Math.min(last, first + count - 1);
    // noted first: who looks while they go is to know that they went for want of room
    await this.options.mark.forget(upTo);
    await this.trim(upTo);
    await this.state();
  }

  /** An account that insists on a size has set too little aside, or somebody has given it a bound by hand. */
  private async grow(): Promise<void> {
    await this.state();
    if (this.reserve === Infinity) return;
    const { maxBytes } = this.options.limits;
    const reserve = Math.min(this.reserve * 2, maxBytes + firstReserve);
    try {
      const info = await this.ask(async ({ streams }) => streams.update(this.wish.name, { max_bytes: reserve }));
      if (info) this.take(info);
    } catch (thrown) {
      if (!(thrown instanceof JetStreamApiError)) throw thrown;
      await this.free(headerBytes, storageIsFull);
    }
  }

  /**
   * Looks whether the newest block can be read: JetStream notices a damaged file in reading it alone, and is not to be
   * written to before. Where it has lost its place by that, it finds what is left when it is started again, and nothing is
   * asked of the stream before: each answer would be wrong, and trimming would remove everything.
   */
  private async checked(manager: JetStreamManager, info: StreamInfo): Promise<LogState> {
    const { name } = this.wish;
    const isReadable = async () => (await manager.streams.getMessage(name, { seq: info.state.last_seq })) !== null;
    const isEmpty = info.state.messages === 0;
    if (isEmpty || (!hasLostItsPlace(info, this.known.last) && (await isReadable()))) return this.take(info);
    const again = await manager.streams.info(name);
    if (!hasLostItsPlace(again, this.known.last)) return this.take(again);
    const server = this.options.nats.info?.server_id ?? '';
    this.lostAt ??= server;
    if (this.lostAt === server) return this.waitForRestart();
    if (await isReadable()) return this.take(again);
    await manager.streams.delete(name);
    return this.take(await this.form.ensure(manager, this.known.last));
  }

  private async waitForRestart(): Promise<never> {
    this.isThere = false;
    const where = await askToFindItsPlace(this.options.nats, this.wish.name);
    throw new Error(`a file of its buffer is damaged, and ${where}`);
  }

  private take(info: StreamInfo): LogState {
    const { state, config } = info;
    const { first, last, bytes } = stateOf({ state });
    this.isThere = true;
    this.lostAt = undefined;
    this.known = { first, last, bytes, blocks: state.messages };
    this.reserve = config.max_bytes > 0 ? config.max_bytes : Infinity;
    const { forgotten } = this.options.mark;
    return { first, last, bytes, forgotten, hasHoles: (state.num_deleted ?? 0) > 0 };
  }

  private client(): JetStreamClient {
    return jetStreamOf(this.options.nats);
  }

  /** One at a time; everybody else who asks waits for it. */
  private async mend(work: (manager: JetStreamManager) => Promise<LogState>): Promise<LogState> {
    while (this.mending) await this.mending.catch(() => undefined);
    const mending = whileConnected(this.options.nats, async () => work(await managerOf(this.options.nats)));
    this.mending = mending;
    try {
      return await mending;
    } catch (thrown) {
      throw told(thrown);
    } finally {
      this.mending = undefined;
    }
  }

  /** Undefined where the stream is gone; it is made again by the next who looks. */
  private async ask<Answer>(work: (manager: JetStreamManager) => Promise<Answer>): Promise<Answer | undefined> {
    await this.mending?.catch(() => undefined);
    if (this.lostAt !== undefined) await this.open(this.known.last);
    try {
      return await whileConnected(this.options.nats, async () => work(await managerOf(this.options.nats)));
    } catch (thrown) {
      if (!isNoSuchStream(thrown)) throw thrown;
      this.isThere = false;
      return undefined;
    }
  }
}

const storageIsFull =
  'the storage of NATS is full: raise "nats.max_file_store" (of an external NATS its "max_file"), or lower "max_bytes" of buffers';

const sizeText = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${Math.round(bytes / 1024 ** 2)} MB`;

/** Nobody listens to the subject of a stream that is gone, nor to anything where there is no JetStream. */
const isUnheard = ({ name }: Error): boolean => name === 'JetStreamNotEnabled' || name === 'NoRespondersError';

/** The subject belongs to another stream, or the stream to another subject. */
const isOtherStream = (thrown: Error): boolean =>
  thrown instanceof JetStreamApiError && (thrown.code === 10_060 || isNoSuchStream(thrown));

/** What NATS says, in words that lead on. */
export const told = (thrown: unknown): Error => {
  if (thrown instanceof JetStreamApiError && noStorage.has(thrown.code))
    return new Error(storageIsFull, { cause: thrown });
  const { name, message } = thrown as Error;
  if (name === 'TimeoutError') return new Error('NATS does not answer', { cause: thrown });
  if (isUnheard(thrown as Error)) return new Error('NATS keeps nothing at present', { cause: thrown });
  return new Error(message, { cause: thrown });
};

export const stateOf = ({ state }: Pick<StreamInfo, 'state'>): Pick<LogState, 'first' | 'last' | 'bytes'> => ({
  first: state.messages === 0 ? state.last_seq + 1 : state.first_seq,
  last: state.last_seq,
  bytes: state.bytes,
});
