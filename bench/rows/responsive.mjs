import { startSemStreams } from '../contenders/semstreams.mjs';
import { connectReceiver, send, takeNumbers } from '../measure/load.mjs';
import { percentile } from '../measure/statistics.mjs';
import { milliseconds } from '../report/figures.mjs';

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
