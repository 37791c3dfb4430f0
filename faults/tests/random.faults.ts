import { join } from 'node:path';
import { it } from 'vitest';
import { faultsOfAny, signal } from '../harness/faults-of-any.ts';
import { inForm, seed } from '../harness/form.ts';
import { hostileFlow } from '../harness/hostile-flow.ts';
import { damageStream } from '../harness/store-damage.ts';
import { type Faults, Trial } from '../harness/trial.ts';
import { until } from '../harness/until.ts';

const buffer = 'semstreams_buffer:numbers:real:out:ledger:in';

it(`random faults, seed ${seed}: each number arrives, in order, or is counted`, async () => {
  const trial = await Trial.begun();
  const { product } = trial;
  const hostile = await hostileFlow(trial);

  const faults: Faults = {
    ...faultsOfAny(trial),
    'nats-server killed': async () => product.killBroker(),
    'both killed': async () => {
      await Promise.all([product.kill(), product.killBroker()]);
      await product.start();
    },
    'nats-server frozen': async () => {
      const id = product.brokerId;
      signal(id, 'SIGSTOP');
      await trial.while();
      signal(id, 'SIGCONT');
    },
    'store damaged': async () => damaged(trial),
    'restore, killed': async () => trial.withWaiting(async () => killedRestore(trial)),
    'hostile messages': hostile.send,
  };
  await trial.go('random faults', faults, inForm({ short: 20_000, long: 20 * 60_000 }));
});

/** What is lost by the damage is what is counted. */
const damaged = async (trial: Trial): Promise<void> => {
  const { product } = trial;
  let what = '';
  let before = 0;
  await trial.withWaiting(async () => {
    await product.stop();
    what = damageStream({ store: join(product.dataDir, 'nats'), stream: buffer, random: trial.random });
    before = trial.missing().length;
    await product.start();
    await product.untilRuns('numbers');
  });
  let seen = '';
  await until(`what is lost is what is counted, after ${what}`, async () => {
    const { components, connections } = await product.status('numbers');
    const counted = components.find(({ id }) => id === 'ledger')!.dropped;
    const waiting = connections[1]!.waiting;
    const lost = trial.missing().length;
    seen = JSON.stringify({ what, before, lost, counted, waiting });
    return waiting === 0 && lost === Object.values(counted).reduce((sum, count) => sum + count, 0);
  }).catch((thrown: unknown) => {
    throw new Error(`${String(thrown)}: ${seen}`);
  });
  for (const number of trial.missing()) trial.counted.add(number);
};

/** A kill somewhere in a restore of what is there: it is the same before and after. */
const killedRestore = async (trial: Trial): Promise<void> => {
  const { product } = trial;
  const archive = await product.backup();
  const restoring = product.restore(archive).catch(() => undefined);
  await trial.while();
  await product.kill();
  await restoring;
  await product.start();
  await product.untilRuns('numbers');
};
