import { z } from 'zod';
import { Match, Rules } from '../../../component-kit/rules/rules.ts';
import { defineType, input, output } from '../../../engine/component.ts';

export const jsonFilterDefinition = defineType({
  type: 'json_filter',
  category: 'processor',
  title: 'Filter',
  summary: 'Passes on the messages whose fields satisfy the rules.',
  icon: 'filter',
  keywords: ['condition', 'where', 'select', 'keep', 'drop', 'rule', 'threshold'],
  ports: {
    in: input('json'),
    out: output('json', { title: 'What matches' }),
    rejected: output('json', { required: false, title: 'What does not match' }),
  },
  config: z.strictObject({
    rules: Rules.default([]).meta({
      title: 'Rules',
      description:
        'What a message must be like. Without rules every message passes. The field "@header.address" is a header of the message, a text.',
    }),
    match: Match.default('all'),
  }),
  examples: [
    {
      title: 'Keep what flies high',
      config: { rules: [{ field: 'position.altitude', operator: 'gt', value: 1000 }] },
      given: { in: [{ position: { altitude: 2000 } }, { position: { altitude: 10 } }] },
      expect: { out: [{ position: { altitude: 2000 } }], rejected: [{ position: { altitude: 10 } }] },
    },
    {
      title: 'Leave out two kinds of messages',
      config: { rules: [{ field: 'message', operator: 'in', value: ['HEARTBEAT', 'TIMESYNC'] }], match: 'none' },
      given: { in: [{ message: 'HEARTBEAT' }, { message: 'ATTITUDE' }] },
      expect: { out: [{ message: 'ATTITUDE' }], rejected: [{ message: 'HEARTBEAT' }] },
    },
  ],
});
