import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { expect, it } from 'vitest';
import { Broker } from '../harness/broker.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

it('R12: a damaged config stops the start with one line that says where', async () => {
  const product = await Product.prepared();
  const config = join(product.dataDir, 'config.json');
  mkdirSync(product.dataDir, { recursive: true });
  writeFileSync(config, '{ "port": 8080, \u0000\n');
  await expect(product.start({ SEMSTREAMS_CONFIG: config })).rejects.toThrow(
    /^the server has ended:\n.*config\.json.*\n?$/,
  );
});

it('R12: comes up degraded with a damaged bucket value and damaged blocks, puts them aside, and says which', async () => {
  const [ledger, broker] = [await Ledger.open(), await Broker.started()];
  const product = await Product.started({ settings: { SEMSTREAMS_NATS_URL: broker.url } });
  await product.deploy(numbersFlow({ port: ledger.port }));
  await product.deploy(numbersFlow({ port: ledger.port, id: 'second' }));
  await ledger.goAway();
  for (const n of [1, 2, 3]) await product.inject('numbers', 'source', [{ n }]);
  await product.kill();

  const nats = await broker.connect();
  const buffer = 'semstreams.buffer.numbers.real.out.ledger.in';
  await jetstream(nats).publish(buffer, 'this is no block');
  const first = await (
    await jetstreamManager(nats)
  ).streams.getMessage('semstreams_buffer:numbers:real:out:ledger:in', {
    last_by_subj: buffer,
  });
  expect(first?.string()).toBe('this is no block');
  await jetstream(nats).publish('$KV.semstreams_flows.second', 'neither JSON nor a flow');
  await jetstream(nats).publish('$KV.semstreams_versions.broken', '\u0000');
  await nats.close();

  await ledger.comeBack();
  await product.start();
  await product.untilRuns('numbers');
  await product.inject('numbers', 'source', [{ n: 4 }]);
  await until('everything around the damage has arrived', () => [1, 2, 3, 4].every((n) => ledger.has(n)));
  await product.untilHealth('degraded');
  await until('what is damaged is named', async () => {
    const { sentences } = await product.health();
    return ['semstreams_flows/second: ', 'semstreams_versions/broken: '].every((source) =>
      sentences.some((sentence) => sentence.startsWith(source)),
    );
  });
  const letters = await product.deadLetters('numbers');
  expect(letters.items.map(({ component, reason, can_resend }) => ({ component, reason, can_resend }))).toEqual([
    {
      component: 'ledger',
      reason: 'a block of its buffer is damaged: it does not begin like a block',
      can_resend: false,
    },
  ]);
  await until(
    'the second flow runs what was deployed',
    async () => (await product.status('second')).observed === 'running',
  );
});
