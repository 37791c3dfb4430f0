/** A date and a time of day as a clock on a wall shows it, wherever that wall may be. */
export interface WallTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  readonly millisecond?: number;
}

const dayMs = 86_400_000;

/**
 * Milliseconds since 1970 if that wall were in Greenwich; undefined where no calendar has that day, or no clock that time.
 * A leap second counts as the first of the next minute, and 24:00 as the beginning of the next day.
 */
export const greenwichMs = (wall: WallTime): number | undefined => {
  const { year, month, day, hour = 0, minute = 0, second = 0, millisecond = 0 } = wall;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const isEndOfDay = hour === 24 && minute === 0 && second === 0 && millisecond === 0;
  const isTime = hour < 24 && minute < 60 && (second < 60 || (second === 60 && minute === 59));
  if (!isTime && !isEndOfDay) return undefined;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
};

/** The month and the day of a day of the year, from 1; undefined where the year is shorter. */
export const dayOfYear = (year: number, number: number): Pick<WallTime, 'month' | 'day'> | undefined => {
  const first = greenwichMs({ year, month: 1, day: 1 })!;
  const date = new Date(first + (number - 1) * dayMs);
  if (number < 1 || date.getUTCFullYear() !== year) return undefined;
  return { month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};
