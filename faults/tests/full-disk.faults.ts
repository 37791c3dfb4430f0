import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { canMount, smallDisk } from '../harness/file-systems.ts';
import { figures } from '../harness/form.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow, sendNumbers } from '../harness/numbers.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

const isPossible = canMount();

it.skipIf(!isPossible)(
  `R5: a full disk pushes back, REST answers, and all goes on by itself when there is room${isPossible ? '' : ' (skipped: needs root)'}`,
  async () => {
    const [ledger, disk] = [await Ledger.open(), smallDisk(96)];
    const product = await Product.started({ dataDir: disk });
    await product.deploy(numbersFlow({ port: ledger.port }));
    await ledger.goAway();
    const numbers = sendNumbers({
      product,
      flow: 'numbers',
      to: Infinity,
      batch: 100,
      more: { text: 'x'.repeat(1000) },
    });
    await until('some wait', () => numbers.acknowledged > 1000);
    const ballast = join(disk, 'ballast');
    for (let megabytes = 90; megabytes > 0; megabytes -= 1) {
      try {
        writeFileSync(ballast, Buffer.alloc(megabytes * 1024 ** 2));
        break;
      } catch {
        rmSync(ballast, { force: true });
      }
    }
    await until('the server says that the disk is full', async () => {
      const { components } = await product.health();
      return components['disk'] === 'full';
    });
    await until('nothing more is acknowledged', async () => {
      const before = numbers.acknowledged;
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return numbers.acknowledged === before;
    });
    expect((await product.request('GET', '/api/v1/flows')).status).toBe(200);
    expect((await product.status('numbers')).observed).toMatch(/running|degraded/);

    rmSync(ballast);
    await ledger.comeBack();
    const before = numbers.acknowledged;
    await until('numbers are acknowledged again', () => numbers.acknowledged > before + 1000, 120_000);
    numbers.stop();
    await numbers.done;
    await until('all have arrived', () => ledger.account(numbersBelow(numbers.acknowledged)).lost === 0);
    const account = ledger.account(numbersBelow(numbers.acknowledged));
    figures('R5', { sent: numbers.acknowledged, ...account });
    expect(account).toMatchObject({ lost: 0, disorder: 0 });
    await product.untilHealth('healthy');
  },
);
