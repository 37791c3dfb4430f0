import { expect, it } from 'vitest';
import { figures, inForm } from '../harness/form.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow, sendNumbers } from '../harness/numbers.ts';
import { memoryOf } from '../harness/processes.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

const megabyte = 1024 ** 2;

it('memory stays flat with a sender that never stops and a far side that takes nothing', async () => {
  const ledger = await Ledger.open();
  const product = await Product.started();
  await product.deploy(numbersFlow({ port: ledger.port, buffer: { max_bytes: '8MB', when_full: 'drop_oldest' } }));
  const before = memoryOf(product.processId);
  ledger.fallSilent();
  const more = { text: 'x'.repeat(1000) };
  const numbers = sendNumbers({ product, flow: 'numbers', to: inForm({ short: 30_000, long: 300_000 }), more });
  await numbers.done;
  const dropped = await until('the drops are counted', async () => {
    const { components } = await product.status('numbers');
    return components.find(({ id }) => id === 'ledger')?.dropped['buffer_full'];
  });
  const grown = memoryOf(product.processId) - before;
  const { waiting } = (await product.status('numbers')).connections[1]!;
  figures('never stops', { sent: numbers.acknowledged, dropped, waiting, grown_mb: Math.round(grown / megabyte) });
  expect(grown).toBeLessThan(150 * megabyte);
  ledger.answer();
  await until('what was kept has arrived', () => ledger.has(numbers.acknowledged - 1));
  await until('every message is accounted for', async () => {
    const { components } = await product.status('numbers');
    const given = components.find(({ id }) => id === 'ledger')?.dropped['buffer_full'] ?? 0;
    return ledger.count + given === numbers.acknowledged;
  });
});

it('a message that is larger than a buffer keeps is a dead letter, and the next one goes its way', async () => {
  const ledger = await Ledger.open();
  const product = await Product.started();
  await product.deploy(numbersFlow({ port: ledger.port, buffer: { max_bytes: '1MB', when_full: 'block' } }));
  await product.inject('numbers', 'source', [{ n: 1, text: 'x'.repeat(3 * megabyte) }, { n: 2 }]);
  await until('the small one has arrived', () => ledger.has(2));
  const { items } = await product.deadLetters('numbers');
  expect(items.map(({ component, reason, can_resend }) => ({ component, reason, can_resend }))).toEqual([
    {
      component: 'ledger',
      reason: expect.stringMatching(/^it is larger than the \d+ KB/) as string,
      can_resend: false,
    },
  ]);
  // the server says no at the first line of such a request, and does not read the rest
  const refused = await product
    .request('POST', '/api/v1/flows/numbers/components/source/inject', {
      payloads: [{ n: 3, text: 'x'.repeat(10 * megabyte) }],
    })
    .then(
      ({ status }) => String(status),
      (thrown: Error) => String((thrown.cause as NodeJS.ErrnoException | undefined)?.code),
    );
  expect(refused).toMatch(/^(413|EPIPE|ECONNRESET|UND_ERR_SOCKET)$/);
  await product.inject('numbers', 'source', [{ n: 4 }]);
  await until('the flow goes on', () => ledger.has(4));
});

it('blocks fit a buffer that is small', async () => {
  const ledger = await Ledger.open();
  const product = await Product.started();
  await product.deploy(numbersFlow({ port: ledger.port, buffer: { max_bytes: '64KB', when_full: 'block' } }));
  const numbers = sendNumbers({ product, flow: 'numbers', to: 3000, batch: 1000, more: { text: 'x'.repeat(200) } });
  await numbers.done;
  await until('all have arrived', () => ledger.count === 3000);
  expect(ledger.account(numbersBelow(3000))).toEqual({ lost: 0, doubles: 0, disorder: 0 });
});

it('memory stays flat with many dead letters, of which the newest are kept', async () => {
  const ledger = await Ledger.open();
  const product = await Product.started();
  const plain = numbersFlow({ port: ledger.port });
  await product.deploy({
    ...plain,
    components: [plain.components[0]!, { id: 'temper', type: 'temper_processor' }, plain.components[2]!],
    connections: [
      { from: 'source', to: 'temper', delivery: 'guaranteed' },
      { from: 'temper', to: 'ledger', delivery: 'live' },
    ],
  });
  const before = memoryOf(product.processId);
  const total = inForm({ short: 20_000, long: 1_000_000 });
  const numbers = sendNumbers({ product, flow: 'numbers', to: total, batch: 1000, more: { temper: 'invalid' } });
  await numbers.done;
  await until(
    'each is counted',
    async () => {
      const { components } = await product.status('numbers');
      return components[1]!.dropped['invalid'] === total;
    },
    inForm({ short: 180_000, long: 3_000_000 }),
  );
  const grown = memoryOf(product.processId) - before;
  const newest = async () => {
    const page = await product.deadLetters('numbers', 1);
    return (page.items[0]?.payload as { n: number } | undefined)?.n === total - 1 ? page : undefined;
  };
  const letters = await until('the newest is kept', newest);
  figures('dead letters', { made: total, kept: letters.total, grown_mb: Math.round(grown / megabyte) });
  expect(letters.total).toBeLessThanOrEqual(total);
  expect(letters.total).toBeGreaterThan(10_000);
  expect(grown).toBeLessThan(150 * megabyte);
});
