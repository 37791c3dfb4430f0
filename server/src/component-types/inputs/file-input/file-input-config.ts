import { z } from 'zod';
import { fieldPath, filePath, size } from '../../../component-kit/fields/fields.ts';
import { timeFormatField, timeZoneField, twiceField } from '../../../component-kit/times/time-settings.ts';
import { columnTypes } from '../../../component-kit/content/csv-value.ts';
import { dialectSettings } from '../../../component-kit/mavlink/dialect-settings.ts';
import { replaySettings } from '../../../component-kit/replay/replay-settings.ts';

const followProblem = (config: { mode: string; format: string; path: string }): string | undefined => {
  if (config.mode !== 'tail') return undefined;
  if (config.format === 'tlog') return 'a MAVLink recording cannot be followed: read it "once", or "replay" it';
  return config.path.endsWith('.gz') ? 'a packed file cannot be followed' : undefined;
};

/** A line is held in memory as a whole, so there is a bound. */
const lineSize = size.refine((bytes) => bytes > 0 && bytes <= 64 * 1024 ** 2, {
  message: 'a line has room for 1B to 64MB: name the longest that you expect',
});

const whenCsv = { field: 'format', is: ['csv'] };
const whenReplayed = { field: 'mode', is: ['replay'] };

export const fileInputConfig = z
  .strictObject({
    path: filePath.min(1).meta({
      title: 'File',
      description: 'Below the data folder where it does not begin with "/". What gzip has packed is unpacked.',
      examples: ['measurements.csv'],
    }),
    format: z
      .enum(['json_lines', 'json', 'csv', 'text', 'tlog'])
      .default('json_lines')
      .meta({
        title: 'Content',
        description:
          'JSON on each line, JSON over several lines or in one list, CSV, plain lines, or a MAVLink recording.',
        choices: {
          json_lines: 'JSON lines',
          json: 'JSON, also a list',
          csv: 'CSV',
          text: 'Lines of text',
          tlog: 'MAVLink recording',
        },
      }),
    mode: z
      .enum(['once', 'tail', 'replay'])
      .default('once')
      .meta({
        title: 'Reading',
        description: 'From beginning to end, following what is added, or at the speed of the recording.',
        choices: { once: 'Once', tail: 'Follow what is added', replay: 'Replay' },
      }),
    from_start: z
      .boolean()
      .default(false)
      .meta({
        title: 'From the beginning',
        description: 'Whether what stands in the file already is read too.',
        showIf: { field: 'mode', is: ['tail'] },
      }),
    time_field: fieldPath.default('time').meta({
      title: 'Time',
      description: 'Field that tells when it was recorded: a date, or a number.',
      widget: 'field',
      showIf: { field: 'mode', is: ['replay'] },
    }),
    time_unit: z
      .enum(['by_size', 's', 'ms', 'us', 'ns'])
      .default('by_size')
      .meta({
        title: 'Unit of the time',
        description: 'Of numbers: since 1970 the size tells it; since the start of a device it has to be said.',
        choices: {
          by_size: 'As its size tells',
          s: 'Seconds',
          ms: 'Milliseconds',
          us: 'Microseconds',
          ns: 'Nanoseconds',
        },
        showIf: whenReplayed,
        advanced: true,
      }),
    time_format: timeFormatField.default('').meta({ showIf: whenReplayed, advanced: true }),
    time_zone: timeZoneField.default('UTC').meta({ showIf: whenReplayed, advanced: true }),
    time_twice: twiceField.default('refuse').meta({ showIf: whenReplayed, advanced: true }),
    ...replaySettings({ field: 'mode', is: ['replay'] }),
    dialect: dialectSettings.dialect.meta({ showIf: { field: 'format', is: ['tlog'] } }),
    definition: dialectSettings.definition,
    delimiter: z
      .string()
      .regex(/^[^"\r\n]$/, 'a delimiter is one character, and no quote')
      .default(',')
      .meta({ title: 'Delimiter', description: 'Between the fields of a CSV line.', advanced: true }),
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
        showIf: { field: 'format', is: ['csv'] },
        advanced: true,
      }),
    decimal_comma: z.boolean().default(false).meta({
      title: 'Decimal comma',
      description: 'Whether numbers of CSV are written as 21,5 or 1.234,5.',
      showIf: whenCsv,
      advanced: true,
    }),
    column_types: z
      .record(z.string().min(1), z.enum(columnTypes))
      .default({})
      .meta({
        title: 'Types of columns',
        description: 'What columns of CSV hold: "text", "number" or "boolean". A row with something else is refused.',
        examples: [{ tag: 'text', temp: 'number' }],
        showIf: whenCsv,
        advanced: true,
      }),
    header: z
      .enum(['first_line', 'none'])
      .default('first_line')
      .meta({
        title: 'Header',
        description: 'Where the names of the columns stand.',
        choices: { first_line: 'In the first line', none: 'There is none' },
        showIf: whenCsv,
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
      showIf: whenCsv,
      advanced: true,
    }),
    skip_below_header: z.int().min(0).max(1000).default(0).meta({
      title: 'Lines below the header',
      description: 'Lines below the names that are no rows, such as units: 2 for TOA5, 1 for FlySight.',
      showIf: whenCsv,
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
        showIf: whenCsv,
        advanced: true,
      }),
    encoding: z
      .enum(['utf-8', 'windows-1252', 'utf-16le', 'utf-16be'])
      .default('utf-8')
      .meta({
        title: 'Characters',
        description: 'How the text is written. UTF-16 with a byte order mark is known without it.',
        choices: {
          'utf-8': 'UTF-8',
          'windows-1252': 'Windows-1252 (Latin 1)',
          'utf-16le': 'UTF-16, little end first',
          'utf-16be': 'UTF-16, big end first',
        },
        advanced: true,
      }),
    remember: z.boolean().default(true).meta({
      title: 'Go on where it was',
      description:
        'Whether a start goes on where the last one ended, so that each record comes once. Otherwise each start begins anew.',
      advanced: true,
    }),
    max_line: lineSize.prefault('1MB').meta({
      title: 'Longest line',
      description: 'Longer ones are dropped. From 1B to 64MB: there is always a bound.',
      advanced: true,
    }),
  })
  .check(({ value, issues }) => {
    const problem = followProblem(value);
    if (problem) issues.push({ code: 'custom', path: ['mode'], message: problem, input: value.mode });
    if (value.columns.length > 0 && value.header === 'first_line') {
      const message = 'the names stand in the first line: set "header" to "none" to give them by hand';
      issues.push({ code: 'custom', path: ['columns'], message, input: value.columns });
    }
  });

export type FileInputConfig = z.output<typeof fileInputConfig>;

/** With other settings a file holds other records, and is read anew; what is added to a file is read on all the same. */
export const keyOf = ({ path, mode, format, ...config }: FileInputConfig): string => {
  if (mode === 'tail') return JSON.stringify({ path, mode });
  const { delimiter, numbers, text_columns, max_line, encoding } = config;
  const key = { path, mode, format, delimiter, numbers, text_columns, max_line, encoding };
  const { decimal_comma, column_types, header, columns, skip_lines, skip_below_header, comment } = config;
  const { dialect, definition } = config;
  const table = { decimal_comma, column_types, header, columns, skip_lines, skip_below_header, comment };
  // what is as it always was keeps its key over an upgrade
  return JSON.stringify({
    ...key,
    ...(JSON.stringify(table) !== usualTable && { table }),
    ...(dialect !== 'all' && { dialect, definition }),
  });
};

const usualTable = JSON.stringify({
  decimal_comma: false,
  column_types: {},
  header: 'first_line',
  columns: [],
  skip_lines: 0,
  skip_below_header: 0,
  comment: '',
});
