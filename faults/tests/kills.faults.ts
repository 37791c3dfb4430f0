import { expect, it } from 'vitest';
import { figures, inForm } from '../harness/form.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow, sendNumbers } from '../harness/numbers.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

const total = inForm({ short: 40_000, long: 1_000_000 });

it('R1: nothing that was acknowledged is lost by kill -9 of the server and of nats-server', async () => {
  const ledger = await Ledger.open();
  const product = await Product.started();
  await product.deploy(numbersFlow({ port: ledger.port }));
  const numbers = sendNumbers({
    product,
    flow: 'numbers',
    to: total,
    perSecond: total / inForm({ short: 8, long: 100 }),
  });

  const faults = ['server', 'broker', 'server', 'both', 'server'] as const;
  for (const [index, fault] of faults.entries()) {
    const mark = ((index + 1) * total) / (faults.length + 1);
    await until(`${mark} are acknowledged`, () => numbers.acknowledged >= mark, 300_000);
    if (fault !== 'server') await product.killBroker();
    if (fault === 'broker') continue;
    await product.kill();
    await product.start();
  }
  await numbers.done;
  await until('all have arrived', () => ledger.count >= total, 120_000);

  const account = ledger.account(numbersBelow(total));
  figures('R1', { sent: total, ...account });
  expect(account).toMatchObject({ lost: 0, disorder: 0 });
  expect(account.doubles).toBeLessThanOrEqual(inForm({ short: 0.1, long: 0.02 }) * total);
});
