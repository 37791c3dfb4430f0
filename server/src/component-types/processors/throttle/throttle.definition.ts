import { z } from 'zod';
import { durationAboveZero, fieldPath } from '../../../component-kit/fields/fields.ts';
import { defineType, input, output } from '../../../engine/component.ts';

export const throttleDefinition = defineType({
  type: 'throttle',
  category: 'processor',
  title: 'Throttle',
  summary: 'Passes on the first few messages of each span of time, and leaves out the others.',
  icon: 'gauge',
  keywords: ['rate limit', 'limit', 'slow down', 'sample', 'at most', 'flood', 'thin out'],
  ports: {
    in: input('any'),
    out: output('any', { title: 'What is passed on' }),
    rest: output('any', { required: false, title: 'What was too much' }),
  },
  config: z.strictObject({
    messages: z.int().min(1).max(1_000_000_000).default(1).meta({
      title: 'Messages',
      description: 'So many are passed on in each span of time.',
    }),
    per: durationAboveZero.default(1000).meta({
      title: 'Per',
      description:
        'How long a span is. It begins with the first message after the span before has ended, so around the end of one span twice as many may come close together.',
      examples: ['1s'],
    }),
    by: z
      .array(fieldPath)
      .max(20)
      .default([])
      .meta({
        title: 'Each by',
        description:
          'Messages are counted apart by these fields, such as the name of a sensor. Without fields all are counted together, and so are those that have none of them.',
        examples: [['sensor']],
      }),
    most: z.int().min(1).max(1_000_000).default(10_000).meta({
      title: 'Remembered at most',
      description:
        'So many are counted apart; beyond, the one from which nothing was passed on for longest begins anew.',
      advanced: true,
    }),
  }),
  keepsState: true,
  examples: [
    {
      title: 'Each sensor once in ten minutes',
      config: { per: '10m', by: ['sensor'] },
      given: {
        in: [
          { sensor: 'a', n: 1 },
          { sensor: 'a', n: 2 },
          { sensor: 'b', n: 3 },
        ],
      },
      expect: {
        out: [
          { sensor: 'a', n: 1 },
          { sensor: 'b', n: 3 },
        ],
        rest: [{ sensor: 'a', n: 2 }],
      },
    },
  ],
});
