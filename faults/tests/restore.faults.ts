import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeptBackups } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { figures, inForm, seed } from '../harness/form.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow } from '../harness/numbers.ts';
import { Product } from '../harness/product.ts';
import { randomFrom } from '../harness/random-from.ts';
import { until } from '../harness/until.ts';

const inject = async (product: Product, flow: string, count: number): Promise<void> =>
  product.inject(
    flow,
    'source',
    [...numbersBelow(count)].map((n) => ({ n })),
  );

/** Which flows there are, whether they run, and what waits in them. */
const stateOf = async (product: Product): Promise<string> => {
  const { items } = (await product.call('GET', '/api/v1/flows')) as { items: { id: string }[] };
  const shown = items.map(async ({ id }) => {
    const { desired, observed, connections } = await product.status(id);
    return `${id}: ${desired}, ${observed}, ${connections.reduce((sum, { waiting }) => sum + waiting, 0)} waiting`;
  });
  return (await Promise.all(shown)).sort().join('; ');
};

/** Resolves when all is as it should be; says how it is otherwise. */
const untilIs = async (product: Product, wanted: readonly string[]): Promise<string> => {
  let state = '';
  const isSo = async () => {
    state = await stateOf(product).catch(String);
    return wanted.includes(state);
  };
  await until('all is as it should be', isSo).catch((thrown: unknown) => {
    throw new Error(`${String(thrown)}: ${state}\n${product.printed.slice(-3000)}`, { cause: thrown });
  });
  return state;
};

it(`restore with kills, seed ${seed}: all of it or nothing, and flows run as before`, async () => {
  const random = randomFrom(seed);
  const ledger = await Ledger.open();
  ledger.fallSilent();
  const product = await Product.started();
  await product.deploy(numbersFlow({ port: ledger.port }));
  await inject(product, 'numbers', 400);
  const older = 'numbers: running, running, 400 waiting';
  await untilIs(product, [older]);
  const archive = await product.backup();

  await inject(product, 'numbers', 300);
  await product.deploy(numbersFlow({ id: 'later', port: ledger.port }));
  await inject(product, 'later', 200);
  const newer = 'later: running, running, 200 waiting; numbers: running, running, 700 waiting';
  await untilIs(product, [newer]);
  const back = await product.backup();

  const startedAt = performance.now();
  await product.restore(archive);
  const tookMs = performance.now() - startedAt;
  await untilIs(product, [older]);
  await product.restore(back);
  await untilIs(product, [newer]);

  const ends = { older: 0, newer: 0 };
  for (let round = 0; round < inForm({ short: 6, long: 60 }); round += 1) {
    const restoring = product.restore(archive).catch(() => 0);
    await sleep(random() * tookMs * 1.2);
    await product.kill();
    await restoring;
    await product.start();
    const state = await untilIs(product, [older, newer]);
    ends[state === older ? 'older' : 'newer'] += 1;
    const left = readdirSync(join(product.dataDir, 'backups')).filter((name) => /^\.|\.part$/.test(name));
    expect([left, existsSync(join(product.dataDir, 'restore-journal.json'))]).toEqual([[], false]);
    if (state === older) {
      await product.restore(back);
      await untilIs(product, [newer]);
    }
  }
  figures('restore with kills', { seed, took_ms: Math.round(tookMs), ...ends });
  const { items } = (await product.call('GET', '/api/v1/backups')) as KeptBackups;
  expect(items.length).toBeLessThanOrEqual(10);
});
