import type { MessageType } from '../../../component-kit/mavlink/decode.ts';
import { Decoder } from '../../../component-kit/mavlink/decoder.ts';
import type { TlogRecord } from '../../../component-kit/mavlink/tlog.ts';
import type { FileRecord } from '../../../component-kit/content/line-reader.ts';
import type { RecordReader } from './record-reader.ts';

export interface RecordingOptions {
  /** The messages that are known, by id. */
  readonly types: ReadonlyMap<number, MessageType>;
  /** Is told of each frame that cannot be used. */
  readonly badFrame: () => void;
  /** The time of records that have none. */
  readonly now: () => number;
}

/**
 * Reads MAVLink messages out of the bytes of a recording. Which times are to be believed depends on all that stands before, so
 * that it is read from its beginning each time, and what was handed on is passed over.
 */
export const tlogReader = ({ types, badFrame, now }: RecordingOptions): RecordReader => {
  let decoded: FileRecord[] = [];
  let isTimed = true;
  let [bytes, records] = [0, 0];
  const decoder = new Decoder({
    types,
    messages: [],
    systems: [],
    message: (payload, time) => decoded.push(isTimed ? { payload, time } : { payload }),
    refused: badFrame,
  });
  const cutter = decoder.recording();
  const decode = (found: readonly TlogRecord[]): FileRecord[] => {
    for (const { time, frame } of found) {
      isTimed = time !== undefined;
      decoder.record(frame, time ?? now());
    }
    const taken = decoded;
    decoded = [];
    records += taken.length;
    return taken;
  };
  const finish = (): FileRecord[] => decode(cutter.finish());
  return {
    push: (chunk) => {
      bytes += chunk.length;
      return decode(cutter.push(chunk));
    },
    finish,
    cutOff: finish,
    release: () => [],
    get pending() {
      return bytes;
    },
    get handedOn() {
      return records;
    },
    lines: 0,
    isHolding: false,
    names: undefined,
  };
};
