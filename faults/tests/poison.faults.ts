import { expect, it } from 'vitest';
import { inForm } from '../harness/form.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow } from '../harness/numbers.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

const total = 100;
const tempers = new Map([
  [20, 'invalid'],
  [40, 'transient'],
  [60, 'crash'],
  // each death of a lane takes longer to come back from
  ...inForm<[number, string][]>({ short: [], long: [[80, 'stall']] }),
]);
const harmless = { type: 'json_filter', config: { rules: [{ field: 'n', operator: 'gte', value: 0 }] } };

it('R11: poison messages become dead letters with their cause, the flow goes on, and they can be sent again', async () => {
  const ledger = await Ledger.open();
  const product = await Product.started();
  const flowWith = (processor: { readonly type: string; readonly config?: Record<string, unknown> }) => {
    const plain = numbersFlow({ port: ledger.port });
    return {
      ...plain,
      components: [plain.components[0]!, { id: 'temper', ...processor }, plain.components[2]!],
      connections: [
        { from: 'source', to: 'temper', delivery: 'guaranteed' as const },
        { from: 'temper.out', to: 'ledger', delivery: 'live' as const },
      ],
    };
  };
  await product.deploy(flowWith({ type: 'temper_processor' }));
  const payloads = [...numbersBelow(total)].map((n) => ({ n, temper: tempers.get(n) }));
  await product.inject('numbers', 'source', payloads);

  const sound = [...numbersBelow(total)].filter((n) => !tempers.has(n));
  await until('every sound message has arrived', () => sound.every((n) => ledger.has(n)), 120_000);
  await until('the flow runs again', async () => (await product.status('numbers')).observed === 'running');
  const { items } = await product.deadLetters('numbers');
  const told = items.map(({ payload, component, port, reason }) => ({
    n: (payload as { n: number }).n,
    component,
    port,
    reason,
  }));
  const at = { component: 'temper', port: 'in' };
  expect(told.sort((one, other) => one.n - other.n)).toEqual([
    { n: 20, ...at, reason: 'it says so itself' },
    { n: 40, ...at, reason: 'the far side does not like it (tried 3 times)' },
    { n: 60, ...at, reason: 'it stopped the flow 3 times' },
    ...inForm({ short: [], long: [{ n: 80, ...at, reason: 'it stopped the flow 3 times' }] }),
  ]);

  await product.deploy(flowWith(harmless));
  expect(await product.resend('numbers')).toEqual({ resent: tempers.size, failed: [], left: 0 });
  await until('those sent again have arrived', () => ledger.count === total);
  expect((await product.deadLetters('numbers')).total).toBe(0);
});
