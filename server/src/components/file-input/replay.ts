import { FatalFault } from '../../engine/fault.ts';
import { reader } from '../../engine/field-path.ts';
import { pace } from '../pace.ts';
import { type Reading, readOnce } from './read-file.ts';
import type { FileRecord } from './records.ts';

export interface Replaying extends Reading {
  /** Path of the field that tells when a record was made. */
  readonly timeField: string;
  /** 1 is as it was recorded, 0 as fast as the records are taken. */
  readonly speed: number;
  readonly loop: boolean;
}

/** Reads a file at the speed at which it was recorded. Rejects with a FatalFault where nothing in it tells the time. */
export const replay = async (replaying: Replaying): Promise<void> => {
  const { path, timeField, speed, signal } = replaying;
  const timeOf = timeReader(timeField);
  do {
    const clock = pace(speed, signal);
    let [records, timed] = [0, 0];
    const take = async (found: readonly FileRecord[]): Promise<void> => {
      let due: FileRecord[] = [];
      for (const record of found) {
        records += 1;
        const time = 'payload' in record ? timeOf(record.payload) : undefined;
        if (time !== undefined) timed += 1;
        const wait = time === undefined ? undefined : clock(time);
        if (wait) {
          await replaying.take(due);
          due = [];
          await wait;
        }
        due.push(record);
      }
      await replaying.take(due);
    };
    await readOnce({ ...replaying, take });
    if (signal.aborted) return;
    if (records === 0) throw new FatalFault(`"${path}" holds nothing`);
    if (timed === 0 && speed > 0)
      throw new FatalFault(`no record of "${path}" tells the time in "${timeField}": set "time_field"`);
  } while (replaying.loop);
};

/** From numbers, whatever their unit may be by their size, and from texts that hold a date; in milliseconds since 1970. */
export const timeReader = (path: string): ((payload: unknown) => number | undefined) => {
  const read = reader(path);
  return (payload) => {
    const value = read(payload);
    const isDigits = typeof value === 'string' && /^\d+$/.test(value);
    const time =
      typeof value === 'number' || isDigits
        ? inMilliseconds(Number(value))
        : typeof value === 'string'
          ? Date.parse(value)
          : Number.NaN;
    return Number.isFinite(time) ? time : undefined;
  };
};

/** Seconds up to the year 5138, milliseconds up to the same year, microseconds above: the three units in use. */
const inMilliseconds = (time: number): number => (time < 1e11 ? time * 1000 : time < 1e14 ? time : time / 1000);
