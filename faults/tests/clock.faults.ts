import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { numbersFlow } from '../harness/flows.ts';
import { figures } from '../harness/form.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow, sendNumbers } from '../harness/numbers.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

const hour = 3_600_000;
const jumps = [hour, -hour, 48 * hour, -48 * hour];
const preload = join(import.meta.dirname, '../harness/shift-clock.mjs');

/** The clock of the server alone jumps; nats-server keeps the real one, as it is for a NATS on another machine. */
it('R10: jumps of the clock stall no timer, expire nothing and keep the order', async () => {
  const ledger = await Ledger.open();
  const product = await Product.prepared({ nodeOptions: ['--import', preload] });
  const clock = join(product.dataDir, 'clock');
  await product.start({ FAULTS_CLOCK: clock });
  await product.untilHealth('healthy');
  await product.deploy(numbersFlow({ port: ledger.port }));
  const numbers = sendNumbers({ product, flow: 'numbers', to: Infinity, batch: 50, perSecond: 2000 });
  for (const jump of jumps) {
    ledger.fallSilent();
    const before = numbers.acknowledged;
    await until('some wait', () => numbers.acknowledged > before + 500);
    writeFileSync(clock, String(jump));
    await until('the server sees it', async () => {
      const { changed_at } = (await product.call('POST', '/api/v1/flows/numbers/start')) as Deployment;
      return Math.abs(Date.parse(changed_at) - Date.now() - jump) < hour / 2;
    });
    ledger.answer();
    const then = numbers.acknowledged;
    await until('messages flow after the jump', () => numbers.acknowledged > then + 500 && ledger.has(then + 200));
    await until('rates are told', async () => (await product.status('numbers')).components[0]!.out_per_second > 0);
  }
  numbers.stop();
  await numbers.done;
  await until('all have arrived', () => ledger.account(numbersBelow(numbers.acknowledged)).lost === 0);
  const account = ledger.account(numbersBelow(numbers.acknowledged));
  const { components } = await product.status('numbers');
  figures('R10', { jumps: jumps.length, sent: numbers.acknowledged, ...account });
  expect(account).toEqual({ lost: 0, doubles: 0, disorder: 0 });
  expect(components.map(({ dropped_total }) => dropped_total)).toEqual([0, 0, 0]);
  expect((await product.health()).status).toBe('healthy');
});
