import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Health } from '@semstreams/contract';
import { it, onTestFinished } from 'vitest';
import { eventually, startServer } from '../running-server.ts';

it('a store that is gone with all that it held is told of at the next start, and no first start', async () => {
  const first = await startServer();
  onTestFinished(() => rmSync(first.dataDir, { recursive: true, force: true }));
  await first.call('POST', '/api/v1/flows', {
    id: 'kept',
    components: [
      { id: 'source', type: 'simulator_input', config: { rate: 50 } },
      { id: 'file', type: 'file_output', config: { path: 'kept.ndjson' } },
    ],
    connections: [{ from: 'source', to: 'file', delivery: 'guaranteed' }],
  });
  await first.call('POST', '/api/v1/flows/kept/deploy?wait=30s');
  await eventually('something is kept', async () => {
    const { body } = await first.call('GET', '/api/v1/flows/kept/status');
    return JSON.stringify(body).includes('"running"');
  });
  await first.end();
  rmSync(join(first.dataDir, 'nats', 'jetstream'), { recursive: true });

  const again = await startServer({}, first.dataDir);
  onTestFinished(async () => void (await again.end('SIGKILL')));
  await eventually('it is said', async () => {
    const { sentences } = (await again.call('GET', '/health')).body as Health;
    return sentences.some((sentence) => sentence.includes('semstreams_flows: the bucket was missing'));
  });
}, 120_000);
