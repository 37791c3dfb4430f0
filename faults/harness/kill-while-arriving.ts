import { setTimeout as sleep } from 'node:timers/promises';
import { seed } from './form.ts';
import type { Ledger } from './ledger.ts';
import type { Product } from './product.ts';
import { randomFrom } from './random-from.ts';
import { until } from './until.ts';

/** Kills the product so many times while numbers arrive, up to those that are expected; now and then its broker before. */
export const killWhileArriving = async (
  product: Product,
  { ledger, kills, expected }: { readonly ledger: Ledger; readonly kills: number; readonly expected: number },
): Promise<void> => {
  const random = randomFrom(seed);
  for (let kill = 1; kill <= kills; kill += 1) {
    const before = ledger.count;
    await until(`numbers arrive after ${kill - 1} kills`, () => ledger.count > before || ledger.count >= expected);
    await sleep(random() * 400);
    if (random() < 0.3) await product.killBroker();
    await product.kill();
    await product.start();
  }
};
