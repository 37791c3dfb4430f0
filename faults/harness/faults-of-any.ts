import { lanesOf } from './processes.ts';
import type { Faults, Trial } from './trial.ts';
import { until } from './until.ts';

/** Signals to processes that may have ended in between. */
export const signal = (id: number, name: NodeJS.Signals): void => {
  try {
    process.kill(id, name);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
};

/** A call that may meet a product that is not ready yet: tried until it works, within a minute. */
const inTheEnd = async (what: string, work: () => Promise<unknown>): Promise<void> => {
  let last: unknown;
  await until(what, async () =>
    work().then(
      () => true,
      (thrown: unknown) => void (last = thrown),
    ),
  ).catch((thrown: unknown) => {
    throw new Error(`${String(thrown)}: ${String(last)}`);
  });
};

/** Faults that happen whatever NATS is used. */
export const faultsOfAny = (trial: Trial): Faults => {
  const { product, ledger, flow } = trial;
  let redeploys = 0;
  const redeploy = async (): Promise<void> => {
    redeploys += 1;
    const rules = [{ field: 'n', operator: 'gte', value: -redeploys }];
    const components = flow.components.map((each) => (each.id === 'real' ? { ...each, config: { rules } } : each));
    await inTheEnd('it is deployed', async () => product.deploy({ ...flow, components }));
  };
  const command = async (name: 'start' | 'stop'): Promise<void> =>
    inTheEnd(`it takes "${name}"`, async () => product.call('POST', `/api/v1/flows/numbers/${name}?wait=10s`));
  const lane = async (): Promise<number> =>
    until('a lane is there', () => {
      const lanes = lanesOf(product.processId);
      return lanes.length > 0 ? trial.pick(lanes) : undefined;
    });

  return {
    'server killed': async () => {
      await product.kill();
      await product.start();
    },
    'server frozen': async () => {
      const id = product.processId;
      signal(id, 'SIGSTOP');
      await trial.while();
      signal(id, 'SIGCONT');
    },
    'server ended': async () => {
      await product.stop();
      await product.start();
    },
    'far side away': async () => {
      await ledger.goAway();
      await trial.while();
      await ledger.comeBack();
    },
    'far side silent': async () => {
      ledger.fallSilent();
      await trial.while();
      ledger.answer();
    },
    redeploy,
    'redeployed while the far side is silent': async () => {
      ledger.fallSilent();
      const deployed = redeploy();
      await trial.while();
      ledger.answer();
      await deployed;
    },
    'flow stopped': async () => {
      await command('stop');
      await trial.while();
      await command('start');
    },
    'flow stopped while the far side is silent': async () => {
      ledger.fallSilent();
      await command('stop');
      ledger.answer();
      await command('start');
    },
    'stopped, deployed and started at once': async () => {
      await Promise.allSettled([
        product.call('POST', '/api/v1/flows/numbers/stop'),
        product.call('POST', '/api/v1/flows/numbers/deploy'),
        product.call('POST', '/api/v1/flows/numbers/stop'),
      ]);
      await command('start');
    },
    'lane killed': async () => signal(await lane(), 'SIGKILL'),
    'lane killed while the far side is silent': async () => {
      ledger.fallSilent();
      await trial.while();
      signal(await lane(), 'SIGKILL');
      await trial.while();
      ledger.answer();
    },
    'lane frozen': async () => {
      const id = await lane();
      signal(id, 'SIGSTOP');
      await trial.while();
      signal(id, 'SIGCONT');
    },
    'lane frozen, then the server killed': async () => {
      const id = await lane();
      signal(id, 'SIGSTOP');
      await product.kill();
      await product.start();
      signal(id, 'SIGCONT');
    },
  };
};
