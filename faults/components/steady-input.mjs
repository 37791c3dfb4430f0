import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A number, its hundred, and a time that stands still for a second before each hundred. */
const payloadOf = (n) => {
  const hundred = Math.floor(n / 100);
  return { n, hundred, time: n + hundred * 1000 };
};

/**
 * An input whose far side numbers what it sends and sends again what was not acknowledged: the numbers from 0 on, from the
 * last one on that a file knows to be acknowledged.
 */
export default ({ defineComponent, output, z }) =>
  defineComponent({
    type: 'steady_input',
    category: 'input',
    title: 'Steady input',
    summary: 'Emits the numbers from 0 on, each with its position.',
    icon: 'metronome',
    ports: { out: output('json') },
    config: z.strictObject({ to: z.int(), batch: z.int(), every_ms: z.int() }),
    examples: [],
    create: ({ config, io, emit }) => {
      const file = join(io.dataDir, `steady-${io.component}`);
      let acknowledged = 0;
      const send = async () => {
        while (acknowledged < config.to && !io.signal.aborted) {
          const count = Math.min(config.batch, config.to - acknowledged);
          const numbers = Array.from({ length: count }, (_, index) => acknowledged + index);
          await emit(numbers.map((n) => io.message(payloadOf(n)).at({ source: 'steady', sequence: n })));
          acknowledged += count;
          writeFileSync(file, String(acknowledged));
          await new Promise((resolve) => setTimeout(resolve, config.every_ms));
        }
      };
      let sent;
      return {
        open() {
          try {
            acknowledged = Number(readFileSync(file, 'utf8'));
          } catch {
            // it has sent nothing yet
          }
          setImmediate(() => (sent = send().catch(() => undefined)));
        },
        close: async () => sent,
      };
    },
  });
