import { z } from 'zod';
import { fieldPath } from '../../../component-kit/fields/fields.ts';
import { defineType, input, output } from '../../../engine/component.ts';

export const splitDefinition = defineType({
  type: 'split',
  category: 'processor',
  title: 'Split',
  summary: 'Makes a message of each element of a list.',
  icon: 'split',
  keywords: ['list', 'array', 'elements', 'each', 'unnest', 'explode', 'flatten', 'batch'],
  ports: { in: input('json'), out: output('json') },
  config: z.strictObject({
    field: z
      .union([z.literal(''), fieldPath])
      .default('')
      .meta({
        title: 'List',
        description: 'Field that holds the list; empty where the message is one. A message without it passes as it is.',
        examples: ['readings'],
      }),
    keep: z.boolean().default(false).meta({
      title: 'Keep the other fields',
      description: 'Whether each message keeps what stands beside the list, with its element in place of the list.',
    }),
  }),
  examples: [
    {
      title: 'A message for each element of a list',
      config: {},
      given: { in: [[{ n: 1 }, { n: 2 }], { n: 3 }] },
      expect: { out: [{ n: 1 }, { n: 2 }, { n: 3 }] },
    },
    {
      title: 'Each reading with the station that it comes from',
      config: { field: 'readings', keep: true },
      given: { in: [{ station: 'north', readings: [20, 21] }] },
      expect: {
        out: [
          { station: 'north', readings: 20 },
          { station: 'north', readings: 21 },
        ],
      },
    },
  ],
});
