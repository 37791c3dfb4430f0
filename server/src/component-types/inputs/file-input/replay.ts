import { doubleOf } from '../../../engine/exact-number.ts';
import { FatalFault } from '../../../engine/fault.ts';
import { reader } from '../../../engine/field-path.ts';
import { pace } from '../../../component-kit/replay/pace.ts';
import type { Place } from '../../../component-kit/files/place.ts';
import { type Reading, readOnce } from './read-file.ts';
import type { FileRecord } from '../../../component-kit/content/line-reader.ts';

export interface Replaying extends Reading {
  /** Path of the field that tells when a record was made. */
  readonly timeField: string;
  /** 1 is as it was recorded, 0 as fast as the records are taken. */
  readonly speed: number;
  readonly loop: boolean;
}

/**
 * Reads a file at the speed at which it was recorded, from the place up to which it was handed on before. Resolves with
 * whether there was anything to read. Rejects with a FatalFault where nothing in it tells the time.
 */
export const replay = async (replaying: Replaying, known: Place | undefined): Promise<boolean> => {
  const { path, timeField, speed, signal, progress, report } = replaying;
  const timeOf = timeReader(timeField);
  for (let place = known; ; place = undefined) {
    const clock = pace(speed, signal, (waitMs) =>
      report('running', `The next record comes in ${Math.round(waitMs / 1000)} s, as it was recorded`),
    );
    let [records, timed] = [0, 0];
    const take = async (found: readonly FileRecord[]): Promise<boolean> => {
      let due: FileRecord[] = [];
      const times = found.map((record) => ('payload' in record ? (record.time ?? timeOf(record.payload)) : undefined));
      for (const [index, record] of found.entries()) {
        records += 1;
        const time = times[index];
        if (time !== undefined) timed += 1;
        const wait = time === undefined ? undefined : clock(time, times[index + 1]);
        if (wait) {
          if (!(await progress.take(due))) return false;
          due = [];
          await wait;
        }
        due.push(record);
      }
      return progress.take(due);
    };
    const isAny = await readOnce(replaying, place, take);
    if (signal.aborted) return isAny;
    if (records === 0 && place === undefined) throw new FatalFault(`"${path}" holds nothing`);
    if (timed === 0 && records > 0 && speed > 0)
      throw new FatalFault(`no record of "${path}" tells the time in "${timeField}": set "time_field"`);
    if (!replaying.loop) return isAny;
    // a round is never without a turn for others
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** From numbers, whatever their unit may be by their size, and from texts that hold a date; in milliseconds since 1970. */
export const timeReader = (path: string): ((payload: unknown) => number | undefined) => {
  const read = reader(path);
  return (payload) => {
    const value = read(payload);
    const isDigits = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value);
    const number = isDigits ? Number(value) : doubleOf(value);
    const time =
      number !== undefined ? inMilliseconds(number) : typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isFinite(time) ? time : undefined;
  };
};

/** Largest number of each unit, up to the year 5138, and how many milliseconds it has; what is larger is nanoseconds. */
const units = [
  { below: 1e11, milliseconds: 1000 },
  { below: 1e14, milliseconds: 1 },
  { below: 1e17, milliseconds: 1e-3 },
  { below: Infinity, milliseconds: 1e-6 },
] as const;

const inMilliseconds = (time: number): number => time * units.find(({ below }) => Math.abs(time) < below)!.milliseconds;
