import { jetstreamManager } from '@nats-io/jetstream';
import { expect, it } from 'vitest';
import { startCluster } from '../harness/broker.ts';
import { figures, inForm } from '../harness/form.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow, sendNumbers } from '../harness/numbers.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

it('with three nats-servers and three replicas, one is killed under load: nothing is lost and the flow goes on', async () => {
  const [ledger, brokers] = [await Ledger.open(), await startCluster()];
  const product = await Product.started({
    settings: { SEMSTREAMS_NATS_URL: brokers.map(({ url }) => url).join(','), SEMSTREAMS_NATS_REPLICAS: '3' },
  });
  await product.deploy(numbersFlow({ port: ledger.port }));
  const numbers = sendNumbers({ product, flow: 'numbers', to: Infinity, batch: 100, perSecond: 2000 });
  await until('it is under load', () => numbers.acknowledged > 1000);
  const nats = await brokers[0]!.connect();
  const manager = await jetstreamManager(nats);
  const { config, cluster } = await manager.streams.info('semstreams_buffer:numbers:real:out:ledger:in');
  await nats.close();
  expect(config.num_replicas).toBe(3);

  const leader = Number(cluster!.leader!.replace('broker-', '')) - 1;
  const killed = inForm({ short: [leader], long: [leader, (leader + 1) % 3, (leader + 2) % 3] });
  for (const index of killed) {
    const before = numbers.acknowledged;
    await brokers[index]!.kill();
    await until('the flow goes on without it', () => numbers.acknowledged > before + 3000, 120_000);
    await brokers[index]!.start();
    const then = numbers.acknowledged;
    await until('the flow goes on with it', () => numbers.acknowledged > then + 3000, 120_000);
  }
  numbers.stop();
  await numbers.done;
  await until('all have arrived', () => ledger.account(numbersBelow(numbers.acknowledged)).lost === 0, 120_000);
  const account = ledger.account(numbersBelow(numbers.acknowledged));
  figures('cluster', { killed: killed.length, sent: numbers.acknowledged, ...account });
  expect(account).toMatchObject({ lost: 0, disorder: 0 });
});
