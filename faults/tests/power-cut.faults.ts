import { expect, it } from 'vitest';
import { figures, inForm } from '../harness/form.ts';
import { canMount, mortalDisk } from '../harness/file-systems.ts';
import { numbersFlow } from '../harness/flows.ts';
import { Ledger } from '../harness/ledger.ts';
import { numbersBelow, sendNumbers } from '../harness/numbers.ts';
import { Product } from '../harness/product.ts';
import { until } from '../harness/until.ts';

const isPossible = canMount();

it.skipIf(!isPossible)(
  `R2: what was acknowledged outlives a power cut${isPossible ? '' : ' (skipped: needs root and loop devices)'}`,
  async () => {
    for (let cut = 1; cut <= inForm({ short: 2, long: 20 }); cut += 1) {
      const [ledger, disk] = [await Ledger.open(), mortalDisk(256)];
      await ledger.goAway();
      const product = await Product.started({ dataDir: disk.folder });
      await product.deploy(numbersFlow({ port: ledger.port }));
      const numbers = sendNumbers({ product, flow: 'numbers', to: Infinity, batch: 20 });
      await until('some are acknowledged', () => numbers.acknowledged >= 2000 * cut);
      const acknowledged = numbers.acknowledged;
      const left = disk.afterPowerCut();
      numbers.stop();
      await product.kill();
      await product.killBroker();

      await ledger.comeBack();
      const next = await Product.started({ dataDir: left });
      await next.untilRuns('numbers');
      await until(
        'what was acknowledged has arrived',
        () => ledger.account(numbersBelow(acknowledged)).lost === 0,
      ).catch(() => undefined);
      const account = ledger.account(numbersBelow(acknowledged));
      figures('R2', { acknowledged, ...account });
      expect(account).toMatchObject({ lost: 0, disorder: 0 });
      await next.remove();
    }
  },
);
