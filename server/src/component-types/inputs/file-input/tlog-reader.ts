import { messagesOf } from '../../../component-kit/mavlink/dialects.ts';
import { Decoder } from '../../../component-kit/mavlink/decoder.ts';
import type { TlogRecord } from '../../../component-kit/mavlink/tlog.ts';
import type { FileRecord } from '../../../component-kit/content/line-reader.ts';
import type { RecordReader } from './record-reader.ts';

/**
 * Reads MAVLink messages out of the bytes of a recording. `badFrame` is told of each frame that cannot be used, `now` is the
 * time of those that have none.
 */
export const tlogReader = (badFrame: () => void, now: () => number): RecordReader => {
  let decoded: FileRecord[] = [];
  let isTimed = true;
  const decoder = new Decoder({
    types: messagesOf('all'),
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
    const records = decoded;
    decoded = [];
    return records;
  };
  return {
    push: (chunk) => decode(cutter.push(chunk)),
    finish: () => decode(cutter.finish()),
    release: () => [],
    get pending() {
      return cutter.pending;
    },
    lines: 0,
    isHolding: false,
    names: undefined,
  };
};
