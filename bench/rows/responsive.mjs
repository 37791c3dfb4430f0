import { deploy, startSemStreams, startServer } from '../contenders/semstreams.mjs';
import { idleFlow } from '../contenders/semstreams-flows.mjs';
import { connectReceiver, send, takeNumbers } from '../measure/load.mjs';
import { percentile, sleep } from '../measure/statistics.mjs';
import { milliseconds, seconds } from '../report/figures.mjs';

const loadSeconds = 10;
/** More than one core can carry. */
const overload = 200_000;

export const p14 = {
  id: 'p14',
  title: 'REST under full load',
  async run({ node }) {
    const contender = await startSemStreams({ node });
    const receiver = await connectReceiver(contender.webSocket);
    const first = takeNumbers(overload * (loadSeconds + 1));
    await receiver.begin(first);
    let isOver = false;
    const load = send({ protocol: 'udp', port: contender.port, rate: overload, seconds: loadSeconds, first });
    void load.then(() => (isOver = true));
    const calls = { '/health': [], '/api/v1/flows': [], '/api/v1/flows/live/status': [] };
    while (!isOver)
      for (const [path, times] of Object.entries(calls)) times.push(await timeOf(`${contender.address}${path}`));
    await receiver.end();
    await contender.stop();
    return Object.entries(calls).map(([path, times]) => {
      const [half, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
      return {
        measure: `\`${path}\` while 200 000/s come in`,
        ours: milliseconds(p99),
        beside: `${times.length} calls, median ${milliseconds(half)}`,
        found: milliseconds(p99),
        target: 'p99 ≤ 50 ms',
        isMet: p99 <= 50,
      };
    });
  },
};

const timeOf = async (url) => {
  const begin = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status} under load`);
  return performance.now() - begin;
};

const flows = 1000;

/** Flows are made and deployed one after the other by a script that waits for each to run. */
export const p17 = {
  id: 'p17',
  title: 'many flows made',
  async run({ node }) {
    const server = await startServer({ node });
    const times = [];
    let isOver = false;
    const looks = (async () => {
      while (!isOver) {
        times.push(await timeOf(`${server.address}/health`));
        await sleep(0.01);
      }
    })();
    const begin = performance.now();
    for (let index = 0; index < flows; index += 1) await deploy(server.address, idleFlow(`flow-${index}`));
    const took = (performance.now() - begin) / 1000;
    isOver = true;
    await looks;
    await server.stop();
    const p99 = percentile(times, 0.99);
    return [
      {
        measure: `${flows} flows made, deployed and running`,
        ours: seconds(took),
        beside: 'one after the other',
        found: seconds(took),
        target: '≤ 20 s',
        isMet: took <= 20,
      },
      {
        measure: '`/health` meanwhile',
        ours: milliseconds(p99),
        beside: `${times.length} calls, median ${milliseconds(percentile(times, 0.5))}`,
        found: milliseconds(p99),
        target: 'p99 ≤ 50 ms',
        isMet: p99 <= 50,
      },
    ];
  },
};
