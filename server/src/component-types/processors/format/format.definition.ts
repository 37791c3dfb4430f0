import { z } from 'zod';
import { defineType, input, output } from '../../../engine/component.ts';
import { formatSettings } from './format-settings.ts';

const config = z.strictObject(formatSettings).check(({ value, issues }) => {
  const tell = (path: string, message: string, given: unknown): void =>
    void issues.push({ code: 'custom', path: [path], message, input: given });
  if (value.format === 'csv' && value.header === 'none' && value.columns.length === 0)
    tell(
      'columns',
      'without a header the columns have to be named: otherwise nobody knows what a field is',
      value.columns,
    );
  if (value.format === 'key_value' && value.pair_separator === value.key_separator)
    tell(
      'key_separator',
      'it is the same as between pairs: write what stands between a name and its value',
      value.key_separator,
    );
});
export type FormatConfig = z.output<typeof config>;

export const formatDefinition = defineType({
  type: 'format',
  category: 'processor',
  title: 'Format',
  summary: 'Writes a message as text or bytes: CSV, key=value, JSON, MessagePack, line protocol, XML.',
  icon: 'file-output',
  keywords: ['encode', 'serialize', 'csv', 'json', 'xml', 'msgpack', 'influx', 'logfmt', 'text', 'bytes', 'write'],
  ports: { in: input('json'), out: output('json') },
  config,
  trial: { comesOut: [0, 1] },
  examples: [
    {
      title: 'A row of CSV without its header',
      config: { format: 'csv', header: 'none', columns: ['room', 'temp', 'note'] },
      given: { in: [{ room: 'hall', temp: 20.5, note: 'a "warm" one' }] },
      expect: { out: [{ text: 'hall,20.5,"a ""warm"" one"' }] },
    },
    {
      title: 'JSON in a field, beside all else',
      config: { format: 'json', field: 'reading', into: 'body' },
      given: { in: [{ to: 'archive', reading: { temp: 20.5 } }] },
      expect: { out: [{ to: 'archive', reading: { temp: 20.5 }, body: '{"temp":20.5}' }] },
    },
    {
      title: 'A line for a log',
      config: { format: 'key_value' },
      given: { in: [{ level: 'warn', text: 'it is "hot"', temp: 81.5 }] },
      expect: { out: [{ text: 'level=warn text="it is \\"hot\\"" temp=81.5' }] },
    },
    {
      title: 'MessagePack, as bytes',
      config: { format: 'msgpack' },
      given: { in: [{ room: 'hall' }] },
      expect: { out: [{ data: 'gaRyb29tpGhhbGw=' }] },
    },
    {
      title: 'A point of InfluxDB',
      config: { format: 'line_protocol', measurement: 'rooms', tags: ['room'], fields: [], time_field: 'at' },
      given: { in: [{ room: 'hall', temp: 20.5, at: '2023-11-14T22:13:20Z' }] },
      expect: { out: [{ text: 'rooms,room=hall temp=20.5 1700000000000000000' }] },
    },
    {
      title: 'XML',
      config: { format: 'xml', root: 'reading' },
      given: { in: [{ '@id': 7, room: 'hall', value: [20.5, 21] }] },
      expect: { out: [{ text: '<reading id="7"><room>hall</room><value>20.5</value><value>21</value></reading>' }] },
    },
  ],
});
