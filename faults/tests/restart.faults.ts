import { expect, it } from 'vitest';
import { figures, inForm } from '../harness/form.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow, sendNumbers } from '../harness/numbers.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

it('R9: SIGTERM under load drains, loses nothing, and ends in time', async () => {
  const ledger = await Ledger.open();
  const product = await Product.started();
  await product.deploy(numbersFlow({ port: ledger.port }));
  const numbers = sendNumbers({ product, flow: 'numbers', to: Infinity });
  await until('it is under load', () => numbers.acknowledged > 5000);
  const startedAt = performance.now();
  const code = await product.stop();
  const tookMs = performance.now() - startedAt;
  numbers.stop();
  await numbers.done;
  await product.start();
  await until('all have arrived', () => ledger.account(numbersBelow(numbers.acknowledged)).lost === 0);
  const account = ledger.account(numbersBelow(numbers.acknowledged));
  figures('R9 SIGTERM', { ended_after_ms: Math.round(tookMs), ...account });
  expect({ code, ...account }).toMatchObject({ code: 0, lost: 0, disorder: 0 });
  expect(tookMs).toBeLessThan(10_000);
});

it('R9: SIGTERM with a far side that does not answer ends in time, and what waits comes after the start', async () => {
  const ledger = await Ledger.open();
  const product = await Product.started({ settings: { SEMSTREAMS_SHUTDOWN_TIMEOUT: '2s' } });
  await product.deploy(numbersFlow({ port: ledger.port }));
  ledger.fallSilent();
  await product.inject(
    'numbers',
    'source',
    [...numbersBelow(100)].map((n) => ({ n })),
  );
  expect(await product.stop()).toBe(0);
  ledger.answer();
  await product.start();
  await until('all have arrived', () => ledger.count === 100);
});

it('R9: a redeploy loses nothing and touches no message of another flow', async () => {
  const [ledger, other] = [await Ledger.open(), await Ledger.open()];
  const product = await Product.started();
  const flow = numbersFlow({ port: ledger.port });
  await product.deploy(flow);
  await product.deploy(numbersFlow({ id: 'other', port: other.port }));
  const mine = sendNumbers({ product, flow: 'numbers', to: Infinity, batch: 50, perSecond: 2000 });
  const theirs = sendNumbers({ product, flow: 'other', to: Infinity, batch: 50, perSecond: 2000 });
  const gaps: number[] = [];
  for (let round = 1; round <= inForm({ short: 3, long: 20 }); round += 1) {
    const before = mine.acknowledged;
    await until('numbers flow', () => mine.acknowledged > before + 500);
    const changed = {
      ...flow,
      components: flow.components.map((component) =>
        component.id === 'real'
          ? { ...component, config: { rules: [{ field: 'n', operator: 'gte', value: -round }] } }
          : component,
      ),
    };
    let lastAt = performance.now();
    let last = mine.acknowledged;
    let gapMs = 0;
    let isDone = false;
    const deployed = product.deploy(changed).then(() => (isDone = true));
    const until500 = () => isDone && mine.acknowledged > last;
    await until('numbers flow again', () => {
      if (until500()) {
        gapMs = Math.max(gapMs, performance.now() - lastAt);
        return true;
      }
      if (mine.acknowledged !== last) {
        gapMs = Math.max(gapMs, performance.now() - lastAt);
        [last, lastAt] = [mine.acknowledged, performance.now()];
      }
      return false;
    });
    await deployed;
    gaps.push(Math.round(gapMs));
  }
  for (const numbers of [mine, theirs]) numbers.stop();
  await Promise.all([mine.done, theirs.done]);
  await until('all of mine have arrived', () => ledger.account(numbersBelow(mine.acknowledged)).lost === 0);
  await until('all of the other flow have arrived', () => other.account(numbersBelow(theirs.acknowledged)).lost === 0);
  figures('R9 redeploy', {
    gaps_ms: gaps.join(' '),
    sent: mine.acknowledged,
    ...ledger.account(numbersBelow(mine.acknowledged)),
  });
  expect(ledger.account(numbersBelow(mine.acknowledged))).toMatchObject({ lost: 0, disorder: 0 });
  expect(other.account(numbersBelow(theirs.acknowledged))).toEqual({ lost: 0, doubles: 0, disorder: 0 });
});
