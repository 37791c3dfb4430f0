import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FatalFault } from '../../engine/fault.ts';
import { reader } from '../../engine/field-path.ts';
import { openBytes, whyNoFile } from '../data-files.ts';
import { pace } from '../pace.ts';
import type { FileRecord, RecordReader } from './records.ts';

export interface Reading {
  readonly path: string;
  readonly signal: AbortSignal;
  readonly newReader: () => RecordReader;
  /** Resolves when the records are handed on. */
  readonly take: (records: readonly FileRecord[]) => Promise<void>;
  readonly report: (state: 'running' | 'waiting', sentence: string) => void;
}

/** How often a file that is followed is looked at, in milliseconds. */
const lookMs = 200;

/** Reads a file from the beginning to its end. Rejects with a FatalFault where it cannot. */
export const readOnce = async ({ path, signal, newReader, take }: Reading): Promise<void> => {
  const records = newReader();
  try {
    for await (const chunk of openBytes(path)) {
      await take(records.push(chunk as Buffer));
      if (signal.aborted) return;
    }
  } catch (thrown) {
    throw new FatalFault(whyNoFile(thrown, path), { cause: thrown });
  }
  await take(records.finish());
};

/** Follows a file that grows: over rotation (another file under the name) and truncation, and before it exists. */
export const tail = async (reading: Reading & { readonly fromStart: boolean }): Promise<void> => {
  const { path, signal, newReader, take, report } = reading;
  let position: number | undefined;
  let inode: number | undefined;
  let records = newReader();
  while (!signal.aborted) {
    const found = await stat(path).catch(() => undefined);
    if (!found) {
      report('waiting', `there is no file "${path}" yet`);
      // what comes later under this name is new from its first line on
      position ??= 0;
    } else {
      if (position === undefined) position = reading.fromStart ? 0 : found.size;
      const isOther = inode !== undefined && found.ino !== inode;
      if (isOther || found.size < position) {
        await take(records.finish());
        [position, records] = [0, newReader()];
      }
      if (inode !== found.ino) report('running', `Following "${path}"`);
      inode = found.ino;
      while (position < found.size && !signal.aborted) {
        for await (const chunk of openBytes(path, position)) {
          position += (chunk as Buffer).length;
          await take(records.push(chunk as Buffer));
          if (signal.aborted) return;
        }
        if (position < found.size) break;
      }
    }
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
};

/** Reads a file at the speed at which it was recorded, by a field that holds the time. */
export const replay = async (
  reading: Reading & { readonly timeField: string; readonly speed: number; readonly loop: boolean },
): Promise<void> => {
  const timeOf = timeReader(reading.timeField);
  do {
    const clock = pace(reading.speed, reading.signal);
    let count = 0;
    const take = async (records: readonly FileRecord[]): Promise<void> => {
      count += records.length;
      let due: FileRecord[] = [];
      for (const record of records) {
        const time = 'payload' in record ? timeOf(record.payload) : undefined;
        const wait = time === undefined ? undefined : clock(time);
        if (wait) {
          await reading.take(due);
          due = [];
          await wait;
        }
        due.push(record);
      }
      await reading.take(due);
    };
    await readOnce({ ...reading, take });
    if (count === 0) throw new FatalFault(`"${reading.path}" holds nothing`);
  } while (reading.loop && !reading.signal.aborted);
};

/** From numbers, whatever their unit may be by their size, and from texts that hold a date; in milliseconds since 1970. */
const timeReader = (path: string): ((payload: unknown) => number | undefined) => {
  const read = reader(path);
  return (payload) => {
    const value = read(payload);
    const time =
      typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? inMilliseconds(value) : Number.NaN;
    return Number.isNaN(time) ? undefined : time;
  };
};

/** Seconds up to the year 5138, milliseconds up to the same year, microseconds above: the three units in use. */
const inMilliseconds = (time: number): number => (time < 1e11 ? time * 1000 : time < 1e14 ? time : time / 1000);
