import { z } from 'zod';
import { delimiter } from '../../../component-kit/content/csv-settings.ts';
import { fieldPath } from '../../../component-kit/fields/fields.ts';
import { pairSettings } from '../../../component-kit/formats/key-value/pair-settings.ts';
import { pointSettings } from '../../../component-kit/formats/line-protocol/point-settings.ts';

const when = (format: string) => ({ showIf: { field: 'format', is: [format] } });
const fields = (title: string, description: string, example: string) =>
  z
    .array(fieldPath)
    .max(1000)
    .default([])
    .meta({ title, description, examples: [[example]], advanced: true, ...when('msgpack') });

export const formatSettings = {
  format: z
    .enum(['json', 'csv', 'key_value', 'msgpack', 'line_protocol', 'xml'])
    .default('json')
    .meta({
      title: 'Format',
      description: 'How the message is written. MessagePack is bytes, which are base64; all others are texts.',
      choices: {
        json: 'JSON',
        csv: 'CSV',
        key_value: 'key=value',
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
      description: 'Field that is written. Empty for the whole message.',
      examples: ['reading'],
      widget: 'field',
    }),
  into: z
    .union([z.literal(''), fieldPath])
    .default('')
    .meta({
      title: 'Into the field',
      widget: 'new_field',
      description:
        'Field that gets the text or the bytes, beside all that the message holds. Empty where they take the place of the message: as its "text" or its "data", which outputs send.',
      examples: ['body'],
    }),
  columns: z
    .array(z.string().min(1))
    .max(1000)
    .default([])
    .meta({
      title: 'Columns',
      description: 'Fields that become columns, by name or path. Without them all fields of a message are columns.',
      examples: [['time', 'temp']],
      ...when('csv'),
    }),
  header: z
    .enum(['each', 'first', 'none'])
    .default('each')
    .meta({
      title: 'Header',
      description:
        'Where the names of the columns stand. With "once", the first message since the start says which columns there are where none are named, and one with other fields is refused.',
      choices: { each: 'In each message', first: 'Once, before the first row since the start', none: 'Nowhere' },
      ...when('csv'),
    }),
  delimiter: delimiter.meta(when('csv')),
  line_end: z
    .enum(['lf', 'crlf'])
    .default('lf')
    .meta({
      title: 'Line ends',
      description: 'Between the rows of one message. There is none behind the last one.',
      choices: { lf: 'LF', crlf: 'CR LF' },
      advanced: true,
      ...when('csv'),
    }),
  guard_formulas: z
    .boolean()
    .default(false)
    .meta({
      title: 'No formulas',
      description:
        'Whether texts that a spreadsheet would reckon, such as "=1+1", get an apostrophe in front. Numbers stay as they are.',
      advanced: true,
      ...when('csv'),
    }),
  pair_separator: pairSettings.pair_separator.meta({
    description: 'What stands between pairs.',
    ...when('key_value'),
  }),
  key_separator: pairSettings.key_separator.meta(when('key_value')),
  bytes_fields: fields('Bytes', 'Fields with base64 that become bytes.', 'image'),
  time_fields: fields('Times', 'Fields with a time such as 2024-05-01T10:00:00Z that become timestamps.', 'at'),
  measurement: pointSettings.measurement.meta(when('line_protocol')),
  tags: pointSettings.tags.meta(when('line_protocol')),
  fields: pointSettings.fields.meta(when('line_protocol')),
  integer_fields: pointSettings.integer_fields.meta(when('line_protocol')),
  time_field: pointSettings.time_field.meta(when('line_protocol')),
  time_unit: pointSettings.time_unit.meta(when('line_protocol')),
  root: z
    .string()
    .regex(
      /^[\p{L}_:][\p{L}\p{N}_:.-]*$/u,
      'an element has a name of letters, digits, "-", "_" and ".", with a letter first',
    )
    .max(200)
    .default('message')
    .meta({
      title: 'Root',
      description: 'Element around the message, unless it has one field alone that is no list.',
      ...when('xml'),
    }),
} as const;
