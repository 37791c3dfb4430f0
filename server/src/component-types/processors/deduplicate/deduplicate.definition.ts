import { z } from 'zod';
import { duration, fieldPath } from '../../../component-kit/fields/fields.ts';
import { defineType, input, output } from '../../../engine/component.ts';

const mostRemembered = 1_000_000;

export const deduplicateDefinition = defineType({
  type: 'deduplicate',
  category: 'processor',
  title: 'Deduplicate',
  summary: 'Passes on each message once, and leaves out those that were there before.',
  icon: 'copy-x',
  keywords: ['distinct', 'unique', 'once', 'repeated', 'double', 'idempotent', 'dedupe'],
  ports: {
    in: input('any'),
    out: output('any', { title: 'What is new' }),
    repeated: output('any', { required: false, title: 'What was there before' }),
  },
  config: z.strictObject({
    fields: z
      .array(fieldPath)
      .max(100)
      .default([])
      .meta({
        title: 'Fields',
        description:
          'Messages are the same when all of these are. Without fields the whole payload is compared, as it is written. A message that has none of the fields is passed on. "@header.address" is a header.',
        examples: [['id']],
      }),
    within: duration.optional().meta({
      title: 'Within',
      description:
        'A message that was passed on so long ago counts as new again. Left out, it is remembered for as long as there is room.',
      examples: ['1h'],
    }),
    most: z.int().min(1).max(mostRemembered).default(10_000).meta({
      title: 'Remembered at most',
      description:
        'So many different messages are remembered; beyond, the oldest is forgotten, and is new when it comes again.',
      advanced: true,
    }),
  }),
  keepsState: true,
  examples: [
    {
      title: 'Each alarm once, by its number',
      config: { fields: ['id'] },
      given: {
        in: [
          { id: 7, text: 'low battery' },
          { id: 8, text: 'lost link' },
          { id: 7, text: 'low battery' },
        ],
      },
      expect: {
        out: [
          { id: 7, text: 'low battery' },
          { id: 8, text: 'lost link' },
        ],
        repeated: [{ id: 7, text: 'low battery' }],
      },
    },
    {
      title: 'The same reading only once',
      config: {},
      given: { in: [{ temperature: 21 }, { temperature: 21 }, { temperature: 22 }] },
      expect: { out: [{ temperature: 21 }, { temperature: 22 }], repeated: [{ temperature: 21 }] },
    },
  ],
});
