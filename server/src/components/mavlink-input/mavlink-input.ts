import { type Dialect, type MessageType } from './decode.ts';
import { messageTypes } from './dialects.generated.ts';
import { type Frame, type FrameListener, FrameParser } from './frames.ts';
import { LinkLoss } from './link-loss.ts';
import { readSignature, type Verify } from './signing.ts';
import { TlogCutter } from './tlog.ts';

const order: readonly Dialect[] = ['minimal', 'standard', 'common', 'ardupilotmega'];

/** The messages of a dialect and of those that it builds on, by id. */
export const messagesOf = (dialect: Dialect): ReadonlyMap<number, MessageType> =>
  new Map(
    messageTypes.filter((type) => order.indexOf(type.dialect) <= order.indexOf(dialect)).map((type) => [type.id, type]),
  );

export const messageNames = messageTypes.map(({ name }) => name);

export type Refusal = 'bad_checksum' | 'unknown_message' | 'garbage' | 'bad_signature';

export interface DecoderOptions {
  readonly dialect: Dialect;
  /** Names of the messages that are wanted; all where it is empty. */
  readonly messages: readonly string[];
  /** Ids of the systems that are wanted; all where it is empty. */
  readonly systems: readonly number[];
  /** Verifies signatures; without it they are passed over. */
  readonly verify?: Verify | undefined;
  readonly message: (payload: Readonly<Record<string, unknown>>, time: number, isSigned: boolean) => void;
  readonly refused: (reason: Refusal) => void;
}

/** What was seen on all lines together. */
export interface Totals {
  frames: number;
  signed: number;
  /** Bytes that were part of no frame, or of one that was damaged. */
  garbageBytes: number;
  /** Places where it was damaged: frames that could not be used, and runs of other bytes. */
  damaged: number;
}

/** Bytes of one sender, in the order in which they came. */
export interface Line {
  /** Bytes that wait for more. */
  readonly pending: number;
  push(bytes: Uint8Array, time: number): void;
  /** Ends a datagram: what is no frame in the next one counts anew. A frame may go on in the next one all the same. */
  pause(): void;
  /** Ends the line, or a part of it behind which it was silent: what waits for more bytes is no frame. */
  finish(): void;
}

/** Only this message may come unsigned where signatures are wanted: radios send it themselves. */
const radioStatus = 109;

/** Longest payload, and so how much room a cut one needs. */
const longestPayload = 255;

/** Turns the bytes of any number of lines into payloads. What is not wanted is not decoded. */
export class Decoder {
  readonly totals: Totals = { frames: 0, signed: 0, garbageBytes: 0, damaged: 0 };
  readonly loss = new LinkLoss();
  private readonly types: ReadonlyMap<number, MessageType>;
  private readonly wanted: ReadonlySet<number>;
  private readonly systems: ReadonlySet<number>;
  private readonly scratch = new Uint8Array(longestPayload);
  private readonly scratchView = new DataView(this.scratch.buffer);
  private view: DataView = this.scratchView;
  private viewed: Uint8Array = this.scratch;
  private time = 0;

  constructor(private readonly options: DecoderOptions) {
    this.types = messagesOf(options.dialect);
    const names = new Set(options.messages);
    this.wanted = new Set(
      [...this.types.values()].filter(({ name }) => names.size === 0 || names.has(name)).map(({ id }) => id),
    );
    this.systems = new Set(options.systems);
  }

  /** A line of its own: bytes of different vehicles must not be mixed within a frame. */
  line(): Line {
    const parser = new FrameParser({ ...this.told(), frame: (frame) => this.take(frame) });
    return {
      get pending() {
        return parser.pending;
      },
      push: (bytes, time) => {
        this.time = time;
        parser.push(bytes);
      },
      pause: () => parser.pause(),
      finish: () => parser.finish(),
    };
  }

  /** Cuts a recording whose records are then handed to `record`, each when its time has come. */
  recording(): TlogCutter {
    return new TlogCutter(this.told());
  }

  record(frame: Readonly<Frame>, time: number): void {
    this.time = time;
    this.take(frame);
  }

  private told(): Omit<FrameListener, 'frame'> {
    return {
      crcExtra: (id) => this.types.get(id)?.crcExtra,
      refused: (reason) => {
        if (reason !== 'unknown_message') this.totals.damaged += 1;
        this.options.refused(reason);
      },
      skipped: (bytes) => (this.totals.garbageBytes += bytes),
    };
  }

  private take(frame: Readonly<Frame>): void {
    this.totals.frames += 1;
    if (frame.isSigned) this.totals.signed += 1;
    const { verify, refused, message } = this.options;
    const isAccepted = frame.isSigned
      ? !verify || verify(readSignature(frame))
      : !verify || frame.messageId === radioStatus;
    if (!isAccepted) return refused('bad_signature');
    this.loss.note(frame.system, frame.component, frame.sequence, this.time);
    if (!this.wanted.has(frame.messageId)) return;
    if (this.systems.size > 0 && !this.systems.has(frame.system)) return;
    message(this.decode(frame), this.time, frame.isSigned);
  }

  /** Zeros that MAVLink 2 cut from the end are put back, and so are the extensions that MAVLink 1 does not send. */
  private decode(frame: Readonly<Frame>): Readonly<Record<string, unknown>> {
    const type = this.types.get(frame.messageId)!;
    const { bytes, payloadStart, payloadLength } = frame;
    if (payloadLength >= type.size) {
      if (this.viewed !== bytes) {
        this.viewed = bytes;
        this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
      return type.decode(frame, this.time, this.view, payloadStart);
    }
    this.scratch.fill(0, payloadLength, type.size);
    for (let index = 0; index < payloadLength; index += 1) this.scratch[index] = bytes[payloadStart + index]!;
    return type.decode(frame, this.time, this.scratchView, 0);
  }
}
