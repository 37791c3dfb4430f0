import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNodeRed } from '../contenders/node-red.mjs';
import { startSemStreams, startServer } from '../contenders/semstreams.mjs';
import { median, sleep } from '../measure/statistics.mjs';
import { memoryOf } from '../measure/usage.mjs';
import { atMost, megabytes, seconds } from '../report/figures.mjs';

const settleSeconds = 5;
const rounds = 2;
const starts = 5;

const megabytesOf = (id) => memoryOf(id) / 1024 ** 2;

export const p7 = {
  id: 'p7',
  title: 'idle memory',
  async run({ node }) {
    const memories = { red: [], server: [], broker: [] };
    for (let round = 0; round < rounds; round += 1) {
      const red = await startNodeRed({ node });
      await sleep(settleSeconds);
      memories.red.push(megabytesOf(red.ids[0]));
      await red.stop();
      const ours = await startSemStreams({ node });
      await sleep(settleSeconds);
      memories.server.push(megabytesOf(ours.server));
      memories.broker.push(megabytesOf(ours.broker));
      await ours.stop();
    }
    const [red, server, broker] = [median(memories.red), median(memories.server), median(memories.broker)];
    return [
      {
        measure: 'idle with the flow, without broker',
        ours: megabytes(server),
        beside: `Node-RED ${megabytes(red)}`,
        ...atMost(server / red, 0.8),
      },
      {
        measure: 'its broker',
        ours: megabytes(broker),
        beside: '',
        found: megabytes(broker),
        target: '≤ 25 MB',
        isMet: broker <= 25,
      },
    ];
  },
};

export const p8 = {
  id: 'p8',
  title: 'start to healthy',
  async run({ node }) {
    const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-bench-start-'));
    const [ours, red] = [[], []];
    for (let round = 0; round < starts; round += 1) {
      ours.push(await secondsOf(() => startServer({ node, dataDir })));
      red.push(await secondsOf(() => startNodeRed({ node })));
    }
    rmSync(dataDir, { recursive: true, force: true });
    const [own, other] = [median(ours), median(red)];
    return [
      {
        measure: 'start to healthy, warm, broker included',
        ours: seconds(own),
        beside: `Node-RED ${seconds(other)}`,
        ...atMost(own / other, 1),
      },
    ];
  },
};

const secondsOf = async (start) => {
  const begin = performance.now();
  const started = await start();
  const took = (performance.now() - begin) / 1000;
  await started.stop();
  return took;
};
