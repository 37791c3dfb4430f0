import { z } from 'zod';
import { duration, durationAboveZero, fieldPath } from '../../../component-kit/fields/fields.ts';
import { Match, Rules } from '../../../component-kit/rules/rules.ts';
import { defineType, input, output } from '../../../engine/component.ts';

export const ruleDefinition = defineType({
  type: 'rule',
  category: 'processor',
  title: 'Rule',
  summary: 'Tells when something begins and when it is over, such as a value that is too high for a minute.',
  icon: 'bell-ring',
  keywords: ['alarm', 'alert', 'threshold', 'hysteresis', 'condition', 'event', 'state', 'enter', 'leave', 'cool-down'],
  ports: {
    in: input('json'),
    out: output('json', { title: 'What has happened' }),
    holding: output('json', { required: false, title: 'Messages while it holds' }),
  },
  config: z
    .strictObject({
      rules: Rules.min(1).meta({
        title: 'Rules',
        description:
          'What a message must be like for it to hold. A message that has none of the fields says nothing, so that it stays as it is.',
        examples: [[{ field: 'temperature', operator: 'gt', value: 75 }]],
      }),
      match: Match.default('all').meta({
        title: 'It holds when',
        description: 'How many rules must hold.',
        choices: { all: 'All rules hold', any: 'Any rule holds', none: 'No rule holds' },
      }),
      until: Rules.default([]).meta({
        title: 'Closing rules',
        description:
          'What a message must be like for it to end, such as "temperature below 70" where it begins above 75. Left out, it ends when the rules no longer hold.',
        advanced: true,
      }),
      hold: duration.default(0).meta({
        title: 'For at least',
        description:
          'It begins when the rules have held for so long. What the last message said stands until the next one.',
        examples: ['1m'],
      }),
      hold_off: duration.default(0).meta({
        title: 'Over for at least',
        description: 'It ends when the rules have not held for so long.',
        advanced: true,
      }),
      cool_down: duration.default(0).meta({
        title: 'Pause',
        description: 'After it has ended, it does not begin again within this time.',
        advanced: true,
      }),
      repeat: durationAboveZero.optional().meta({
        title: 'Tell again every',
        description: 'While it holds, it is told of so often. Left out: when it begins and when it ends.',
        examples: ['10m'],
        advanced: true,
      }),
      tell: z
        .enum(['both', 'enter', 'leave'])
        .default('both')
        .meta({
          title: 'Tell',
          description: 'What goes out.',
          choices: { both: 'when it begins and when it ends', enter: 'when it begins', leave: 'when it ends' },
          advanced: true,
        }),
      by: z
        .array(fieldPath)
        .max(20)
        .default([])
        .meta({
          title: 'Each by',
          description:
            'It is watched apart for each of these, such as the name of a sensor. Without fields for all messages together. "@header.topic" is a header.',
          examples: [['sensor']],
        }),
      most: z.int().min(1).max(100_000).default(10_000).meta({
        title: 'Watched at most',
        description: 'So many are watched apart; beyond, the one that has not changed for longest is forgotten.',
        advanced: true,
      }),
    })
    .check(({ value: { match, rules }, issues }) => {
      if (match === 'none' && rules.some(({ operator }) => operator === 'exists'))
        issues.push({
          code: 'custom',
          path: ['match'],
          message: 'with "exists" say what must hold: "all" or "any"',
          input: match,
        });
    }),
  keepsState: true,
  trial: { config: () => ({ rules: [{ field: 'a', operator: 'exists' }] }), comesOut: [0, 3] },
  examples: [
    {
      title: 'A door that is open for more than a minute, again every ten',
      config: {
        rules: [{ field: 'door', operator: 'eq', value: 'open' }],
        hold: '1m',
        repeat: '10m',
        by: ['room'],
      },
      given: {
        in: [
          { room: 'a', door: 'open' },
          { room: 'a', door: 'closed' },
        ],
      },
      expect: {},
    },
    {
      title: 'Messages of rooms that are too warm, until they are clearly cooler; it is told when that is over',
      config: {
        rules: [{ field: 'temperature', operator: 'gt', value: 75 }],
        until: [{ field: 'temperature', operator: 'lt', value: 70 }],
        by: ['room'],
        tell: 'leave',
      },
      given: {
        in: [
          { room: 'a', temperature: 76 },
          { room: 'a', temperature: 74 },
          { room: 'a', temperature: 77 },
          { room: 'b', temperature: 20 },
        ],
      },
      expect: {
        holding: [
          { room: 'a', temperature: 76 },
          { room: 'a', temperature: 74 },
          { room: 'a', temperature: 77 },
        ],
      },
    },
  ],
});
