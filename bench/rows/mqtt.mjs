import { deploy, startServer, statusOf } from '../contenders/semstreams.mjs';
import { publishRecords, startMosquitto } from '../load/mosquitto.mjs';
import { freePort } from '../measure/ports.mjs';
import { median, sleep } from '../measure/statistics.mjs';
import { perSecond } from '../report/figures.mjs';

/** Not more than there are numbers of packets: beyond them mosquitto_pub ends before the broker has all of it. */
const count = 60_000;
const rounds = 2;
const wanted = 10_000;

/** What waits at a mosquitto goes through a guaranteed connection and back to it, both with QoS 1. */
export const p18 = {
  id: 'p18',
  title: 'MQTT in and out with QoS 1, guaranteed',
  async run({ node, say }) {
    const port = await freePort();
    const broker = await startMosquitto(port);
    const server = await startServer({ node });
    await deploy(server.address, flow(port));
    const rates = [];
    let lost = 0;
    for (let round = 0; round < rounds; round += 1) {
      await order(server.address, 'stop');
      await publishRecords({ port, topic: 'from', count });
      const before = await sentOn(server.address);
      await order(server.address, 'start');
      const { rate, missing } = await emptied(server.address, before);
      rates.push(rate);
      lost += missing;
      say(`${perSecond(rate)} by MQTT`);
    }
    await server.stop();
    await broker.stop();
    const ours = median(rates);
    return [
      {
        measure: 'guaranteed, MQTT in and out with QoS 1, acknowledged by mosquitto',
        ours: perSecond(ours),
        beside: `${lost} lost`,
        found: perSecond(ours),
        target: `≥ ${perSecond(wanted)}`,
        isMet: ours >= wanted && lost === 0,
      },
    ];
  },
};

const flow = (port) => ({
  id: 'mqtt',
  components: [
    { id: 'in', type: 'mqtt_input', config: { url: `mqtt://127.0.0.1:${port}`, topics: ['from'] } },
    { id: 'out', type: 'mqtt_output', config: { url: `mqtt://127.0.0.1:${port}`, topic: 'to' } },
  ],
  connections: [{ from: 'in', to: 'out', delivery: 'guaranteed' }],
});

const order = async (address, what) => {
  await fetch(`${address}/api/v1/flows/mqtt/${what}?wait=20s`, { method: 'POST' });
};

const sentOn = async (address) => (await statusOf(address, 'mqtt')).components[1].out_total;

/** Waits until all of it went through, or nothing moves for five seconds. The rate is without the start of the flow. */
const emptied = async (address, before) => {
  let [first, last, movedAt] = [undefined, 0, performance.now()];
  for (;;) {
    const out = (await sentOn(address)) - before;
    const now = performance.now();
    if (out > 0) first ??= { out, at: now };
    if (out > last) [last, movedAt] = [out, now];
    if (last >= count || now - movedAt > 5000 + (first ? 0 : 20_000)) break;
    await sleep(0.1);
  }
  const rate = first ? ((last - first.out) / (movedAt - first.at)) * 1000 : 0;
  return { rate, missing: Math.max(0, count - last) };
};
