import { Cron } from 'croner';

/** The first time of a pattern behind a time, in milliseconds since 1970; undefined where none comes. */
export type NextTime = (afterMs: number) => number | undefined;

/**
 * The times of a cron pattern on the clock of a zone. Where both days are given, a day that is one of them counts. A time that the clock
 * leaves out counts at the moment at which it goes on; one that comes twice counts once, unless the pattern is true in
 * every hour. Throws an Error that says what is wrong with the pattern.
 */
export const cronTimes = (pattern: string, zone: string): NextTime => {
  const job = new Cron(pattern, { timezone: zone, paused: true, mode: '5-or-6-parts' });
  return (afterMs) => job.nextRun(new Date(afterMs))?.getTime();
};

/** Why a text is no pattern of times, or one of times that never come; undefined where it is one. */
export const cronProblem = (pattern: string): string | undefined => {
  try {
    return cronTimes(pattern, 'UTC')(0) === undefined ? 'these times never come' : undefined;
  } catch (thrown) {
    const why = (thrown as Error).message.replace(/^\w+: /, '');
    return `${why.charAt(0).toLowerCase()}${why.slice(1).replace(/\.$/, '')}; write a pattern such as "*/15 8-18 * * MON-FRI"`;
  }
};
