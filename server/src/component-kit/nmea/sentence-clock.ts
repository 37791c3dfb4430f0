import type { Payload } from './read-sentence.ts';

const dayMs = 24 * 3600 * 1000;

/**
 * Gives sentences their time, as ISO 8601: from date and time of day where they have both. One that has the time of day alone
 * is taken for the one that is nearest to the time that the same line said last, by less than twelve hours; before a line has
 * said a date, such sentences have no time.
 */
export class SentenceClock {
  private lastMs: number | undefined;

  /** What was said last, in milliseconds since 1970. */
  get last(): number | undefined {
    return this.lastMs;
  }

  /** In milliseconds since 1970; undefined where it is not known. */
  timeOf({ date, time_of_day: time }: Payload): number | undefined {
    if (typeof time !== 'string') return undefined;
    const ofDay = ofDayMs(time);
    if (typeof date === 'string') return (this.lastMs = Date.parse(`${date}T00:00:00Z`) + ofDay);
    if (this.lastMs === undefined) return undefined;
    const ahead = Math.round((this.lastMs - ofDay) / dayMs) * dayMs;
    return (this.lastMs = ahead + ofDay);
  }
}

const ofDayMs = (time: string): number => {
  const [hours, minutes, seconds] = time.split(':') as [string, string, string];
  const [whole, rest = ''] = seconds.split('.') as [string, string?];
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(whole)) * 1000 + Number(rest.slice(0, 3).padEnd(3, '0'));
};
