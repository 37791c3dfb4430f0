import type { NatsConnection } from '@nats-io/transport-node';
import type { BufferLimits } from '@semstreams/contract';
import type { BlockLog, LogMark, LogState } from '../engine/block-log.ts';
import { connectTo, type NatsAccess } from './connection/access.ts';
import { DeadLetterWriter } from './dead-letters/dead-letter-writer.ts';
import { Fence } from './lease/fence.ts';
import type { LetterBlock } from './dead-letters/kept-letter.ts';
import { MarkFile } from './storage/mark-file.ts';
import { type RoomAnswer, RoomShare } from './storage/room-share.ts';
import type { RoomAsked } from './storage/store-room.ts';
import { StreamLog } from './storage/stream-log.ts';
import { stateLimits, statePlace } from './storage/state-place.ts';
import type { BufferPlace } from './storage/stream-names.ts';

/** What a lane needs to know of NATS. Plain data. */
export interface LaneNatsSettings {
  readonly access: NatsAccess;
  readonly replicas: number;
  readonly name: string;
  /** The run of the server that must hold the lease for anything to be done; see `Lease`. Undefined needs none. */
  readonly lease?: string;
  /** Where it is noted what buffers hold. */
  readonly dataDir: string;
  /** What this installation is known by; see `instanceId`. */
  readonly instance?: string;
}

/** The connection to NATS of one lane, made when the first of its flows needs it. */
export class LaneNats {
  private connection: Promise<NatsConnection> | undefined;
  private readonly fence: Fence | undefined;
  private readonly letters = new Map<string, { readonly nats: NatsConnection; readonly writer: DeadLetterWriter }>();

  private readonly room: RoomShare;

  constructor(
    private readonly settings: LaneNatsSettings,
    private readonly given: {
      readonly isDiskFull: () => boolean;
      /** Asks for room in the store; the answer comes by `answerRoom`, and none where nothing is wanted. */
      readonly askForRoom: (asked: RoomAsked) => void;
    },
  ) {
    const { lease } = settings;
    this.room = new RoomShare(given.askForRoom);
    this.fence = lease === undefined ? undefined : new Fence(async () => this.connect(), lease);
  }

  get instance(): string {
    return this.settings.instance ?? '';
  }

  /** The log of a guaranteed connection; nothing is asked of NATS before it is opened. `tell` says what somebody did to it. */
  log(place: BufferPlace, limits: BufferLimits, tell: (sentence: string) => void): BlockLog {
    const { replicas, dataDir } = this.settings;
    const mark = new MarkFile(dataDir, place);
    const { room } = this;
    const { isDiskFull } = this.given;
    return new LateLog({
      connect: async () => this.behindFence(),
      make: (nats) => new StreamLog({ nats, place, limits, replicas, mark, room, tell }),
      marks: mark,
      isDiskFull,
    });
  }

  answerRoom(answer: RoomAnswer): void {
    this.room.answer(answer);
  }

  /** The log of what a component keeps over restarts. */
  state(of: { readonly flow: string; readonly component: string }, tell: (sentence: string) => void): BlockLog {
    return this.log(statePlace(of.flow, of.component), stateLimits, tell);
  }

  /** Resolves when they are on disk. */
  async addDeadLetters(flow: string, block: LetterBlock): Promise<void> {
    const nats = await this.behindFence();
    let letters = this.letters.get(flow);
    if (letters?.nats !== nats) {
      letters = { nats, writer: new DeadLetterWriter(nats, flow, this.settings.replicas) };
      this.letters.set(flow, letters);
    }
    await letters.writer.add(block);
  }

  /** The flow has stopped here and may go on in another lane, which then counts its dead letters on. */
  forget(flow: string): void {
    this.letters.delete(flow);
  }

  /** The connection, for as long as this server may use it. What is read is delivered, so reading passes too. */
  private async behindFence(): Promise<NatsConnection> {
    const nats = await this.connect();
    if (this.fence?.isFresh === false) await this.fence.pass();
    return nats;
  }

  /** The present connection; a new one where the client has given the last one up, or has never had one. */
  private async connect(): Promise<NatsConnection> {
    if (this.connection) return this.connection;
    const { access, name } = this.settings;
    const connection = connectTo(access, name);
    const forget = (): void => {
      if (this.connection === connection) this.connection = undefined;
    };
    this.connection = connection;
    connection.then(async (nats) => nats.closed()).then(forget, forget);
    return connection;
  }
}

/** A log whose connection is made at the first call, and again after its client has given up. */
class LateLog implements BlockLog {
  private present: { readonly nats: NatsConnection; readonly log: BlockLog } | undefined;

  constructor(
    private readonly given: {
      readonly connect: () => Promise<NatsConnection>;
      readonly make: (nats: NatsConnection) => BlockLog;
      readonly marks: MarkFile;
      readonly isDiskFull: () => boolean;
    },
  ) {}

  get mostBytes(): number {
    return this.present?.log.mostBytes ?? 0;
  }

  async open(after?: number): Promise<LogState> {
    return (await this.log()).open(after);
  }

  async state(): Promise<LogState> {
    return (await this.log()).state();
  }

  async append(bytes: Uint8Array, id: string): Promise<number> {
    if (this.given.isDiskFull()) throw new Error('the disk is almost full; it goes on when there is room');
    return (await this.log()).append(bytes, id);
  }

  async read(sequence: number): Promise<Uint8Array | undefined> {
    return (await this.log()).read(sequence);
  }

  async next(sequence: number): Promise<number | undefined> {
    return (await this.log()).next(sequence);
  }

  async trim(sequence: number): Promise<void> {
    await (await this.log()).trim(sequence);
  }

  private async log(): Promise<BlockLog> {
    const nats = await this.given.connect();
    if (this.present?.nats !== nats) this.present = { nats, log: this.given.make(nats) };
    return this.present.log;
  }

  async mark(): Promise<LogMark | undefined> {
    return this.given.marks.read();
  }

  async note(mark: LogMark): Promise<void> {
    return this.given.marks.write(mark);
  }
}
