import { implement } from '../../../engine/component.ts';
import type { Message } from '../../../engine/message.ts';
import { seeded, simulate } from './simulator-input.ts';
import { simulatorInputDefinition } from './simulator-input.definition.ts';

/** Messages leave in batches of what is due, at most this often, in milliseconds. */
const tickMs = 10;
/** What is due at once at the most: after a pause the rate goes on, the pause is not made up for. */
const mostAtOnce = 10_000;

export const simulatorInput = implement(simulatorInputDefinition, ({ config, io, emit }) => {
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
});
