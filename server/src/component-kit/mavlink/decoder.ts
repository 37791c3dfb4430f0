import type { Headers } from '../../engine/message.ts';
import type { MessageType } from './decode.ts';
import { type Frame, type FrameListener, FrameParser } from './frames.ts';
import { readSignature, type Verdict, type Verify } from './signing.ts';
import { TlogCutter } from './tlog.ts';
import { type LineOfVehicles, Vehicles } from './vehicles.ts';

export type Refusal = 'bad_checksum' | 'unknown_message' | 'garbage' | 'bad_signature' | 'late_signature';

/** What a message is made of. */
export type Take = (payload: Readonly<Record<string, unknown>>, time: number, headers: Headers) => void;

export interface DecoderOptions {
  /** The messages that are known, by id. */
  readonly types: ReadonlyMap<number, MessageType>;
  /** Names of the messages that are wanted; all where it is empty. */
  readonly messages: readonly string[];
  /** Ids of the systems that are wanted; all where it is empty. */
  readonly systems: readonly number[];
  /** Verifies signatures; without it they are passed over. */
  readonly verify?: Verify | undefined;
  readonly message: Take;
  /** Is told of each accepted frame, whether it is wanted or not. */
  readonly heard?: ((frame: Readonly<Frame>, from: LineOfVehicles) => void) | undefined;
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

/** Where a line comes from: its address, and the link that it belongs to. Empty where nobody needs to know. */
export interface Origin {
  readonly address: string;
  readonly link: string;
}

/** Bytes of one sender, in the order in which they came. */
export interface Line {
  readonly vehicles: LineOfVehicles;
  /** How many bytes wait for more, and a copy of them. */
  readonly pending: number;
  readonly rest: Uint8Array;
  push(bytes: Uint8Array, time: number): void;
  /** Ends a datagram: what is no frame in the next one counts anew. A frame may go on in the next one all the same. */
  pause(): void;
  /** Ends the line, or a part of it behind which it was silent: what waits for more bytes is no frame. */
  finish(): void;
}

const nowhere: Origin = { address: '', link: '' };

/** Only this message may come unsigned where signatures are wanted: radios send it themselves. */
const radioStatus = 109;

/** Longest payload, and so how much room a cut one needs. */
const longestPayload = 255;

/** What takes the frames of one line. */
interface Receiver {
  readonly vehicles: LineOfVehicles;
  readonly take: (frame: Readonly<Frame>) => void;
}

const verdictOn = (frame: Readonly<Frame>, verify: Verify): Verdict => {
  if (frame.isSigned) return verify(readSignature(frame));
  return frame.messageId === radioStatus ? 'accepted' : 'bad_signature';
};

/** Turns the bytes of any number of lines into payloads. What is not wanted is not decoded. */
export class Decoder {
  readonly totals: Totals = { frames: 0, signed: 0, garbageBytes: 0, damaged: 0 };
  readonly vehicles = new Vehicles();
  private readonly types: ReadonlyMap<number, MessageType>;
  private readonly wanted: ReadonlySet<number>;
  private readonly systems: ReadonlySet<number>;
  private readonly scratch = new Uint8Array(longestPayload);
  private readonly scratchView = new DataView(this.scratch.buffer);
  private view: DataView = this.scratchView;
  private viewed: Uint8Array = this.scratch;
  private time = 0;
  private readonly recorded: Receiver;

  constructor(private readonly options: DecoderOptions) {
    this.types = options.types;
    const names = new Set(options.messages);
    this.wanted = new Set(
      [...this.types.values()].filter(({ name }) => names.size === 0 || names.has(name)).map(({ id }) => id),
    );
    this.systems = new Set(options.systems);
    this.recorded = this.receiver(nowhere);
  }

  /** A line of its own: bytes of different vehicles must not be mixed within a frame. */
  line(origin: Origin = nowhere): Line {
    const { vehicles, take } = this.receiver(origin);
    const parser = new FrameParser({ ...this.told(), frame: take });
    return {
      vehicles,
      get pending() {
        return parser.pending;
      },
      get rest() {
        return parser.unfinished;
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
    this.recorded.take(frame);
  }

  /** Takes note of bytes of a recording that are no MAVLink. */
  passOver(bytes: number): void {
    const { skipped, refused } = this.told();
    skipped(bytes);
    refused('garbage');
  }

  private told(): Omit<FrameListener, 'frame'> {
    return {
      crcExtra: (id) => this.types.get(id)?.crcExtra,
      cargo: (id) => this.types.get(id)?.cargo,
      refused: (reason) => {
        if (reason !== 'unknown_message') this.totals.damaged += 1;
        this.options.refused(reason);
      },
      skipped: (bytes) => (this.totals.garbageBytes += bytes),
    };
  }

  /** Takes the frames of one line. */
  private receiver({ address, link }: Origin): Receiver {
    const vehicles = this.vehicles.line(address);
    const plain: Headers = link === '' ? {} : { address, link };
    const signed: Headers = { ...plain, signed: 'true' };
    const { verify, refused, message, heard } = this.options;
    const take = (frame: Readonly<Frame>): void => {
      this.totals.frames += 1;
      if (frame.isSigned) this.totals.signed += 1;
      const verdict = verify ? verdictOn(frame, verify) : 'accepted';
      if (verdict !== 'accepted') return refused(verdict);
      vehicles.note(frame.system, frame.component, frame.sequence, this.time);
      heard?.(frame, vehicles);
      if (!this.wanted.has(frame.messageId)) return;
      if (this.systems.size > 0 && !this.systems.has(frame.system)) return;
      message(this.decode(frame), this.time, frame.isSigned ? signed : plain);
    };
    return { vehicles, take };
  }

  /** Zeros that MAVLink 2 cut from the end are put back, and so are the extensions that MAVLink 1 does not send. */
  decode(frame: Readonly<Frame>): Readonly<Record<string, unknown>> {
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
