import { z } from 'zod';
import { fieldPath } from '../../../component-kit/fields/fields.ts';
import { memoryField, timeoutField } from '../../../component-kit/sandbox/settings.ts';
import { defineType, input, output } from '../../../engine/component.ts';
import { syntaxProblem } from './syntax.ts';

export const expressionDefinition = defineType({
  type: 'expression',
  category: 'processor',
  title: 'Expression',
  summary: 'Makes something new of a message by an expression of JSONata.',
  icon: 'square-function',
  keywords: ['jsonata', 'query', 'formula', 'calculate', 'transform', 'select', 'reshape'],
  ports: { in: input('json'), out: output('json') },
  config: z.strictObject({
    expression: z
      .string()
      .min(1)
      .max(10_000)
      .check(({ value, issues }) => {
        const problem = syntaxProblem(value);
        if (problem !== undefined) issues.push({ code: 'custom', message: problem, input: value });
      })
      .meta({
        title: 'Expression',
        description:
          'JSONata: names are fields of the payload, $ is all of it, $headers are the headers. Numbers of more digits than a double holds go through as they are; to reckon with them is an error.',
        examples: ['{ "mean": $average(readings.value) }'],
        widget: 'code',
      }),
    into: z
      .union([z.literal(''), fieldPath])
      .default('')
      .meta({
        title: 'Into',
        widget: 'new_field',
        description: 'Field that gets the result; empty where the result is the new payload.',
        examples: ['mean'],
      }),
    each: z.boolean().default(false).meta({
      title: 'A message for each result',
      description: 'Whether a list makes several messages, one for each of it.',
    }),
    nothing: z
      .enum(['drop', 'pass'])
      .default('drop')
      .meta({
        title: 'Where there is no result',
        description: 'What becomes of a message for which the expression gives nothing, or null.',
        choices: { drop: 'Leave the message out', pass: 'Pass it on as it is' },
      }),
    timeout: timeoutField,
    memory: memoryField,
  }),
  drops: { rejected: 'The expression gave nothing for it.' },
  plannedDrops: ['rejected'],
  trial: { config: () => ({ expression: '$', nothing: 'pass' }) },
  examples: [
    {
      title: 'The mean of some readings, and how many there are',
      config: { expression: '{ "station": station, "mean": $average(readings.value), "count": $count(readings) }' },
      given: { in: [{ station: 'north', readings: [{ value: 20 }, { value: 23 }] }] },
      expect: { out: [{ station: 'north', mean: 21.5, count: 2 }] },
    },
    {
      title: 'A field beside the others',
      config: { expression: '$round(celsius * 1.8 + 32, 1)', into: 'fahrenheit' },
      given: { in: [{ celsius: 21.4 }] },
      expect: { out: [{ celsius: 21.4, fahrenheit: 70.5 }] },
    },
    {
      title: 'A message for each alarm, and none where there are none',
      config: { expression: 'alarms[level > 2].{ "id": id }', each: true },
      given: {
        in: [
          {
            alarms: [
              { id: 1, level: 3 },
              { id: 2, level: 1 },
              { id: 3, level: 5 },
            ],
          },
          { alarms: [] },
        ],
      },
      expect: { out: [{ id: 1 }, { id: 3 }] },
    },
  ],
});
