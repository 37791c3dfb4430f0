import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { figures, inForm, seed } from '../harness/form.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow, sendNumbers } from '../harness/numbers.ts';
import { Product } from '../harness/product.ts';
import { randomFrom } from '../harness/random-from.ts';
import { until } from '../harness/until.ts';

const lastsMs = inForm({ short: 15_000, long: 30 * 60_000 });

it(`random faults, seed ${seed}: each number arrives, in order`, async () => {
  const random = randomFrom(seed);
  const ledger = await Ledger.open();
  const product = await Product.started();
  const flow = numbersFlow({ port: ledger.port });
  await product.deploy(flow);
  const numbers = sendNumbers({ product, flow: 'numbers', to: Infinity, batch: 100, perSecond: 2000 });
  let redeploys = 0;

  const faults: Readonly<Record<string, () => Promise<unknown>>> = {
    'server killed': async () => {
      await product.kill();
      await product.start();
    },
    'nats-server killed': async () => product.killBroker(),
    'both killed': async () => {
      await Promise.all([product.kill(), product.killBroker()]);
      await product.start();
    },
    'server ended': async () => {
      await product.stop();
      await product.start();
    },
    'far side away': async () => {
      await ledger.goAway();
      await sleep(random() * 3000);
      await ledger.comeBack();
    },
    'far side silent': async () => {
      ledger.fallSilent();
      await sleep(random() * 3000);
      ledger.answer();
    },
    'nats-server frozen': async () => {
      const id = product.brokerId;
      process.kill(id, 'SIGSTOP');
      await sleep(random() * 3000);
      process.kill(id, 'SIGCONT');
    },
    redeploy: async () => {
      redeploys += 1;
      const rules = [{ field: 'n', operator: 'gte', value: -redeploys }];
      const components = flow.components.map((each) => (each.id === 'real' ? { ...each, config: { rules } } : each));
      await product.deploy({ ...flow, components });
    },
  };
  const names = Object.keys(faults);
  const done: string[] = [];
  const end = performance.now() + lastsMs;
  while (performance.now() < end) {
    const name = names[Math.floor(random() * names.length)]!;
    done.push(name);
    await faults[name]!().catch((thrown: unknown) => {
      // a redeploy may meet a server whose NATS was killed a moment ago; the flow then goes on as it was
      if (name !== 'redeploy') throw thrown;
    });
    await sleep(random() * 4000);
    await product.untilRuns('numbers');
    const before = numbers.acknowledged;
    await until(`numbers are acknowledged after "${done.join(', ')}"`, () => numbers.acknowledged > before);
  }
  numbers.stop();
  await numbers.done;
  await until('all have arrived', () => ledger.account(numbersBelow(numbers.acknowledged)).lost === 0, 120_000).catch(
    () => undefined,
  );
  const account = ledger.account(numbersBelow(numbers.acknowledged));
  figures('random faults', { seed, faults: done.length, sent: numbers.acknowledged, ...account });
  expect({ done, ...account }).toMatchObject({ lost: 0, disorder: 0 });
});
