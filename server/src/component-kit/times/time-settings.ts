import { z } from 'zod';
import { timeFormat } from './time-format.ts';
import { isZone } from './zone.ts';

/** How a setting names the format of a time; `title` and the like are the same wherever times are read. */
export const timeFormatField = z
  .string()
  .max(100)
  .check(({ value, issues }) => {
    try {
      if (value !== '' && value.toLowerCase() !== 'iso') timeFormat(value);
    } catch (thrown) {
      issues.push({ code: 'custom', message: (thrown as Error).message, input: value });
    }
  })
  .meta({
    title: 'Format of the time',
    description:
      'How a time is written, such as "dd.MM.yyyy HH:mm" or "%d/%m/%Y %H:%M:%S". Empty for ISO 8601. Nothing is guessed.',
    examples: ['dd.MM.yyyy HH:mm:ss'],
  });

export const timeZoneField = z
  .string()
  .max(100)
  .refine(isZone, 'there is no zone of that name: write one such as "Europe/Berlin" or "UTC"')
  .meta({
    title: 'Time zone',
    description: 'Where the clock hangs that wrote it, where the text does not say so.',
    examples: ['Europe/Berlin'],
  });

export const twiceField = z.enum(['refuse', 'earlier', 'later']).meta({
  title: 'Hour that comes twice',
  description: 'Which one is meant when a clock is set back and shows an hour again.',
  choices: { refuse: 'Refuse it', earlier: 'The first one', later: 'The second one' },
});
