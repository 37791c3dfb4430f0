import { deploy, startServer, statusOf } from '../contenders/semstreams.mjs';
import { sendBatches } from '../load/webhook.mjs';
import { freePort } from '../measure/ports.mjs';
import { median, sleep } from '../measure/statistics.mjs';
import { perSecond } from '../report/figures.mjs';

const seconds = 8;
const rounds = 2;
const wanted = 20_000;

/** Requests of a hundred records each, answered when they are on disk. */
export const p16 = {
  id: 'p16',
  title: 'guaranteed, HTTP in batches of 100',
  async run({ node, say }) {
    const server = await startServer({ node });
    const port = await freePort();
    await deploy(server.address, flow(port));
    const rates = [];
    let all = (await sendBatches({ port, batch: 100, seconds: 2 })).accepted;
    for (let round = 0; round < rounds; round += 1) {
      const { accepted, seconds: took } = await sendBatches({ port, batch: 100, seconds });
      all += accepted;
      rates.push(accepted / took);
      say(`${perSecond(rates.at(-1))} by HTTP`);
    }
    await sleep(1);
    const lost = all - (await takenIn(server.address));
    await server.stop();
    const ours = median(rates);
    return [
      {
        measure: 'guaranteed, HTTP in batches of 100, on disk before the answer',
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
  id: 'webhook',
  components: [
    { id: 'in', type: 'http_input', config: { host: '127.0.0.1', port, format: 'json_lines' } },
    { id: 'out', type: 'file_output', config: { path: 'webhook.ndjson', keep: 1 } },
  ],
  connections: [{ from: 'in', to: 'out', delivery: 'guaranteed' }],
});

const takenIn = async (address) => (await statusOf(address, 'webhook')).components[0].in_total;
