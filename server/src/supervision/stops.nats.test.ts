import { afterAll, beforeAll, expect, it } from 'vitest';
import { FlowStatus } from '@semstreams/contract';
import { ForeignServer } from '../nats/own-server/foreign-server.ts';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

let nats: ForeignServer;
let server: RunningServer;
const settings = () => ({ SEMSTREAMS_NATS_URL: nats.url, SEMSTREAMS_SHUTDOWN_TIMEOUT: '2s' });
beforeAll(async () => {
  nats = await (await ForeignServer.of()).start();
  server = await startServer(settings());
}, 60_000);
afterAll(async () => {
  nats.thaw();
  await server.end();
  await nats.remove();
});

const status = async () => FlowStatus.parse((await server.call('GET', '/api/v1/flows/frozen/status')).body);
const command = async (name: string) => server.call('POST', `/api/v1/flows/frozen/${name}?wait=20s`);
const inject = async (n: number) =>
  server.call('POST', '/api/v1/flows/frozen/components/in/inject', { payloads: [{ n }] });

it('a flow is stopped while NATS is frozen, in time, and started again when NATS is back', async () => {
  await server.call('POST', '/api/v1/flows', {
    id: 'frozen',
    components: [
      { id: 'in', type: 'udp_input', config: { host: '127.0.0.1', port: 0 } },
      { id: 'out', type: 'file_output', config: { path: 'out.ndjson' } },
    ],
    connections: [{ from: 'in', to: 'out', delivery: 'guaranteed' }],
  });
  await command('deploy');
  expect((await inject(1)).status).toBe(200);
  nats.freeze();
  const unanswered = inject(2);
  const began = performance.now();
  expect((await command('stop')).status).toBeLessThan(300);
  const stopped = await status();
  expect([stopped.desired, stopped.observed]).toEqual(['stopped', 'stopped']);
  // up to ten seconds until it is certain that NATS does not answer, two to drain, and one
  expect(performance.now() - began).toBeLessThan(18_000);
  expect((await unanswered).status).toBeGreaterThan(400);

  nats.thaw();
  await eventually('a start is heard', async () => (await command('start')).status < 300);
  await eventually('it runs', async () => ['running', 'degraded'].includes((await status()).observed));
  expect((await inject(3)).status).toBe(200);
}, 60_000);
