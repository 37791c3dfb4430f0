import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { FlowStatus } from '@semstreams/contract';
import { isRunning } from '../machine/processes.ts';
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

it('so it is with the own nats-server; what came in and could not be kept is counted', async () => {
  const own = await startServer({ SEMSTREAMS_SHUTDOWN_TIMEOUT: '2s' });
  await eventually('it is ready', async () => (await own.call('GET', '/health/ready')).status === 200);
  const broker = Number(readFileSync(join(own.dataDir, 'nats', 'nats-server.pid'), 'utf8'));
  onTestFinished(async () => {
    if (isRunning(broker, 'nats-server')) process.kill(broker, 'SIGCONT');
    await own.end();
  });
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  const path = '/api/v1/flows/frozen';
  await own.call('POST', '/api/v1/flows', {
    id: 'frozen',
    components: [
      { id: 'in', type: 'udp_input', config: { host: '127.0.0.1', port } },
      { id: 'out', type: 'file_output', config: { path: 'out.ndjson', sync: 'every_batch' } },
    ],
    connections: [{ from: 'in', to: 'out', delivery: 'guaranteed' }],
  });
  await own.call('POST', `${path}/deploy?wait=20s`);
  const totals = async () => {
    const { components, observed } = FlowStatus.parse((await own.call('GET', `${path}/status`)).body);
    return {
      observed,
      came: components[0]!.in_total,
      dropped: components.reduce((sum, each) => sum + each.dropped_total, 0),
    };
  };
  const sender = createSocket('udp4');
  onTestFinished(() => void sender.close());
  let sent = 0;
  const send = async (count: number): Promise<void> => {
    for (const wanted = sent + count; sent < wanted; sent += 1)
      await new Promise((resolve) => sender.send(JSON.stringify({ n: sent }), port, '127.0.0.1', resolve));
    await eventually('all came in', async () => (await totals()).came >= sent);
  };
  await send(10);
  process.kill(broker, 'SIGSTOP');
  await send(50);
  expect((await own.call('POST', `${path}/stop?wait=40s`)).status).toBeLessThan(300);
  const { observed, dropped } = await totals();
  expect(observed).toBe('stopped');
  if (isRunning(broker, 'nats-server')) process.kill(broker, 'SIGCONT');
  await eventually('it runs again', async () => {
    const started = await own.call('POST', `${path}/start?wait=5s`);
    return started.status < 300 && (await totals()).observed === 'running';
  });
  const file = join(own.dataDir, 'out.ndjson');
  const written = () => (existsSync(file) ? new Set(readFileSync(file, 'utf8').trimEnd().split('\n')).size : 0);
  await eventually('each is written or counted', async () => written() + dropped >= sent);
}, 150_000);
