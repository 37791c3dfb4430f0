import { z } from 'zod';
import { duration } from '../fields/fields.ts';
import { isZone } from '../times/zone.ts';
import { cronProblem } from './cron.ts';

const oftenestMs = 10;
const longestMs = 365 * 86_400_000;

/** When something is done again and again. `every` is the interval where nothing else is said. */
export const scheduleSettings = (every: string) => ({
  when: z
    .enum(['every', 'cron'])
    .default('every')
    .meta({
      title: 'When',
      description: 'At a fixed interval, beginning when the flow starts, or at times of the clock.',
      choices: { every: 'At an interval', cron: 'At times of the clock' },
    }),
  every: duration
    .refine((ms) => ms >= oftenestMs && ms <= longestMs, 'an interval lasts 10ms to 365d')
    .prefault(every)
    .meta({
      title: 'Interval',
      description: 'From one time to the next: 10ms to 365d.',
      showIf: { field: 'when', is: ['every'] },
    }),
  cron: z
    .string()
    .max(200)
    .check(({ value, issues }) => {
      const message = cronProblem(value);
      if (message !== undefined) issues.push({ code: 'custom', message, input: value });
    })
    .default('0 * * * *')
    .meta({
      title: 'Times',
      description:
        'Minute, hour, day of the month, month and day of the week, as cron has them; with six parts the first is the second.',
      examples: ['*/15 8-18 * * MON-FRI'],
      showIf: { field: 'when', is: ['cron'] },
    }),
  zone: z
    .string()
    .max(100)
    .refine((name) => isZone(name) && !/^[-+]/.test(name), 'write a zone such as "Europe/Berlin" or "UTC"')
    .default('UTC')
    .meta({
      title: 'Zone',
      description: 'Whose clock that is.',
      examples: ['Europe/Berlin'],
      showIf: { field: 'when', is: ['cron'] },
    }),
});

export interface ScheduleSettings {
  readonly when: 'every' | 'cron';
  /** In milliseconds. */
  readonly every: number;
  readonly cron: string;
  readonly zone: string;
}
