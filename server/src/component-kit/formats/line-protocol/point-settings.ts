import { z } from 'zod';
import { messageTemplateProblem } from '../../content/message-template.ts';
import { fieldPath } from '../../fields/fields.ts';

const template = z
  .string()
  .min(1)
  .max(1000)
  .check(({ value, issues }) => {
    const message = messageTemplateProblem(value);
    if (message) issues.push({ code: 'custom', message, input: value });
  });

/** In which unit times are numbers. */
export const pointTimeUnit = z.enum(['ns', 'us', 'ms', 's']).meta({
  title: 'Unit of the time',
  choices: { ns: 'Nanoseconds', us: 'Microseconds', ms: 'Milliseconds', s: 'Seconds' },
});

/** What of a message becomes a point of InfluxDB: the settings of all types that write line protocol. */
export const pointSettings = {
  measurement: template.default('{measurement}').meta({
    title: 'Measurement',
    description: 'Name of the measurement; {field} stands for what a field of the message holds.',
    examples: ['rooms'],
  }),
  tags: z
    .array(fieldPath)
    .max(1000)
    .default(['tags'])
    .meta({
      title: 'Tags',
      description:
        'Fields that become tags, each by its path; of an object all that it holds. Empty ones are left out.',
      examples: [['site', 'room']],
    }),
  fields: z
    .array(fieldPath)
    .max(1000)
    .default(['fields'])
    .meta({
      title: 'Fields',
      description:
        'Fields that are written, each by its path; of an object all that it holds. Without any: all that are no tags, and neither time nor measurement.',
      examples: [['temperature', 'humidity']],
    }),
  integer_fields: z
    .array(z.string().min(1))
    .max(1000)
    .default([])
    .meta({
      title: 'Integers',
      description:
        'Names of fields that are written as integers, such as 7i; "*" is all that hold a whole number. All others are decimals, since the server refuses a field that is once the one and once the other.',
      examples: [['count']],
      advanced: true,
    }),
  time_field: z
    .union([z.literal(''), fieldPath])
    .default('time')
    .meta({
      title: 'Time',
      description:
        'Field that holds the time: a text such as 2024-05-01T10:00:00Z, or a whole number in the unit below. Without one the server takes its own.',
      widget: 'field',
    }),
  time_unit: pointTimeUnit.default('ns').meta({
    description:
      'In which the time is written, and in which it is where it is a number. The server has to be told the same.',
    advanced: true,
  }),
} as const;

export type PointSettings = { readonly [Name in keyof typeof pointSettings]: z.output<(typeof pointSettings)[Name]> };
