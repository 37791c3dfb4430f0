import { z } from 'zod';
import { defineType, input } from '../../../engine/component.ts';
import { duration, fieldPath, filePath, size } from '../../../component-kit/fields/fields.ts';
import { timeFormatField, timeZoneField } from '../../../component-kit/times/time-settings.ts';
import { pathTemplateProblem } from './path-template.ts';

/** A path in which fields of messages may stand. */
const templatePath = filePath.min(1).check(({ value, issues }) => {
  const message = pathTemplateProblem(value);
  if (message !== undefined) issues.push({ code: 'custom', message, input: value });
});

export const fileOutputDefinition = defineType({
  type: 'file_output',
  category: 'output',
  title: 'File',
  summary: 'Writes every message to a file, as JSON lines or CSV; also to one for each day or device.',
  icon: 'file-output',
  keywords: ['csv', 'json', 'ndjson', 'log', 'record', 'save', 'archive', 'export', 'disk', 'daily', 'per device'],
  ports: { in: input('json') },
  config: z.strictObject({
    path: templatePath.default('messages.ndjson').meta({
      title: 'File',
      description:
        'Below the data folder where it does not begin with "/". {name} stands for a field of the message, {@header.topic} for one of its headers, {@date}, {@hour}, {@month} and {@year} for its time: then each value has a file of its own. {{ and }} are braces.',
      examples: ['flight-log.ndjson', '{vehicle}/{@date}.ndjson'],
      widget: 'new_file',
    }),
    format: z
      .enum(['json_lines', 'csv'])
      .default('json_lines')
      .meta({
        title: 'Content',
        description: 'JSON on each line, or CSV with a header.',
        choices: { json_lines: 'JSON lines', csv: 'CSV' },
      }),
    columns: z
      .array(z.string().min(1))
      .max(1000)
      .default([])
      .meta({
        title: 'Columns',
        description:
          'Fields that become columns, by name or path. Where none is named: all that come, each in a column.',
        showIf: { field: 'format', is: ['csv'] },
      }),
    delimiter: z
      .string()
      .regex(/^[^"\r\n]$/, 'a delimiter is one character, and no quote')
      .default(',')
      .meta({
        title: 'Delimiter',
        description: 'Between the fields of a CSV line, such as ";" for spreadsheets.',
        showIf: { field: 'format', is: ['csv'] },
        advanced: true,
      }),
    max_size: size
      .prefault('64MB')
      .meta({ title: 'New file at', description: 'Size at which a new file is begun; "0B" for never.' }),
    max_age: duration
      .prefault('24h')
      .meta({ title: 'New file after', description: 'Age at which a new file is begun; "0s" for never.' }),
    keep: z
      .int()
      .min(1)
      .max(10_000)
      .default(10)
      .meta({ title: 'Old files', description: 'How many are kept; the oldest goes first.' }),
    gzip: z
      .boolean()
      .default(true)
      .meta({ title: 'Pack old files', description: 'Whether they are packed.', advanced: true }),
    sync: z
      .enum(['never', 'every_batch', 'every_second'])
      .default('every_second')
      .meta({
        title: 'On disk',
        description: 'When what is written is sure to outlive a power cut.',
        choices: { never: 'When the system likes', every_batch: 'With every batch', every_second: 'Every second' },
        advanced: true,
      }),
    max_files: z.int().min(1).max(100_000).default(1000).meta({
      title: 'Most files',
      description:
        'How many files the fields of messages may begin, those that are there counted. Messages for further ones are refused.',
      advanced: true,
    }),
    max_open: z.int().min(1).max(256).default(32).meta({
      title: 'Open at once',
      description: 'How many of these files are open; for another one, that is closed which was not used for longest.',
      advanced: true,
    }),
    time_field: z
      .union([z.literal(''), fieldPath])
      .default('')
      .meta({
        title: 'Time',
        description: 'Field whose time {@date} and the like mean; empty for when the message came.',
        widget: 'field',
        examples: ['time'],
        advanced: true,
      }),
    time_format: timeFormatField.default('').meta({ advanced: true }),
    time_zone: timeZoneField.default('UTC').meta({
      description: 'Whose days and hours {@date} and the like mean, and of times that do not say it.',
      advanced: true,
    }),
  }),
  trial: { config: ({ newFile }) => ({ path: newFile }) },
  examples: [
    { title: 'A flight log that begins anew every day', config: { path: 'flight-log.ndjson', max_age: '24h' } },
    {
      title: 'A file for each vehicle and day, as the clocks of Berlin show it',
      config: {
        path: 'flights/{vehicle}/{@date}.ndjson',
        max_age: '0s',
        time_field: 'time',
        time_zone: 'Europe/Berlin',
      },
    },
    {
      title: 'A table for each topic of MQTT',
      config: { path: 'topics/{@header.topic}.csv', format: 'csv', columns: ['value'] },
    },
  ],
});
