/**
 * `npm run test:faults [-- --long] [--seed N] [NAME…]`: what SemStreams promises, tried on real processes that are
 * killed, frozen, starved of disk and moved in time. The long form takes the full figures and half an hour of random faults.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ensureBuild } from '../scripts/setup/build.mjs';
import { ensureNatsServer } from '../scripts/setup/nats-server.mjs';
import { root } from '../scripts/setup/root.mjs';
import { orExplain } from '../scripts/setup/say.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { long: { type: 'boolean', default: false }, seed: { type: 'string' } },
});
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));

await orExplain(
  async () => {
    await ensureNatsServer();
    await ensureBuild();
  },
  { whenInterrupted: 130 },
);

console.log(`fault suite, ${values.long ? 'long' : 'short'} form, seed ${seed}`);
const args = ['vitest', 'run', '-c', 'faults/vitest.config.ts', '--reporter=verbose', ...positionals];
spawn('npx', args, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, FAULTS_FORM: values.long ? 'long' : 'short', FAULTS_SEED: seed },
}).on('close', (code) => process.exit(code ?? 1));
