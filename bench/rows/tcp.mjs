import { startBareScript } from '../contenders/bare-script.mjs';
import { startNodeRed } from '../contenders/node-red.mjs';
import { startSemStreams } from '../contenders/semstreams.mjs';
import { connectReceiver } from '../measure/load.mjs';
import { median, sleep } from '../measure/statistics.mjs';
import { runStep } from '../measure/step.mjs';
import { memoryOf } from '../measure/usage.mjs';
import { atLeast, megabytes, milliseconds, perSecond, times } from '../report/figures.mjs';

const flow = { protocol: 'tcp' };
const rounds = 2;
const contenders = { ours: startSemStreams, red: startNodeRed, bare: startBareScript };

export const p4 = {
  id: 'p4',
  title: 'live, TCP, as fast as it takes',
  async run({ node, say }) {
    const all = { ours: [], red: [], bare: [] };
    for (let round = 0; round < rounds; round += 1)
      for (const [name, start] of Object.entries(contenders)) {
        const step = await flood(() => start({ node, flow }));
        all[name].push(step);
        say(`${name}: ${perSecond(step.sentPerSecond)} by TCP`);
      }
    const of = (name, read) => median(all[name].map(read));
    const [ours, red, bare] = ['ours', 'red', 'bare'].map((name) => of(name, (step) => step.sentPerSecond));
    const [lag, redLag] = ['ours', 'red'].map((name) => of(name, ({ lagMs }) => lagMs));
    const [growth, redGrowth] = ['ours', 'red'].map((name) => of(name, (step) => step.growth));
    const lost = all.ours.reduce((sum, step) => sum + step.lost, 0);
    const measure = 'live, TCP, as fast as it takes';
    return [
      { measure, ours: perSecond(ours), beside: `Node-RED ${perSecond(red)}`, ...atLeast(ours / red, 6) },
      {
        measure,
        ours: perSecond(ours),
        beside: `bare script ${perSecond(bare)}`,
        found: times(ours / bare),
        target: '–',
      },
      {
        measure: 'its lag at the end',
        ours: milliseconds(lag),
        beside: `Node-RED ${milliseconds(redLag)}; ${lost} lost`,
        found: milliseconds(lag),
        target: '≤ 500 ms',
        isMet: lag <= 500 && lost === 0,
      },
      {
        measure: 'its growth of memory',
        ours: megabytes(growth),
        beside: `Node-RED ${megabytes(redGrowth)}`,
        found: megabytes(growth),
        target: '≤ 100 MB',
        isMet: growth <= 100,
      },
    ];
  },
};

/** Memory grows from where it was before the first message. */
const flood = async (start) => {
  const contender = await start();
  const receiver = await connectReceiver(contender.webSocket);
  await sleep(1);
  const memory = () => contender.ids.reduce((sum, id) => sum + memoryOf(id), 0) / 1024 ** 2;
  const before = memory();
  await runStep(contender, receiver, { rate: 0, seconds: 2, protocol: 'tcp' });
  const step = await runStep(contender, receiver, { rate: 0, seconds: 4, protocol: 'tcp' });
  const growth = memory() - before;
  await receiver.end();
  await contender.stop();
  return { ...step, growth };
};
