import { z } from 'zod';
import { defineType, input } from '../../../engine/component.ts';
import { lineProblem } from './log-output.ts';

export const logOutputDefinition = defineType({
  type: 'log_output',
  category: 'output',
  title: 'Log',
  summary: 'Writes messages to the log of this server, a few in a minute.',
  icon: 'scroll-text',
  keywords: ['print', 'debug', 'console', 'journal', 'show', 'operator', 'alert'],
  ports: { in: input('json') },
  config: z.strictObject({
    text: z
      .string()
      .max(1000)
      .check(({ value, issues }) => {
        const message = lineProblem(value);
        if (message !== undefined) issues.push({ code: 'custom', message, input: value });
      })
      .default('')
      .meta({
        title: 'Text',
        description:
          'What the line says; {name} stands for a field of the message, {{ and }} are braces. The whole message as JSON where it is empty. Longer than 500 characters it is cut.',
        examples: ['{room} is too warm: {temperature} °C'],
      }),
    level: z
      .enum(['info', 'warn'])
      .default('info')
      .meta({
        title: 'Level',
        description: 'How important it is.',
        choices: { info: 'Information', warn: 'Warning' },
      }),
    most_per_minute: z.int().min(1).max(600).default(60).meta({
      title: 'Most per minute',
      description: 'Further messages of the minute are left out and counted, so that the log stays readable.',
    }),
  }),
  drops: { too_many: 'More came in a minute than may be written.' },
  plannedDrops: ['too_many'],
  examples: [
    {
      title: 'A warning for each alarm',
      config: { text: '{room} is too warm: {temperature} °C', level: 'warn' },
    },
  ],
});
