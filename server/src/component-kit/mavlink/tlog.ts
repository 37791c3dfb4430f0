import { type CrcExtra, frameLength, nextGood } from './candidate.ts';
import { type Frame, type FrameListener, FrameParser } from './frames.ts';
import { fits, RecordTimes } from './record-times.ts';

const stampLength = 8;
/** So much is looked at to tell how a recording is written, in bytes. */
const sampleBytes = 64 * 1024;

export interface TlogRecord {
  /** When it was recorded, in milliseconds since 1970; undefined where the recording does not tell. */
  readonly time: number | undefined;
  readonly frame: Readonly<Frame>;
}

export interface TlogOptions extends Pick<FrameListener, 'refused' | 'skipped'> {
  readonly crcExtra: CrcExtra;
}

/**
 * Cuts a recording into records, a piece at a time. In a `.tlog`, as QGroundControl, Mission Planner and MAVProxy write it,
 * eight bytes of time (big-endian, microseconds since 1970) stand before each MAVLink frame; in a `.raw` the frames stand
 * alone, as they came over the line. Each good frame is found, whatever stands before it; one whose time is lost has that of
 * the record before, and at the beginning the first one that is not lost.
 */
export class TlogCutter {
  private records: TlogRecord[] = [];
  private times = new RecordTimes();
  private sample: Buffer = Buffer.alloc(0);
  private parser: FrameParser | undefined;

  constructor(private readonly options: TlogOptions) {}

  /** Bytes at the end of what was handed in that are needed for the next record. */
  get pending(): number {
    return this.parser?.pending ?? this.sample.length;
  }

  /** Records whose own time was lost. */
  get lostTimes(): number {
    return this.times.lost;
  }

  push(chunk: Buffer): readonly TlogRecord[] {
    if (this.parser) {
      // a copy: frames are looked at later, and the chunk may be used again
      this.parser.push(Buffer.from(chunk));
      return this.taken();
    }
    this.sample = Buffer.concat([this.sample, chunk]);
    if (this.sample.length >= sampleBytes) this.begin();
    return this.taken();
  }

  /** What is left at the end of the recording. */
  finish(): readonly TlogRecord[] {
    if (!this.parser) this.begin();
    this.parser!.finish();
    return this.taken();
  }

  private begin(): void {
    const { crcExtra } = this.options;
    const stamps = stampsIn(this.sample, crcExtra);
    this.times = new RecordTimes(stamps);
    this.parser = stamps
      ? this.timedParser()
      : new FrameParser(
          { ...this.told(), frame: (frame) => this.records.push({ time: undefined, frame: { ...frame } }) },
          0,
          true,
        );
    this.parser.push(this.sample);
    this.sample = Buffer.alloc(0);
  }

  private timedParser(): FrameParser {
    const { times } = this;
    const listener: FrameListener = {
      ...this.told(),
      stamp: (bytes, at) => times.note(stampAt(bytes, at)),
      frame: (frame) => {
        const own = frame.start < stampLength ? undefined : stampAt(frame.bytes, frame.start - stampLength);
        this.records.push({ time: times.next(own), frame: { ...frame } });
      },
    };
    return new FrameParser(listener, stampLength, true);
  }

  private told(): TlogOptions {
    const { crcExtra, refused, skipped } = this.options;
    return { crcExtra, refused, skipped };
  }

  private taken(): readonly TlogRecord[] {
    const { records } = this;
    this.records = [];
    return records;
  }
}

/**
 * The times before the frames, if there are some: more frames stand behind eight bytes alone, or behind a time near the one
 * before, than at once behind another one.
 */
const stampsIn = (bytes: Uint8Array, crcExtra: CrcExtra): readonly number[] | undefined => {
  const stamps: number[] = [];
  let [timed, untimed, end] = [0, 0, 0];
  for (;;) {
    const at = nextGood(bytes, end, bytes.length, crcExtra);
    if (at < 0) return untimed <= timed ? stamps : undefined;
    if (at === end) untimed += 1;
    if (at - end >= stampLength) {
      const stamp = stampAt(bytes, at - stampLength);
      const last = stamps.at(-1);
      if (at - end === stampLength || (last !== undefined && fits(stamp, last))) timed += 1;
      stamps.push(stamp);
    }
    end = at + frameLength(bytes, at);
  }
};

/** Microseconds since 1970, rounded where they are beyond 2^53. */
const stampAt = (bytes: Uint8Array, at: number): number => {
  let stamp = 0;
  for (let index = at; index < at + stampLength; index += 1) stamp = stamp * 256 + bytes[index]!;
  return stamp;
};
