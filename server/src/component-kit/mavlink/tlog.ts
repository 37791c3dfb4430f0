import type { CrcExtra } from './candidate.ts';
import { type Frame, type FrameListener, FrameParser } from './frames.ts';
import { RecordTimes } from './record-times.ts';

const stampLength = 8;

export interface TlogRecord {
  /** When it was recorded, in milliseconds since 1970. */
  readonly time: number;
  readonly frame: Readonly<Frame>;
}

export interface TlogOptions extends Pick<FrameListener, 'refused' | 'skipped'> {
  readonly crcExtra: CrcExtra;
}

/**
 * Cuts a `.tlog` into records, a piece at a time: eight bytes of time (big-endian, microseconds since 1970), then one MAVLink
 * frame. Each good frame is found, whatever stands before it; one whose time is lost has that of the record before.
 */
export class TlogCutter {
  private records: { readonly time: number | undefined; readonly frame: Readonly<Frame> }[] = [];
  private readonly times = new RecordTimes();
  private readonly parser: FrameParser;

  constructor({ crcExtra, refused, skipped }: TlogOptions) {
    const { times } = this;
    this.parser = new FrameParser(
      {
        crcExtra,
        refused,
        skipped,
        stamp: (bytes, at) => times.note(stampAt(bytes, at)),
        frame: (frame) => {
          const own = frame.start < stampLength ? undefined : stampAt(frame.bytes, frame.start - stampLength);
          this.records.push({ time: times.next(own), frame: { ...frame } });
        },
      },
      stampLength,
    );
  }

  /** Bytes at the end of what was handed in that are needed for the next record. */
  get pending(): number {
    return this.parser.pending;
  }

  /** Records whose own time was lost. */
  get lostTimes(): number {
    return this.times.lost;
  }

  push(chunk: Buffer): readonly TlogRecord[] {
    // a copy: frames are looked at later, and the chunk may be used again
    this.parser.push(Buffer.from(chunk));
    return this.taken();
  }

  /** What is left at the end of the recording. */
  finish(): readonly TlogRecord[] {
    this.parser.finish();
    return this.taken();
  }

  private taken(): readonly TlogRecord[] {
    const { records } = this;
    this.records = [];
    // those before the first good time have that one
    return records.map(({ time, frame }) => ({ time: time ?? this.times.first ?? 0, frame }));
  }
}

/** Microseconds since 1970, rounded where they are beyond 2^53. */
const stampAt = (bytes: Uint8Array, at: number): number => {
  let stamp = 0;
  for (let index = at; index < at + stampLength; index += 1) stamp = stamp * 256 + bytes[index]!;
  return stamp;
};
