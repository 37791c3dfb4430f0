import { z } from 'zod';
import { columnTypes } from './csv-value.ts';

/** Between the fields of CSV. */
export const delimiter = z
  .string()
  .regex(/^[^"\r\n]$/, 'a delimiter is one character, and no quote')
  .default(',')
  .meta({ title: 'Delimiter', description: 'Between the fields of a CSV line.', advanced: true });

/** How CSV is read, wherever it is. */
export const csvSettings = {
  delimiter,
  numbers: z.boolean().default(true).meta({
    title: 'Numbers',
    description: 'Whether fields of CSV that look like numbers become numbers.',
    advanced: true,
  }),
  text_columns: z
    .array(z.string().min(1))
    .max(1000)
    .default([])
    .meta({
      title: 'Columns of text',
      description: 'Columns of CSV whose fields stay texts, such as numbers of parts.',
      examples: [['tag']],
      advanced: true,
    }),
  decimal_comma: z.boolean().default(false).meta({
    title: 'Decimal comma',
    description: 'Whether numbers of CSV are written as 21,5 or 1.234,5.',
    advanced: true,
  }),
  column_types: z
    .record(z.string().min(1), z.enum(columnTypes))
    .default({})
    .meta({
      title: 'Types of columns',
      description: 'What columns of CSV hold: "text", "number" or "boolean". A row with something else is refused.',
      examples: [{ tag: 'text', temp: 'number' }],
      advanced: true,
    }),
  header: z
    .enum(['first_line', 'none'])
    .default('first_line')
    .meta({
      title: 'Header',
      description: 'Where the names of the columns stand.',
      choices: { first_line: 'In the first line', none: 'There is none' },
      advanced: true,
    }),
  columns: z
    .array(z.string().min(1))
    .max(10_000)
    .default([])
    .meta({
      title: 'Names of the columns',
      description: 'Where there is no header: in their order. Without them they are column_1, column_2 …',
      examples: [['time', 'temp']],
      showIf: { field: 'header', is: ['none'] },
      advanced: true,
    }),
  skip_lines: z.int().min(0).max(10_000).default(0).meta({
    title: 'Lines before the table',
    description: 'Lines at the beginning of CSV that are no part of it.',
    advanced: true,
  }),
  skip_below_header: z.int().min(0).max(1000).default(0).meta({
    title: 'Lines below the header',
    description: 'Lines below the names that are no rows, such as units: 2 for TOA5, 1 for FlySight.',
    advanced: true,
  }),
  comment: z
    .string()
    .max(10)
    .default('')
    .meta({
      title: 'Comments',
      description: 'What lines begin with that are no part of the table; empty where there are none.',
      examples: ['#'],
      advanced: true,
    }),
} as const;

/** Why names by hand do not go together with where the header is; undefined where they do. */
export const namesProblem = (config: { columns: readonly string[]; header: string }): string | undefined =>
  config.columns.length > 0 && config.header === 'first_line'
    ? 'the names stand in the first line: set "header" to "none" to give them by hand'
    : undefined;
