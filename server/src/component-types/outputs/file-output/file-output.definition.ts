import { z } from 'zod';
import { defineType, input } from '../../../engine/component.ts';
import { duration, filePath, size } from '../../../component-kit/fields/fields.ts';

export const fileOutputDefinition = defineType({
  type: 'file_output',
  category: 'output',
  title: 'File',
  summary: 'Writes every message to a file, as JSON lines or CSV.',
  icon: 'file-output',
  keywords: ['csv', 'json', 'ndjson', 'log', 'record', 'save', 'archive', 'export', 'disk'],
  ports: { in: input('json') },
  config: z.strictObject({
    path: filePath
      .min(1)
      .default('messages.ndjson')
      .meta({
        title: 'File',
        description: 'Below the data folder where it does not begin with "/".',
        examples: ['flight-log.ndjson'],
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
  }),
  trial: { config: ({ newFile }) => ({ path: newFile }) },
  examples: [
    { title: 'A flight log that begins anew every day', config: { path: 'flight-log.ndjson', max_age: '24h' } },
  ],
});
