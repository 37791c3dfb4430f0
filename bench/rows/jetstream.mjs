import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { endProcess, productCore, restCore, spawnOn } from '../measure/cores.mjs';
import { freePort } from '../measure/ports.mjs';
import { median, sleep } from '../measure/statistics.mjs';
import { perSecond } from '../report/figures.mjs';
import { root } from '../../scripts/setup/root.mjs';

const script = join(import.meta.dirname, '..', 'contenders', 'raw-jetstream-process.mjs');
const seconds = 4;
const rounds = 2;

/** What lies below P2 and P3: JetStream alone, in the same blocks, with nothing before and nothing behind it. */
export const raw = {
  id: 'raw',
  title: 'JetStream alone',
  async run({ node }) {
    const rates = { '1s': [], always: [] };
    for (let round = 0; round < rounds; round += 1)
      for (const sync of Object.keys(rates)) rates[sync].push(await measure(node, sync));
    return Object.entries(rates).map(([sync, each]) => ({
      measure: `JetStream alone, blocks of 64 records, \`sync_interval: ${sync}\``,
      ours: '',
      beside: `stored and taken out again ${perSecond(median(each))}`,
      found: '',
      target: '–',
    }));
  },
};

const measure = async (node, sync) => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-bench-raw-'));
  const port = await freePort();
  const config = join(folder, 'nats.conf');
  writeFileSync(
    config,
    `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${folder}", sync_interval: "${sync}" }\n`,
  );
  const path = `${join(root, '.tools')}${delimiter}${process.env.PATH}`;
  const server = spawnOn(restCore, 'nats-server', ['-c', config], {
    stdio: 'ignore',
    env: { ...process.env, PATH: path },
  });
  await sleep(1);
  const child = spawnOn(productCore, node, [script, `127.0.0.1:${port}`, String(seconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  await endProcess(server);
  rmSync(folder, { recursive: true, force: true });
  const { stored, taken } = JSON.parse(output);
  return Math.min(stored, taken);
};
