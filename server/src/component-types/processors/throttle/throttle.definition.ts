import { z } from 'zod';
import { durationAboveZero, fieldPath } from '../../../component-kit/fields/fields.ts';
import { defineType, input, output } from '../../../engine/component.ts';

/** So many groups may be told apart. */
export const mostApart = 1_000_000;
/** So many messages of a group may be held back. */
const mostHeld = 1000;

export const throttleDefinition = defineType({
  type: 'throttle',
  category: 'processor',
  title: 'Throttle',
  summary: 'Passes on a few messages of each span of time, and leaves out the others.',
  icon: 'gauge',
  keywords: ['rate limit', 'limit', 'slow down', 'sample', 'at most', 'flood', 'thin out', 'latest', 'debounce'],
  ports: {
    in: input('any'),
    out: output('any', { title: 'What is passed on' }),
    rest: output('any', { required: false, title: 'What was too much' }),
  },
  config: z
    .strictObject({
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
      keep: z
        .enum(['first', 'last', 'even'])
        .default('first')
        .meta({
          title: 'Which',
          description:
            'The first ones go on at once; the last ones at the end of the span, and are held until then; evenly, each at least half of its share of the span after the one before.',
          choices: { first: 'The first ones', last: 'The last ones', even: 'Evenly over the span' },
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
      most: z.int().min(1).max(mostApart).default(10_000).meta({
        title: 'Remembered at most',
        description:
          'So many are counted apart; beyond, the one from which nothing was passed on for longest begins anew. Where the last ones are kept, those that are held of it go on early; so they do where all that is held takes more than 16 MB.',
        advanced: true,
      }),
    })
    .check(({ value, issues }) => {
      if (value.keep === 'last' && value.messages > mostHeld)
        issues.push({
          code: 'custom',
          path: ['messages'],
          message: `of the last ones at most ${mostHeld} are held back: write fewer, or keep the first ones`,
          input: value.messages,
        });
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
    {
      title: 'At most ten a second, in about equal distances',
      config: { messages: 10, keep: 'even' },
      given: { in: [{ n: 1 }] },
      expect: { out: [{ n: 1 }], rest: [] },
    },
    {
      title: 'The latest position of each ship, every minute',
      config: { per: '1m', keep: 'last', by: ['mmsi'] },
      given: {
        in: [
          { mmsi: 211_000_001, lat: 54.1 },
          { mmsi: 211_000_001, lat: 54.2 },
          { mmsi: 211_000_002, lat: 53.9 },
        ],
      },
      expect: { out: [], rest: [{ mmsi: 211_000_001, lat: 54.1 }] },
    },
  ],
});
