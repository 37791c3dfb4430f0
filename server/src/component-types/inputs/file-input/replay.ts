import { FatalFault } from '../../../engine/fault.ts';
import { type RecordedTimes, timeReader } from '../../../component-kit/fields/time-reader.ts';
import { pace } from '../../../component-kit/replay/pace.ts';
import type { Place } from '../../../component-kit/files/place.ts';
import { type Reading, readOnce } from './read-file.ts';
import type { FileRecord } from '../../../component-kit/content/line-reader.ts';

export interface Replaying extends Reading {
  readonly times: RecordedTimes;
  /** 1 is as it was recorded, 0 as fast as the records are taken. */
  readonly speed: number;
  readonly loop: boolean;
}

/**
 * Reads a file at the speed at which it was recorded, from the place up to which it was handed on before. Resolves with
 * whether there was anything to read. Rejects with a FatalFault where nothing in it tells the time.
 */
export const replay = async (replaying: Replaying, known: Place | undefined): Promise<boolean> => {
  const { path, times, speed, signal, progress, report } = replaying;
  const timeOf = timeReader(times);
  for (let place = known; ; place = undefined) {
    const clock = pace(speed, signal, (waitMs) =>
      report('running', `The next record comes in ${Math.round(waitMs / 1000)} s, as it was recorded`),
    );
    let [records, timed] = [0, 0];
    let last: number | undefined;
    const recordedAt = (record: FileRecord): number | undefined =>
      'payload' in record ? (record.time ?? timeOf(record.payload)) : undefined;
    const take = async (found: readonly FileRecord[], next: FileRecord | undefined): Promise<boolean> => {
      let due: FileRecord[] = [];
      const times = [...found, ...(next ? [next] : [])].map(recordedAt);
      for (const [index, record] of found.entries()) {
        records += 1;
        const time = times[index];
        if (time !== undefined) timed += 1;
        // nothing tells whether the last time of a recording is right, so that a long wait for it is spared
        const isLast = index + 1 === times.length && 'time' in record;
        const wait = time === undefined ? undefined : clock(time, isLast ? last : times[index + 1]);
        last = time ?? last;
        if (wait) {
          if (!(await progress.take(due))) return false;
          due = [];
          await wait;
        }
        due.push(record);
      }
      return progress.take(due);
    };
    const isAny = await readOnce({ ...replaying, looksAhead: true }, place, take);
    if (signal.aborted) return isAny;
    if (records === 0 && place === undefined) throw new FatalFault(`"${path}" holds nothing`);
    if (timed === 0 && records > 0 && speed > 0)
      throw new FatalFault(
        `no record of "${path}" tells the time in "${times.field}": set "time_field", and "time_format" where it is no ISO 8601`,
      );
    if (!replaying.loop) return isAny;
    // a round is never without a turn for others
    await new Promise((resolve) => setImmediate(resolve));
  }
};
