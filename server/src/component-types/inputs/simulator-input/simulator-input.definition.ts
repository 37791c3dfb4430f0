import { z } from 'zod';
import { defineType, output } from '../../../engine/component.ts';
import { Generator, vehicle } from './simulator-input.ts';

export const simulatorInputDefinition = defineType({
  type: 'simulator_input',
  category: 'input',
  title: 'Simulator',
  summary: 'Makes believable data, for trying a flow out without any device.',
  icon: 'activity',
  keywords: ['demo', 'test', 'random', 'generate', 'fake', 'example', 'sine', 'gps'],
  ports: { out: output('json') },
  config: z.strictObject({
    rate: z
      .number()
      .min(0.01)
      .max(100_000)
      .default(10)
      .meta({ title: 'Rate', description: 'How many messages are made.', unit: 'messages/s' }),
    fields: z
      .array(Generator)
      .max(200)
      .prefault([...vehicle])
      .meta({ title: 'Fields', description: 'What each message holds.' }),
    count: z.int().min(1).optional().meta({
      title: 'Count',
      description: 'Ends after so many; goes on for ever where it is left out.',
      advanced: true,
    }),
    seed: z
      .int()
      .optional()
      .meta({ title: 'Seed', description: 'The same seed makes the same values.', examples: [1], advanced: true }),
  }),
  trial: { makesItsOwn: true },
  examples: [
    {
      title: 'A temperature, twice a second',
      config: { rate: 2, fields: [{ kind: 'random_walk', field: 'temperature', start: 21, step: 0.1 }] },
    },
  ],
});
