import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { messagesOf } from '../mavlink/dialects.ts';
import { TlogCutter } from '../mavlink/tlog.ts';

const folder = join(import.meta.dirname, '../../../../examples/data');

/** A recording of `examples/data`, unpacked: `recording('csv/room-occupancy.csv')`. For tests. */
export const recording = (name: string): Buffer => gunzipSync(readFileSync(join(folder, `${name}.gz`)));

/** The records of an undamaged `.tlog`: `framesOf(recording('mavlink/px4-quad.tlog'))`. For tests. */
export const framesOf = (bytes: Buffer): readonly { readonly time: number; readonly frame: Buffer }[] => {
  const types = messagesOf('all');
  const refused = (reason: string): never => {
    throw new Error(`the recording is damaged: ${reason}`);
  };
  const cutter = new TlogCutter({ crcExtra: (id) => types.get(id)?.crcExtra, refused, skipped: () => undefined });
  return [...cutter.push(bytes), ...cutter.finish()].map(({ time, frame }) => {
    const { bytes: all, start, payloadStart, payloadLength, isSigned } = frame;
    return {
      time: time ?? 0,
      frame: Buffer.from(all.subarray(start, payloadStart + payloadLength + 2 + (isSigned ? 13 : 0))),
    };
  });
};

/** Where the packed recording lies. */
export const recordingPath = (name: string): string => join(folder, `${name}.gz`);

/**
 * What was found in a recording by other means than ours. Integers beyond 2^53 are texts here, because `JSON.parse` would
 * round them.
 */
export const expectedOf = <Expected>(name: string): Expected => {
  const text = readFileSync(join(folder, 'expected', `${name}.json`), 'utf8');
  return JSON.parse(text.replace(/(?<=[:[,\s])(\d{17,})(?=[,\]\s}])/g, '"$1"')) as Expected;
};

/** How often each key occurs. */
export const count = (keys: Iterable<unknown>): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[String(key)] = (counts[String(key)] ?? 0) + 1;
  return counts;
};
