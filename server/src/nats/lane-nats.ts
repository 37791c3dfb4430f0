import type { NatsConnection } from '@nats-io/transport-node';
import type { BufferLimits } from '@semstreams/contract';
import type { BlockLog, LogState } from '../engine/block-log.ts';
import { connectTo, type NatsAccess } from './access.ts';
import { DeadLetterWriter } from './dead-letter-writer.ts';
import type { LetterBlock } from './kept-letter.ts';
import { StreamLog } from './stream-log.ts';
import type { BufferPlace } from './stream-names.ts';

/** What a lane needs to know of NATS. Plain data. */
export interface LaneNatsSettings {
  readonly access: NatsAccess;
  readonly replicas: number;
  readonly name: string;
  /** See `DiskSpace`: nothing is added to buffers while it is set. */
  readonly diskFull: SharedArrayBuffer;
}

/** The connection to NATS of one lane, made when the first of its flows needs it. */
export class LaneNats {
  private connection: Promise<NatsConnection> | undefined;
  private readonly letters = new Map<string, Promise<DeadLetterWriter>>();

  constructor(private readonly settings: LaneNatsSettings) {}

  /** The log of a guaranteed connection; nothing is asked of NATS before it is opened. */
  log(place: BufferPlace, limits: BufferLimits): BlockLog {
    return new LateLog(
      async () => new StreamLog(await this.connect(), place, limits, this.settings.replicas),
      new Int32Array(this.settings.diskFull),
    );
  }

  /** Resolves when they are on disk. */
  async addDeadLetters(flow: string, block: LetterBlock): Promise<void> {
    let letters = this.letters.get(flow);
    if (!letters) {
      letters = this.connect().then((nats) => new DeadLetterWriter(nats, flow, this.settings.replicas));
      this.letters.set(flow, letters);
    }
    await (await letters).add(block);
  }

  /** The flow has stopped here and may go on in another lane, which then counts its dead letters on. */
  forget(flow: string): void {
    this.letters.delete(flow);
  }

  private async connect(): Promise<NatsConnection> {
    const { access, name } = this.settings;
    return (this.connection ??= connectTo(access, name));
  }
}

/** A log whose connection is made at the first call. */
class LateLog implements BlockLog {
  private log: BlockLog | undefined;

  constructor(
    private readonly make: () => Promise<BlockLog>,
    private readonly diskFull: Int32Array,
  ) {}

  get mostBytes(): number {
    return this.log?.mostBytes ?? 0;
  }

  async open(): Promise<LogState> {
    return (this.log ??= await this.make()).open();
  }

  async state(): Promise<LogState> {
    return this.log!.state();
  }

  async append(bytes: Uint8Array, id: string): Promise<number> {
    if (Atomics.load(this.diskFull, 0) === 1) throw new Error('the disk is almost full; it goes on when there is room');
    return this.log!.append(bytes, id);
  }

  async read(sequence: number): Promise<Uint8Array | undefined> {
    return this.log!.read(sequence);
  }

  async trim(sequence: number): Promise<void> {
    return this.log!.trim(sequence);
  }
}
