import { z } from 'zod';
import { namesProblem } from '../../../component-kit/content/csv-settings.ts';
import { defineType, input, output } from '../../../engine/component.ts';
import { patternFaults, parseSettings } from './parse-settings.ts';

const config = z.strictObject(parseSettings).check(({ value, issues }) => {
  const tell = (path: string, message: string | undefined, given: unknown): void => {
    if (message !== undefined) issues.push({ code: 'custom', path: [path], message, input: given });
  };
  tell('columns', namesProblem(value), value.columns);
  if (value.format === 'pattern') tell('pattern', patternFaults(value.pattern), value.pattern);
  if (value.format === 'key_value' && value.pair_separator === value.key_separator)
    tell(
      'key_separator',
      'it is the same as between pairs: write what stands between a name and its value',
      value.key_separator,
    );
});
export type ParseConfig = z.output<typeof config>;

export const parseDefinition = defineType({
  type: 'parse',
  category: 'processor',
  title: 'Parse',
  summary: 'Makes records of a text or of bytes: JSON, CSV, key=value, patterns, MessagePack, line protocol, XML.',
  icon: 'file-input',
  keywords: [
    'decode',
    'csv',
    'json',
    'ndjson',
    'xml',
    'msgpack',
    'influx',
    'logfmt',
    'regex',
    'grok',
    'extract',
    'text',
  ],
  ports: { in: input('json'), out: output('json') },
  config,
  drops: { empty: 'It held nothing: no record, and nothing that was wrong.' },
  plannedDrops: ['empty'],
  trial: { comesOut: [0, 1] },
  examples: [
    {
      title: 'JSON that came as a text',
      config: {},
      given: { in: [{ text: '{"room":"hall",\n "temp":20.5}', from: '127.0.0.1:5000' }] },
      expect: { out: [{ room: 'hall', temp: 20.5 }] },
    },
    {
      title: 'The rows of a table that came as one text',
      config: { format: 'csv' },
      given: { in: [{ text: 'room,temp\nhall,20.5\nlab,21\n', from: '127.0.0.1:5000' }] },
      expect: {
        out: [
          { room: 'hall', temp: 20.5 },
          { room: 'lab', temp: 21 },
        ],
      },
    },
    {
      title: 'A line of a log, beside what came with it',
      config: { format: 'key_value', field: 'line', into: 'log' },
      given: { in: [{ line: 'level=warn text="it is \\"hot\\"" temp=81.5', number: 7 }] },
      expect: {
        out: [
          {
            line: 'level=warn text="it is \\"hot\\"" temp=81.5',
            number: 7,
            log: { level: 'warn', text: 'it is "hot"', temp: 81.5 },
          },
        ],
      },
    },
    {
      title: 'What a pattern names',
      config: { format: 'pattern', pattern: '(?<place>\\w+): (?<temp>-?[0-9.]+) C' },
      given: { in: ['hall: 20.5 C'] },
      expect: { out: [{ place: 'hall', temp: 20.5 }] },
    },
    {
      title: 'MessagePack that came as bytes',
      config: { format: 'msgpack' },
      given: { in: [{ data: 'gaRyb29tpGhhbGw=', from: '127.0.0.1:5000' }] },
      expect: { out: [{ room: 'hall' }] },
    },
    {
      title: 'Points of InfluxDB',
      config: { format: 'line_protocol' },
      given: { in: [{ text: 'rooms,room=hall temp=20.5 1700000000000000000' }] },
      expect: {
        out: [
          { measurement: 'rooms', tags: { room: 'hall' }, fields: { temp: 20.5 }, time: '2023-11-14T22:13:20.000Z' },
        ],
      },
    },
    {
      title: 'XML',
      config: { format: 'xml', lists: ['value'] },
      given: { in: ['<reading id="7"><room>hall</room><value>20.5</value></reading>'] },
      expect: { out: [{ reading: { '@id': 7, room: 'hall', value: [20.5] } }] },
    },
  ],
});
