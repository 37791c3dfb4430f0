import { z } from 'zod';
import { csvSettings } from '../../../component-kit/content/csv-settings.ts';
import { fieldPath, unicodeOrLatin } from '../../../component-kit/fields/fields.ts';
import { pairSettings } from '../../../component-kit/formats/key-value/pair-settings.ts';
import { pointTimeUnit } from '../../../component-kit/formats/line-protocol/point-settings.ts';
import { longestPattern, mostPatternSize, patternProblem } from '../../../component-kit/rules/pattern-problem.ts';
import { patternSize } from '../../../component-kit/rules/pattern-size.ts';

/** Why a pattern cannot be used; undefined where it can. */
export const patternFaults = (pattern: string): string | undefined => {
  if (pattern === '') return 'write a pattern with a name for each field, such as "(?<room>\\w+) (?<temp>[0-9.]+)"';
  if (patternSize(pattern) > mostPatternSize)
    return `written out it has more than ${mostPatternSize} steps: repeat less often`;
  return (
    patternProblem(pattern) ??
    (/\(\?P?<[a-zA-Z_]/.test(pattern)
      ? undefined
      : 'it names no field: write "(?<room>\\w+)" for one that is called room')
  );
};

const when = (...formats: string[]) => ({ showIf: { field: 'format', is: formats } });
const ofFields = when('csv', 'key_value', 'pattern', 'xml');

export const parseSettings = {
  format: z
    .enum(['json', 'json_lines', 'csv', 'key_value', 'pattern', 'msgpack', 'line_protocol', 'xml'])
    .default('json')
    .meta({
      title: 'Format',
      description: 'What the text or the bytes hold. One message becomes as many as there are records in it.',
      choices: {
        json: 'JSON, also several texts',
        json_lines: 'JSON lines',
        csv: 'CSV',
        key_value: 'key=value',
        pattern: 'A pattern with names',
        msgpack: 'MessagePack',
        line_protocol: 'Line protocol of InfluxDB',
        xml: 'XML',
      },
    }),
  field: z
    .union([z.literal(''), fieldPath])
    .default('')
    .meta({
      title: 'Field',
      description:
        'Field that holds it. Empty where the message itself is the text, or has it in "text", or has bytes in "data", as inputs give them.',
      examples: ['line'],
      widget: 'field',
    }),
  into: z
    .union([z.literal(''), fieldPath])
    .default('')
    .meta({
      title: 'Into the field',
      widget: 'new_field',
      description:
        'Field that gets the record, beside all that the message holds. Empty where the record takes the place of the message.',
      examples: ['reading'],
    }),
  holds: z
    .enum(['text', 'base64'])
    .default('text')
    .meta({
      title: 'The field holds',
      description: 'Whether the field that is named holds a text, or bytes as base64; MessagePack is always base64.',
      choices: { text: 'Text', base64: 'Bytes as base64' },
      advanced: true,
    }),
  encoding: unicodeOrLatin,
  pattern: z
    .string()
    .max(longestPattern)
    .default('')
    .meta({
      title: 'Pattern',
      description:
        'A regular expression, looked for in each line: "(?<room>\\w+)" becomes the field "room". Without look-ahead and references back, so that no text takes long.',
      examples: ['(?<room>\\w+) (?<temp>[0-9.]+)'],
      ...when('pattern'),
    }),
  delimiter: csvSettings.delimiter.meta(when('csv')),
  header: csvSettings.header.meta({
    description: 'Where the names of the columns stand; the first line is that of each message.',
    advanced: false,
    ...when('csv'),
  }),
  columns: csvSettings.columns.meta({ advanced: false }),
  pair_separator: pairSettings.pair_separator.meta(when('key_value')),
  key_separator: pairSettings.key_separator.meta(when('key_value')),
  flags: z
    .boolean()
    .default(false)
    .meta({
      title: 'Names alone',
      description: 'Whether a name without a value is a field that is true; otherwise it is refused.',
      advanced: true,
      ...when('key_value'),
    }),
  numbers: csvSettings.numbers.meta({
    description: 'Whether what looks like a number becomes one. What stands in quotes in key=value stays a text.',
    ...ofFields,
  }),
  text_columns: csvSettings.text_columns.meta({
    title: 'Fields of text',
    description: 'Columns or fields that stay texts, such as numbers of parts.',
    ...ofFields,
  }),
  decimal_comma: csvSettings.decimal_comma.meta({
    description: 'Whether numbers are written as 21,5 or 1.234,5.',
    ...ofFields,
  }),
  column_types: csvSettings.column_types.meta({
    title: 'Types of fields',
    description: 'What columns or fields hold: "text", "number" or "boolean". Something else is refused.',
    ...ofFields,
  }),
  skip_lines: csvSettings.skip_lines.meta({
    description: 'Lines at the beginning of each message that are no part of it.',
    ...when('csv'),
  }),
  skip_below_header: csvSettings.skip_below_header.meta(when('csv')),
  comment: csvSettings.comment.meta(when('csv')),
  time_unit: pointTimeUnit.default('ns').meta({
    description: 'In which the times of line protocol are written. They become texts such as 2023-11-14T22:13:20.000Z.',
    ...when('line_protocol'),
  }),
  line_ends: z
    .boolean()
    .default(true)
    .meta({
      title: 'Line ends in tags',
      description:
        'Whether \\n, \\r and \\t in names and tags are line ends and tabs, for which client libraries write them. A server reads two characters: set it to false for paths such as C:\\new.',
      advanced: true,
      ...when('line_protocol'),
    }),
  lists: z
    .array(z.string().min(1))
    .max(1000)
    .default([])
    .meta({
      title: 'Lists',
      description: 'Elements that are a list also where only one of them is there.',
      examples: [['entry']],
      ...when('xml'),
    }),
} as const;
