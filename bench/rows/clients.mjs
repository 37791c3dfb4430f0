import { startBareBroadcast } from '../contenders/bare-broadcast.mjs';
import { startSemStreams } from '../contenders/semstreams.mjs';
import { connectReceiver } from '../measure/load.mjs';
import { sleep } from '../measure/statistics.mjs';
import { runStep } from '../measure/step.mjs';
import { memoryOf } from '../measure/usage.mjs';
import { atLeast, kilobytes, microseconds } from '../report/figures.mjs';

const clients = 9000;
const rate = 10;

export const p13 = {
  id: 'p13',
  title: '9 000 WebSocket clients',
  async run({ node }) {
    const ours = await broadcast(() => startSemStreams({ node, flow: { isBroadcast: true } }));
    const bare = await broadcast(() => startBareBroadcast({ node }));
    const [each, bareEach] = [ours, bare].map(({ memory }) => memory / clients / 1024);
    const { expected } = ours.step;
    const isWhole = ours.lost === 0 && ours.least === expected && ours.most === expected;
    return [
      {
        measure: 'memory of each of 9 000 clients',
        ours: kilobytes(each),
        beside: `bare ws ${kilobytes(bareEach)}`,
        found: kilobytes(each),
        target: '≤ 10 KB',
        isMet: each <= 10,
      },
      {
        measure: 'CPU of a broadcast to them, per frame',
        ours: microseconds(ours.perFrame),
        beside: `bare ws loop ${microseconds(bare.perFrame)}`,
        ...atLeast(bare.perFrame / ours.perFrame, 0.6),
      },
      {
        measure: 'beside one more that reads nothing',
        ours: `each got ${ours.least} of ${expected}`,
        beside: '',
        found: isWhole ? 'nothing missed' : 'some missed',
        target: 'no harm',
        isMet: isWhole,
      },
    ];
  },
};

const broadcast = async (start) => {
  const contender = await start();
  await sleep(3);
  const before = memoryOf(contender.ids[0]);
  const receiver = await connectReceiver({ ...contender.webSocket, clients, silent: 1 });
  await sleep(1);
  const memory = memoryOf(contender.ids[0]) - before;
  await runStep(contender, receiver, { rate, seconds: 2 });
  await sleep(2);
  const step = await runStep(contender, receiver, { rate, seconds: 6 });
  await sleep(2);
  const { least, most, distinct } = await receiver.report();
  await receiver.end();
  await contender.stop();
  const lost = step.expected - distinct;
  return { memory, step, lost, least, most, perFrame: (step.cpuByProcess[0] * step.sent) / (step.expected * clients) };
};
