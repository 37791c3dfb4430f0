import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploy, runningFlows, startServer } from '../contenders/semstreams.mjs';
import { idleFlow, rulesFlow } from '../contenders/semstreams-flows.mjs';
import { connectReceiver } from '../measure/load.mjs';
import { freePort } from '../measure/ports.mjs';
import { sleep } from '../measure/statistics.mjs';
import { runStep } from '../measure/step.mjs';
import { cpuUs, memoryOf } from '../measure/usage.mjs';
import { kilobytes, megabytes, percent, seconds } from '../report/figures.mjs';

const flows = 200;

export const p9 = {
  id: 'p9',
  title: '200 idle flows',
  async run({ node }) {
    const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-bench-flows-'));
    const first = await startServer({ node, dataDir });
    await deploy(first.address, idleFlow('flow-0'));
    await sleep(5);
    const withOne = memoryOf(first.server);
    for (let index = 1; index <= flows; index += 1) await deploy(first.address, idleFlow(`flow-${index}`));
    await first.stop();

    const begin = performance.now();
    const second = await startServer({ node, dataDir });
    while ((await runningFlows(second.address)) <= flows) {
      if (performance.now() - begin > 60_000) throw new Error('not all flows run after a minute');
      await sleep(0.05);
    }
    const ready = (performance.now() - begin) / 1000;
    await sleep(8);
    const each = (memoryOf(second.server) - withOne) / flows / 1024;
    const cpu = () => cpuUs(second.server) + cpuUs(second.broker);
    const before = cpu();
    await sleep(10);
    const idle = (cpu() - before) / 10e6;
    await second.stop();
    rmSync(dataDir, { recursive: true, force: true });
    return [
      {
        measure: 'each further idle flow of 5 components',
        ours: kilobytes(each),
        beside: '',
        found: kilobytes(each),
        target: '≤ 1 024 KB',
        isMet: each <= 1024,
      },
      {
        measure: '200 flows running after a start',
        ours: seconds(ready),
        beside: '',
        found: seconds(ready),
        target: '≤ 10 s',
        isMet: ready <= 10,
      },
      {
        measure: 'CPU of 200 idle flows, broker included',
        ours: percent(idle),
        beside: 'of a core',
        found: percent(idle),
        target: '≤ 3 %',
        isMet: idle <= 0.03,
      },
    ];
  },
};

const rules = 300;

export const p11 = {
  id: 'p11',
  title: '300 rules on one stream',
  async run({ node }) {
    const [one, many] = [await runRules(node, 1), await runRules(node, rules)];
    const each = ((many.memory - one.memory) / (rules - 1)) * 1024;
    return [
      {
        measure: '300 rules on one stream at 500/s',
        ours: percent(many.core),
        beside: `one rule ${percent(one.core)}; ${many.lost} lost`,
        found: percent(many.core),
        target: '≤ 5 % of a core',
        isMet: many.core <= 0.05 && many.lost === 0,
      },
      {
        measure: 'memory of each rule',
        ours: kilobytes(each),
        beside: `${megabytes(many.memory)} with 300`,
        found: kilobytes(each),
        target: '≤ 20 KB',
        isMet: each <= 20,
      },
    ];
  },
};

const runRules = async (node, count) => {
  const server = await startServer({ node });
  const [port, webSocketPort] = [await freePort(), await freePort()];
  await deploy(server.address, rulesFlow({ port, webSocketPort, rules: count }));
  const receiver = await connectReceiver({ port: webSocketPort, path: '/' });
  const contender = { ids: [server.server, server.broker], port };
  await runStep(contender, receiver, { rate: 500, seconds: 6 });
  const step = await runStep(contender, receiver, { rate: 500, seconds: 6 });
  await receiver.end();
  await server.stop();
  return { core: (step.cpu * 500) / 1e6, memory: step.memory[0], lost: step.lost };
};
