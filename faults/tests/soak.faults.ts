import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { figures, inForm, isLong } from '../harness/form.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow, sendNumbers } from '../harness/numbers.ts';
import { descriptorsOf, memoryOf } from '../harness/processes.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

const rounds = inForm({ short: 4, long: 60 });
const roundMs = inForm({ short: 2000, long: 30_000 });

/** Slope of a line through the values, by least squares, per step. */
const slopeOf = (values: readonly number[]): number => {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const above = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0);
  return above / values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
};

it('R8: descriptors, timers and memory stay flat under a steady load with redeploys', async () => {
  const ledger = await Ledger.open();
  const product = await Product.started();
  const flow = numbersFlow({ port: ledger.port });
  await product.deploy(flow);
  const numbers = sendNumbers({ product, flow: 'numbers', to: Infinity, perSecond: 10_000 });
  const timersOf = async (): Promise<number> => {
    const text = await (await product.request('GET', '/metrics')).text();
    return Number(/^nodejs_active_resources\{type="Timeout"\} (\d+)/m.exec(text)?.[1] ?? 0);
  };
  const measured: { descriptors: number; timers: number; memory: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const rules = [{ field: 'n', operator: 'gte', value: -round }];
    await product.deploy({
      ...flow,
      components: flow.components.map((component) =>
        component.id === 'real' ? { ...component, config: { rules } } : component,
      ),
    });
    await sleep(roundMs);
    measured.push({
      descriptors: descriptorsOf(product.processId),
      timers: await timersOf(),
      memory: memoryOf(product.processId),
    });
  }
  numbers.stop();
  await numbers.done;
  await until('all have arrived', () => ledger.account(numbersBelow(numbers.acknowledged)).lost === 0);
  const [first, last] = [measured[0]!, measured.at(-1)!];
  const warm = measured.slice(Math.floor(rounds / 3)).map(({ memory }) => memory);
  const perHour = (slopeOf(warm) * 3_600_000) / roundMs;
  figures('R8', {
    messages: numbers.acknowledged,
    descriptors: `${first.descriptors} to ${last.descriptors}`,
    timers: `${first.timers} to ${last.timers}`,
    ...(isLong ? { memory_per_hour_mb: (perHour / 1024 ** 2).toFixed(1) } : {}),
  });
  expect(last.descriptors).toBeLessThanOrEqual(first.descriptors + 3);
  expect(last.timers).toBeLessThanOrEqual(first.timers + 5);
  if (isLong) expect(perHour / 1024 ** 2).toBeLessThan(inForm({ short: 0, long: 20 }));
});
