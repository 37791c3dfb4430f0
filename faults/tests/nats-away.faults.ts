import { expect, it } from 'vitest';
import { Broker } from '../harness/broker.ts';
import { figures, inForm } from '../harness/form.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow, sendNumbers } from '../harness/numbers.ts';
import { freePort } from '../harness/ports.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

const awayMs = inForm({ short: 3000, long: 30_000 });

it('R4: with NATS away live connections go on, guaranteed ones push back, and nothing acknowledged is lost', async () => {
  const [ledger, live, broker] = [await Ledger.open(), await Ledger.open(), await Broker.started()];
  const product = await Product.started({ settings: { SEMSTREAMS_NATS_URL: broker.url } });
  await product.deploy(numbersFlow({ port: ledger.port }));
  await product.deploy({
    id: 'live',
    name: 'Live',
    components: [
      { id: 'source', type: 'silent_input' },
      { id: 'ledger', type: 'ledger_output', config: { port: live.port } },
    ],
    connections: [{ from: 'source', to: 'ledger', delivery: 'live' }],
  });
  const numbers = sendNumbers({ product, flow: 'numbers', to: Infinity, batch: 100, perSecond: 2000 });
  await until('the first ones are acknowledged', () => numbers.acknowledged > 500);

  await broker.kill();
  const cutAt = performance.now();
  await product.untilHealth('degraded', inForm({ short: 60_000, long: 5000 }));
  const degradedMs = performance.now() - cutAt;
  const before = numbers.acknowledged;
  await until('the flow says what it waits for', async () => {
    const { observed, sentence } = await product.status('numbers');
    return observed === 'degraded' && /buffer/.test(sentence);
  });
  await product.inject('live', 'source', [{ n: 1 }, { n: 2 }]);
  await until('live messages arrive meanwhile', () => live.count === 2);
  await until('it was away for long enough', () => performance.now() - cutAt > awayMs);
  expect(numbers.acknowledged - before).toBeLessThanOrEqual(100);

  await broker.start();
  const backAt = performance.now();
  await product.untilHealth('healthy');
  await until('numbers are acknowledged again', () => numbers.acknowledged > before + 1000);
  const againMs = performance.now() - backAt;
  numbers.stop();
  await numbers.done;
  await until('all have arrived', () => ledger.account(numbersBelow(numbers.acknowledged)).lost === 0);
  const account = ledger.account(numbersBelow(numbers.acknowledged));
  figures('R4', {
    away_ms: awayMs,
    degraded_after_ms: Math.round(degradedMs),
    flowing_again_after_ms: Math.round(againMs),
    ...account,
  });
  expect(account).toMatchObject({ lost: 0, disorder: 0 });
});

it('R4: starts with NATS absent, says what it waits for, and goes on when it comes', async () => {
  const broker = await Broker.prepared();
  const product = await Product.prepared({ settings: { SEMSTREAMS_NATS_URL: broker.url } });
  await product.start();
  const { status, sentences } = await product.health();
  expect({ status, sentences }).toEqual({
    status: 'unhealthy',
    sentences: [expect.stringContaining(`waiting for NATS at 127.0.0.1:${broker.port}`)],
  });
  expect((await product.request('GET', '/')).status).toBe(200);
  expect((await product.request('GET', '/api/v1/flows')).status).toBe(503);
  await broker.start();
  await product.untilHealth('healthy');
  const ledger = await Ledger.open();
  await product.deploy(numbersFlow({ port: ledger.port }));
  await product.inject('numbers', 'source', [{ n: 1 }]);
  await until('it arrives', () => ledger.has(1));
});

it('says in one line that a port is taken', async () => {
  const taken = await Broker.started();
  const product = await Product.prepared();
  const port = await freePort();
  expect(port).not.toBe(taken.port);
  await expect(product.start({ SEMSTREAMS_PORT: String(taken.port) })).rejects.toThrow(
    /port \d+ is used by another program/,
  );
});
