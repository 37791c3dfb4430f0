import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { figures, inForm, isLong } from '../harness/form.ts';
import { sendNumbers } from '../harness/numbers.ts';
import { freePort } from '../harness/ports.ts';
import { memoryOf } from '../harness/processes.ts';
import { Product } from '../harness/product.ts';
import { Reader } from '../harness/reader.ts';
import { until } from '../harness/until.ts';

const seconds = inForm({ short: 4, long: 60 });

it('R6: a receiver that reads nothing harms no other, and costs a bounded memory', async () => {
  const port = await freePort();
  const product = await Product.started();
  await product.deploy({
    id: 'numbers',
    name: 'Numbers',
    components: [
      { id: 'source', type: 'silent_input' },
      { id: 'far', type: 'websocket_output', config: { port, host: '127.0.0.1', path: '/' } },
    ],
  });
  const frozen = await Reader.connected(port);
  const lively = await Reader.connected(port);
  const numbers = sendNumbers({
    product,
    flow: 'numbers',
    to: Infinity,
    batch: 100,
    perSecond: 4000,
    more: { text: 'x'.repeat(300) },
  });
  await until('both read', async () => (await frozen.reading()).got > 500 && (await lively.reading()).got > 500);
  const rateOver = async (): Promise<number> => {
    const [before, at] = [(await lively.reading()).got, performance.now()];
    await sleep(seconds * 1000);
    return (((await lively.reading()).got - before) * 1000) / (performance.now() - at);
  };
  const calmRate = await rateOver();
  const calmMemory = memoryOf(product.processId);
  frozen.freeze();
  const rate = await rateOver();
  const memory = memoryOf(product.processId) - calmMemory;
  frozen.thaw();
  numbers.stop();
  await numbers.done;
  await until('the lively one has all', async () => (await lively.reading()).highest >= numbers.acknowledged - 1);
  const { gaps } = await lively.reading();
  figures('R6', {
    rate_before: Math.round(calmRate),
    rate: Math.round(rate),
    more_memory_mb: Math.round(memory / 1024 ** 2),
    gaps,
  });
  expect(gaps).toBe(0);
  expect(memory).toBeLessThan(64 * 1024 ** 2);
  if (isLong) expect(rate / calmRate).toBeGreaterThan(0.95);
  if (isLong) expect(memory).toBeLessThan(32 * 1024 ** 2);
});

it('R6: what a guaranteed connection handed to a receiver that hangs and goes away reaches the next one', async () => {
  const port = await freePort();
  const product = await Product.started();
  await product.deploy({
    id: 'numbers',
    name: 'Numbers',
    components: [
      { id: 'source', type: 'silent_input' },
      { id: 'far', type: 'websocket_output', config: { port, host: '127.0.0.1', path: '/' } },
    ],
    connections: [{ from: 'source', to: 'far', delivery: 'guaranteed' }],
  });
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => ({ n: from + n }));
  const first = await Reader.connected(port);
  await product.inject('numbers', 'source', numbers(0, 500));
  await until('it has all', async () => (await first.reading()).got === 500);
  first.freeze();
  for (let n = 500; n < 5500; n += 500) await product.inject('numbers', 'source', numbers(n, n + 500));
  const waits = async () => (await product.status('numbers')).connections[0]?.waiting ?? 0;
  await until('it waits', async () => (await waits()) >= 5000);
  first.kill();
  const second = await Reader.connected(port);
  await product.inject('numbers', 'source', numbers(5500, 5510));
  await until('the next one has all', async () => (await second.reading()).highest === 5509);
  const { gaps, lowest } = await second.reading();
  expect({ gaps, isWhole: lowest <= 500 }).toEqual({ gaps: 0, isWhole: true });
  await until('nothing waits', async () => (await waits()) === 0);
});
