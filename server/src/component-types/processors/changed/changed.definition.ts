import { z } from 'zod';
import { durationAboveZero, fieldPath } from '../../../component-kit/fields/fields.ts';
import { defineType, input, output } from '../../../engine/component.ts';

export const changedDefinition = defineType({
  type: 'changed',
  category: 'processor',
  title: 'Changed',
  summary: 'Passes on a message when it differs from the last one that was passed on.',
  icon: 'diff',
  keywords: ['deadband', 'report by exception', 'delta', 'difference', 'heartbeat', 'unchanged', 'rbe'],
  ports: {
    in: input('any'),
    out: output('any', { title: 'What has changed' }),
    unchanged: output('any', { required: false, title: 'What has not changed' }),
  },
  config: z.strictObject({
    fields: z
      .array(fieldPath)
      .max(20)
      .default([])
      .meta({
        title: 'Fields',
        description:
          'A message has changed when one of these has. Without fields the whole payload is compared, as it is written. A message that has none of the fields is passed on. "@header.address" is a header.',
        examples: [['temperature']],
      }),
    deadband: z
      .number()
      .min(0)
      .default(0)
      .meta({
        title: 'Deadband',
        description:
          'A number has changed when it is further than this from the one that was passed on last. 0 takes any change, digit for digit. Other values have changed when they are written in another way.',
        examples: [0.5],
      }),
    deadband_in: z
      .enum(['value', 'percent'])
      .default('value')
      .meta({
        title: 'Deadband in',
        description: 'Whether the deadband is an amount, or percent of the number that was passed on last.',
        choices: { value: 'the unit of the value', percent: 'percent' },
      }),
    by: z
      .array(fieldPath)
      .max(20)
      .default([])
      .meta({
        title: 'Compare by',
        description:
          'Messages are compared with the last one for which these fields were the same, such as the name of a sensor. Without fields, and for messages that have none of them, with the last one of all.',
        examples: [['sensor']],
      }),
    heartbeat: durationAboveZero.optional().meta({
      title: 'Heartbeat',
      description:
        'An unchanged message is passed on too when the last one was passed on so long ago. Nothing is made by itself: a message has to come.',
      examples: ['1m'],
    }),
    most: z.int().min(1).max(100_000).default(10_000).meta({
      title: 'Remembered at most',
      description: 'For so many the last message is remembered; beyond, the one that was passed on first is forgotten.',
      advanced: true,
    }),
  }),
  keepsState: true,
  examples: [
    {
      title: 'A temperature when it has moved by more than half a degree',
      config: { fields: ['temperature'], deadband: 0.5, by: ['sensor'] },
      given: {
        in: [
          { sensor: 'a', temperature: 20 },
          { sensor: 'a', temperature: 20.5 },
          { sensor: 'b', temperature: 7 },
          { sensor: 'a', temperature: 20.6 },
        ],
      },
      expect: {
        out: [
          { sensor: 'a', temperature: 20 },
          { sensor: 'b', temperature: 7 },
          { sensor: 'a', temperature: 20.6 },
        ],
        unchanged: [{ sensor: 'a', temperature: 20.5 }],
      },
    },
    {
      title: 'A state only when it is another one',
      config: { fields: ['state'] },
      given: {
        in: [
          { state: 'on', at: 1 },
          { state: 'on', at: 2 },
          { state: 'off', at: 3 },
        ],
      },
      expect: {
        out: [
          { state: 'on', at: 1 },
          { state: 'off', at: 3 },
        ],
        unchanged: [{ state: 'on', at: 2 }],
      },
    },
  ],
});
