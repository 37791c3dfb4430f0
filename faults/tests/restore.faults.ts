import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

const older = 'numbers: running, running, 400 waiting';
const newer = 'later: running, running, 200 waiting; numbers: running, running, 700 waiting';

/** A product in the newer state, with a backup of the older one and one of the newer. */
const prepared = async () => {
  const ledger = await Ledger.open();
  ledger.fallSilent();
  const product = await Product.started();
  await product.deploy(numbersFlow({ port: ledger.port }));
  await inject(product, 'numbers', 400);
  await untilIs(product, [older]);
  const archive = await product.backup();

  await inject(product, 'numbers', 300);
  await product.deploy(numbersFlow({ id: 'later', port: ledger.port }));
  await inject(product, 'later', 200);
  await untilIs(product, [newer]);
  return { product, archive, back: await product.backup() };
};

/** All of a restore or nothing of it is done when the product runs again; leaves the newer state. */
const untilSettled = async ({ product, back }: Awaited<ReturnType<typeof prepared>>): Promise<string> => {
  const state = await untilIs(product, [older, newer]);
  const left = readdirSync(join(product.dataDir, 'backups')).filter((name) => /^\.|\.part$/.test(name));
  expect([left, existsSync(journalOf(product))]).toEqual([[], false]);
  if (state === older) {
    await product.restore(back);
    await untilIs(product, [newer]);
  }
  return state;
};

const journalOf = (product: Product): string => join(product.dataDir, 'restore-journal.json');

it(`restore with kills, seed ${seed}: all of it or nothing, and flows run as before`, async () => {
  const random = randomFrom(seed);
  const given = await prepared();
  const { product, archive, back } = given;

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
    ends[(await untilSettled(given)) === older ? 'older' : 'newer'] += 1;
  }
  figures('restore with kills', { seed, took_ms: Math.round(tookMs), ...ends });
  const { items } = (await product.call('GET', '/api/v1/backups')) as KeptBackups;
  expect(items.length).toBeLessThanOrEqual(10);
});

/** Where a restore is when it is stopped, how, and whether the next start is killed while it takes it back. */
const stops = [
  { at: 'pausing', by: 'SIGTERM', isTwice: false },
  { at: 'pausing', by: 'SIGKILL', isTwice: true },
  { at: 'changing', by: 'SIGTERM', isTwice: true },
  { at: 'changing', by: 'SIGKILL', isTwice: true },
] as const;

it('restore stopped at each step of its journal, and again while it is taken back: all of it or nothing', async () => {
  const given = await prepared();
  const { product, archive } = given;
  for (const { at, by, isTwice } of stops) {
    const restoring = product.restore(archive).catch(() => 0);
    await untilStep(product, at);
    if (by === 'SIGTERM') expect(await product.stop()).toBe(0);
    else await product.kill();
    await restoring;
    if (isTwice) {
      const begun = product.start().catch(() => 0);
      await until('it is at it again', () => /a restore broke off|is ready at/.test(product.printed));
      await product.kill();
      await begun;
    }
    await product.start();
    await untilSettled(given);
  }
});

/** Looks each millisecond: a step is over soon. */
const untilStep = async (product: Product, step: string): Promise<void> => {
  const isAt = () => existsSync(journalOf(product)) && readFileSync(journalOf(product), 'utf8').includes(`"${step}"`);
  for (let count = 0; count < 30_000 && !isAt(); count += 1) await sleep(1);
};
