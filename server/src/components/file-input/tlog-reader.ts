import { Decoder } from '../mavlink-input/mavlink-input.ts';
import { TlogCutter } from '../mavlink-input/tlog.ts';
import type { FileRecord, RecordReader } from './records.ts';

/** Reads MAVLink messages out of the bytes of a recording. `badFrame` is told of each frame that cannot be used. */
export const tlogReader = (badFrame: () => void): RecordReader => {
  const cutter = new TlogCutter();
  let decoded: FileRecord[] = [];
  const decoder = new Decoder({
    dialect: 'ardupilotmega',
    messages: [],
    systems: [],
    message: (payload, time) => decoded.push({ payload, time }),
    refused: badFrame,
  });
  const line = decoder.line();
  const taken = (): FileRecord[] => {
    const records = decoded;
    decoded = [];
    return records;
  };
  return {
    push(chunk) {
      for (const { time, frame } of cutter.push(chunk)) line.push(frame, time);
      return taken();
    },
    finish() {
      line.finish();
      return taken();
    },
    release: () => [],
    get pending() {
      return cutter.pending;
    },
    lines: 0,
    isHolding: false,
    names: undefined,
  };
};
