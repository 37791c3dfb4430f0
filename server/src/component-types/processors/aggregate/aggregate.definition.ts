import { z } from 'zod';
import { duration, durationAboveZero, fieldPath } from '../../../component-kit/fields/fields.ts';
import { timeFormatField, timeZoneField, twiceField } from '../../../component-kit/times/time-settings.ts';
import { defineType, input, output } from '../../../engine/component.ts';
import { groupField } from './payload.ts';
import { nameOf, ResultSettings } from './result-settings.ts';

const ofTime = { field: 'window', is: ['tumbling', 'sliding'] };
/** A message is counted in so many windows at most. */
const mostSpans = 100;

export const aggregateDefinition = defineType({
  type: 'aggregate',
  category: 'processor',
  title: 'Aggregate',
  summary: 'Makes one message of many: their count, sum, mean, highest or lowest value over a span of time.',
  icon: 'sigma',
  keywords: ['window', 'average', 'mean', 'sum', 'count', 'minimum', 'maximum', 'percentile', 'statistics', 'group by'],
  ports: { in: input('json'), out: output('json', { title: 'Results' }) },
  config: z
    .strictObject({
      window: z
        .enum(['tumbling', 'sliding', 'session', 'count'])
        .default('tumbling')
        .meta({
          title: 'Window',
          description: 'Which messages are taken together.',
          choices: {
            tumbling: 'Each span of time, one after the other',
            sliding: 'Spans of time that overlap',
            session: 'Until nothing has come for a while',
            count: 'So many messages',
          },
        }),
      size: durationAboveZero.default(60_000).meta({
        title: 'Length',
        description:
          'How long a window is. Windows begin at its multiples: those of an hour at the full hour, those of a day at midnight.',
        examples: ['1m'],
        showIf: ofTime,
      }),
      every: durationAboveZero.default(10_000).meta({
        title: 'Every',
        description: 'How long after the beginning of one window the next one begins.',
        examples: ['10s'],
        showIf: { field: 'window', is: ['sliding'] },
      }),
      gap: durationAboveZero.default(60_000).meta({
        title: 'Ends after',
        description: 'A window ends when nothing has come for so long.',
        examples: ['5m'],
        showIf: { field: 'window', is: ['session'] },
      }),
      messages: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(100)
        .meta({
          title: 'Messages',
          description: 'So many make a window.',
          showIf: { field: 'window', is: ['count'] },
        }),
      results: z
        .array(ResultSettings)
        .min(1)
        .max(50)
        .default([{ calculate: 'count' }])
        .meta({ title: 'Results', description: 'What is reckoned over the messages of a window.' }),
      by: z
        .array(fieldPath)
        .max(20)
        .default([])
        .meta({
          title: 'Each by',
          description:
            'Messages are taken together where these fields are the same, such as the name of a sensor. Without fields all are. "@header.topic" is a header.',
          examples: [['sensor']],
        }),
      time_field: z
        .union([z.literal(''), fieldPath])
        .default('')
        .meta({
          title: 'Time',
          description:
            'Field that tells when a message was made. Empty: that counts at which it came in, and windows end by the clock. With a field they end when a later message comes.',
          examples: ['time'],
          widget: 'field',
        }),
      time_unit: z
        .enum(['by_size', 's', 'ms', 'us', 'ns'])
        .default('by_size')
        .meta({
          title: 'Unit of the time',
          description: 'Of numbers since 1970.',
          choices: {
            by_size: 'As its size tells',
            s: 'Seconds',
            ms: 'Milliseconds',
            us: 'Microseconds',
            ns: 'Nanoseconds',
          },
          advanced: true,
        }),
      time_format: timeFormatField.default('').meta({ advanced: true }),
      time_zone: timeZoneField.default('UTC').meta({
        title: 'Time zone',
        description: 'By its clock windows begin, and times are read that do not say theirs.',
        advanced: true,
      }),
      time_twice: twiceField.default('refuse').meta({ advanced: true }),
      lateness: duration.default(0).meta({
        title: 'Wait for late ones',
        description:
          'How far the time of a message may lie behind the newest one. Windows are handed on so much later; what comes still later is dropped, and counted.',
        examples: ['30s'],
        advanced: true,
      }),
      most_ahead: duration.default(86_400_000).meta({
        title: 'Furthest ahead',
        description:
          'A message whose time lies further ahead of the clock of this device, and of those before it, is refused: it would end all windows. "0s" takes any.',
        advanced: true,
      }),
      quiet: durationAboveZero.optional().meta({
        title: 'Hand on after silence',
        description:
          'When nothing at all has come for so long, windows are handed on as they are, marked "early". What comes later begins them anew.',
        examples: ['10s'],
        advanced: true,
      }),
      most: z.int().min(1).max(100_000).default(10_000).meta({
        title: 'Open at most',
        description:
          'So many windows are open at once, and as many values as a million for percentiles; beyond, the one that has not changed for longest is handed on, marked "early".',
        advanced: true,
      }),
    })
    .check(({ value, issues }) => {
      const { window, size, every, results, by } = value;
      if (window === 'sliding' && (every > size || size > every * mostSpans))
        issues.push({
          code: 'custom',
          path: ['every'],
          message: `a window is as long as this, or up to ${mostSpans} times as long`,
          input: every,
        });
      const taken = new Set(['window_start', 'window_end', 'early', ...by.map(groupField)]);
      for (const [index, result] of results.entries()) {
        const name = nameOf(result);
        if (taken.has(name))
          issues.push({
            code: 'custom',
            path: ['results', index, 'name'],
            message: `something else is called "${name}": give it another name`,
            input: name,
          });
        taken.add(name);
      }
    }),
  drops: {
    late: 'It came after its window was handed on: "lateness" says how long windows wait.',
  },
  keepsState: true,
  trial: { config: () => ({ window: 'count', messages: 1 }) },
  examples: [
    {
      title: 'The mean temperature of each sensor, every three messages',
      config: {
        window: 'count',
        messages: 3,
        by: ['sensor'],
        time_field: 'time',
        results: [
          { calculate: 'mean', field: 'temperature' },
          { calculate: 'max', field: 'temperature', name: 'highest' },
        ],
      },
      given: {
        in: [
          { sensor: 'a', time: '2026-05-01T10:00:00Z', temperature: 20 },
          { sensor: 'a', time: '2026-05-01T10:00:10Z', temperature: 21 },
          { sensor: 'b', time: '2026-05-01T10:00:11Z', temperature: 7 },
          { sensor: 'a', time: '2026-05-01T10:00:20Z', temperature: 25 },
        ],
      },
      expect: {
        out: [
          {
            sensor: 'a',
            window_start: '2026-05-01T10:00:00.000Z',
            window_end: '2026-05-01T10:00:20.000Z',
            temperature_mean: 22,
            highest: 25,
          },
        ],
      },
    },
    {
      title: 'How many edits there were in each minute, by their own time',
      config: { size: '1m', time_field: 'time', results: [{ calculate: 'count', name: 'edits' }] },
      given: {
        in: [{ time: '2026-05-01T10:00:05Z' }, { time: '2026-05-01T10:00:50Z' }, { time: '2026-05-01T10:01:02Z' }],
      },
      expect: {
        out: [{ window_start: '2026-05-01T10:00:00.000Z', window_end: '2026-05-01T10:01:00.000Z', edits: 2 }],
      },
    },
  ],
});
