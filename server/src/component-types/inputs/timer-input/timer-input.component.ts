import { dueTimes } from '../../../component-kit/schedule/due-times.ts';
import { implement } from '../../../engine/component.ts';
import { isAbort } from '../../../engine/is-aborted.ts';
import { lookAtDevice } from './device.ts';
import { compilePayload, tellsOfDevice } from './timer-input.ts';
import { timerInputDefinition } from './timer-input.definition.ts';

export const timerInput = implement(timerInputDefinition, ({ config, io, emit }) => {
  const make = compilePayload(config.payload);
  const isOfDevice = tellsOfDevice(config.payload);
  let made = 0;
  let running: Promise<void> = Promise.resolve();

  const run = async (): Promise<void> => {
    const times = dueTimes(config, io);
    while (made < (config.count ?? Infinity)) {
      const due = await times.next();
      if (!due) return io.report('running', 'No further time comes');
      if (due.missed > 0) io.drop('busy', due.missed);
      const device = isOfDevice ? { device: await lookAtDevice(io.dataDir) } : {};
      made += 1;
      const payload = make({ time: new Date(due.at).toISOString(), unix_ms: due.at, count: made, ...device });
      await emit([io.message(payload, { time: due.at })]);
    }
    io.report('running', `Ended after ${made} messages`);
  };

  return {
    open() {
      running = run().catch((thrown: unknown) => {
        if (!isAbort(thrown)) io.fail(thrown as Error);
      });
    },
    close: async () => running,
    facts: () => ({ made }),
  };
});
