import { z } from 'zod';
import { defineComponent, output } from '../../../engine/component.ts';
import type { Message } from '../../../engine/message.ts';
import { Generator, seeded, simulate, vehicle } from './simulator-input.ts';

/** Messages leave in batches of what is due, at most this often, in milliseconds. */
const tickMs = 10;
/** What is due at once at the most: after a pause the rate goes on, the pause is not made up for. */
const mostAtOnce = 10_000;

export const simulatorInput = defineComponent({
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
  examples: [
    {
      title: 'A temperature, twice a second',
      config: { rate: 2, fields: [{ kind: 'random_walk', field: 'temperature', start: 21, step: 0.1 }] },
    },
  ],
  create: ({ config, io, emit }) => {
    const make = simulate(config.fields, config.seed === undefined ? io.random : seeded(config.seed));
    let made = 0;
    let timer: NodeJS.Timeout | undefined;
    let busy: Promise<void> = Promise.resolve();

    const last = config.count ?? Number.POSITIVE_INFINITY;
    const intervalMs = Math.max(tickMs, 1000 / config.rate);

    const start = (): void => {
      const startedAt = performance.now();
      let skipped = 0;
      const tick = (): void => {
        const due = Math.floor(((performance.now() - startedAt) / 1000) * config.rate) + 1 - skipped;
        const wanted = Math.min(due, last) - made;
        const size = Math.min(wanted, mostAtOnce);
        skipped += wanted - size;
        const batch: Message[] = [];
        for (let index = 0; index < size; index += 1, made += 1)
          batch.push(io.message(make(made / config.rate, made, io.now())));
        busy = emit(batch).then(
          () => {
            if (!io.signal.aborted && made < last) timer = setTimeout(tick, intervalMs);
            else if (made >= last) io.report('running', `Ended after ${made} messages`);
          },
          (thrown: unknown) => io.fail(thrown as Error),
        );
      };
      tick();
    };

    return {
      open: start,
      async close() {
        clearTimeout(timer);
        await busy;
        clearTimeout(timer);
      },
      facts: () => ({ made }),
    };
  },
});
