import { messagesOf } from '../../../component-kit/mavlink/dialects.ts';
import { Decoder } from '../../../component-kit/mavlink/decoder.ts';
import type { TlogRecord } from '../../../component-kit/mavlink/tlog.ts';
import type { FileRecord } from '../../../component-kit/content/line-reader.ts';
import type { RecordReader } from './records.ts';

/** Reads MAVLink messages out of the bytes of a recording. `badFrame` is told of each frame that cannot be used. */
export const tlogReader = (badFrame: () => void): RecordReader => {
  let decoded: FileRecord[] = [];
  const decoder = new Decoder({
    types: messagesOf('all'),
    messages: [],
    systems: [],
    message: (payload, time) => decoded.push({ payload, time }),
    refused: badFrame,
  });
  const cutter = decoder.recording();
  const decode = (found: readonly TlogRecord[]): FileRecord[] => {
    for (const { time, frame } of found) decoder.record(frame, time);
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
