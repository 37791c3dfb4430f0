import { z } from 'zod';
import { durationAboveZero, fieldPath, sizeAboveZero } from '../../../component-kit/fields/fields.ts';
import { defineType, input, output } from '../../../engine/component.ts';
import { limits } from '../../../engine/limits.ts';

export const batchDefinition = defineType({
  type: 'batch',
  category: 'processor',
  title: 'Batch',
  summary: 'Collects messages into one list.',
  icon: 'combine',
  keywords: ['collect', 'list', 'array', 'bundle', 'group', 'combine', 'bulk', 'split'],
  ports: { in: input('json'), out: output('json') },
  config: z.strictObject({
    messages: z.int().min(1).max(50_000).default(100).meta({
      title: 'Messages',
      description: 'So many make a list, which then goes on.',
    }),
    size: sizeAboveZero
      .refine((bytes) => bytes <= limits.growth, `a list takes ${limits.growth / 1024 ** 2}MB at most`)
      .prefault('1MB')
      .meta({
        title: 'Size',
        description: 'A list takes no more than this as JSON, unless a single message does.',
      }),
    wait: durationAboveZero.prefault('1s').meta({
      title: 'Waits',
      description: 'A list goes on so long after its first message, however many there are.',
      examples: ['10s'],
    }),
    by: z
      .array(fieldPath)
      .max(20)
      .default([])
      .meta({
        title: 'Each by',
        description:
          'A list for each value of these fields, such as the name of a sensor. Without fields all messages go into one, and so do those that have none of them.',
        examples: [['sensor']],
      }),
    at_stop: z
      .enum(['hand_on', 'keep'])
      .default('hand_on')
      .meta({
        title: 'When the flow stops',
        description: 'What becomes of lists that are not complete. After a crash they are gone on with in any case.',
        choices: { hand_on: 'They go on as they are', keep: 'They are gone on with after the next start' },
        advanced: true,
      }),
    most: z.int().min(1).max(100_000).default(10_000).meta({
      title: 'Lists at most',
      description:
        'So many are collected at a time; beyond, the one that was begun first goes on early. So it does where all of them take more than 16 MB.',
      advanced: true,
    }),
  }),
  keepsState: true,
  trial: { config: () => ({ at_stop: 'keep' }), comesOut: [0, 1] },
  examples: [
    {
      title: 'Lists of two',
      config: { messages: 2, wait: '1h' },
      given: { in: [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }] },
      expect: {
        out: [
          [{ n: 1 }, { n: 2 }],
          [{ n: 3 }, { n: 4 }],
        ],
      },
    },
    {
      title: 'A list of each sensor, every ten seconds',
      config: { messages: 2, wait: '10s', by: ['sensor'] },
      given: {
        in: [
          { sensor: 'a', t: 20 },
          { sensor: 'b', t: 21 },
          { sensor: 'a', t: 22 },
        ],
      },
      expect: {
        out: [
          [
            { sensor: 'a', t: 20 },
            { sensor: 'a', t: 22 },
          ],
          [{ sensor: 'b', t: 21 }],
        ],
      },
    },
  ],
});
