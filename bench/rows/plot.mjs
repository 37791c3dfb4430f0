import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBareScript } from '../contenders/bare-script.mjs';
import { startNodeRed } from '../contenders/node-red.mjs';
import { startSemStreams } from '../contenders/semstreams.mjs';
import { connectReceiver } from '../measure/load.mjs';
import { runStep } from '../measure/step.mjs';
import { plotRates } from '../report/plot.mjs';
import { folders } from '../setup.mjs';

const rates = [2000, 4000, 8000, 16_000, 32_000, 64_000, 96_000, 128_000, 180_000];
const seconds = 3;
/** Beyond this nothing more is learned about a contender. */
const mostLost = 0.6;

export const plot = {
  id: 'plot',
  title: 'rate against loss and latency',
  async run({ node, say }) {
    const series = [];
    for (const start of [startSemStreams, startNodeRed, startBareScript]) {
      const contender = await start({ node });
      const receiver = await connectReceiver(contender.webSocket);
      await runStep(contender, receiver, { rate: 8000, seconds });
      const steps = [];
      for (const rate of rates) {
        const step = await runStep(contender, receiver, { rate, seconds });
        steps.push(step);
        if (step.lost / step.expected > mostLost) break;
      }
      await receiver.end();
      await contender.stop();
      say(`${contender.name}: ${steps.length} rates`);
      series.push({ name: contender.name, steps });
    }
    writeFileSync(join(folders.results, 'rates.json'), `${JSON.stringify(series, null, 2)}\n`);
    writeFileSync(join(folders.results, 'rates.svg'), plotRates(series));
    return [];
  },
};
