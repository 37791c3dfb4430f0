import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placesOf } from '../../scripts/setup/tools.mjs';
import { endProcess, restCore, spawnOn } from '../measure/cores.mjs';
import { sleep } from '../measure/statistics.mjs';

/** A mosquitto that keeps as much as comes, in memory, at a port of the loopback. */
export const startMosquitto = async (port) => {
  const folder = mkdtempSync(join(tmpdir(), 'semstreams-bench-'));
  const settings = join(folder, 'mosquitto.conf');
  writeFileSync(settings, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n`);
  const child = spawnOn(restCore, placesOf('mosquitto')[0], ['-c', settings], { stdio: 'ignore' });
  await sleep(1);
  return {
    async stop() {
      await endProcess(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Publishes numbered records with QoS 1; resolves when the broker has all of them. */
export const publishRecords = async ({ port, topic, count }) => {
  const child = spawnOn(
    restCore,
    placesOf('mosquitto_pub')[0],
    ['-h', '127.0.0.1', '-p', String(port), '-t', topic, '-q', '1', '-l'],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const gone = once(child, 'exit');
  for (let n = 0; n < count; n += 1)
    if (!child.stdin.write(`{"n":${n},"vehicle":"v-${n % 50}","speed":12.5,"battery":81}\n`))
      await once(child.stdin, 'drain');
  child.stdin.end();
  const [code] = await gone;
  if (code !== 0) throw new Error(`mosquitto_pub ended with ${code}`);
};
