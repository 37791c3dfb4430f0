import { z } from 'zod';
import { fieldPath, filePath, size, unicodeOrLatin } from '../../../component-kit/fields/fields.ts';
import { timeFormatField, timeZoneField, twiceField } from '../../../component-kit/times/time-settings.ts';
import { csvSettings, namesProblem } from '../../../component-kit/content/csv-settings.ts';
import { looksForFiles, severalProblems, severalSettings } from './several-settings.ts';
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
      description:
        'Below the data folder where it does not begin with "/". Several files with "*" for any part of a name and "**" for any folders, or a folder with "/" at its end. What gzip has packed is unpacked.',
      examples: ['measurements.csv', 'logs/*.csv'],
      widget: 'file',
    }),
    format: z
      .enum(['json_lines', 'json', 'csv', 'text', 'tlog', 'by_name'])
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
          by_name: 'As each name ends',
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
    ...severalSettings,
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
    delimiter: csvSettings.delimiter,
    numbers: csvSettings.numbers,
    text_columns: csvSettings.text_columns.meta({ showIf: whenCsv }),
    decimal_comma: csvSettings.decimal_comma.meta({ showIf: whenCsv }),
    column_types: csvSettings.column_types.meta({ showIf: whenCsv }),
    header: csvSettings.header.meta({ showIf: whenCsv }),
    columns: csvSettings.columns,
    skip_lines: csvSettings.skip_lines.meta({ showIf: whenCsv }),
    skip_below_header: csvSettings.skip_below_header.meta({ showIf: whenCsv }),
    comment: csvSettings.comment.meta({ showIf: whenCsv }),
    encoding: unicodeOrLatin,
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
    const columns = namesProblem(value);
    if (columns) issues.push({ code: 'custom', path: ['columns'], message: columns, input: value.columns });
    for (const [path, message] of severalProblems(value))
      issues.push({ code: 'custom', path: [path], message, input: value[path] });
  });

export type FileInputConfig = z.output<typeof fileInputConfig>;

/** With other settings a file holds other records, and is read anew; what is added to a file is read on all the same. */
export const keyOf = ({ path, mode, format, ...config }: FileInputConfig): string => {
  if (looksForFiles({ path, when_read: config.when_read })) return settingsKey('', mode, format, config);
  if (mode === 'tail') return JSON.stringify({ path, mode });
  return settingsKey(path, mode, format, config);
};

const settingsKey = (
  path: string,
  mode: FileInputConfig['mode'],
  format: FileInputConfig['format'],
  config: Omit<FileInputConfig, 'path' | 'mode' | 'format'>,
): string => {
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
