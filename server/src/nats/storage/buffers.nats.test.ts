import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { DeadLetterPage, FlowStatus, Health } from '@semstreams/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../../running-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ SEMSTREAMS_NATS_MAX_FILE_STORE: '64MB' });
  await eventually('it is ready', async () => (await server.call('GET', '/health/ready')).status === 200);
});
afterAll(async () => {
  await server.end();
});

const status = async (flow: string) =>
  FlowStatus.parse((await server.call('GET', `/api/v1/flows/${flow}/status`)).body);
const deploy = async (id: string, components: readonly unknown[], connections: readonly unknown[]) => {
  await server.call('POST', '/api/v1/flows', { id, components, connections });
  await server.call('POST', `/api/v1/flows/${id}/deploy?wait=20s`);
};
const input = { id: 'in', type: 'udp_input', config: { host: '127.0.0.1', port: 0 } };
const guaranteed = [{ from: 'in', to: 'out', delivery: 'guaranteed' }];
/** A flow whose messages wait: nobody connects to its output. */
const waiting = async (id: string) =>
  deploy(
    id,
    [input, { id: 'out', type: 'websocket_output', config: { host: '127.0.0.1', port: 0, when_away: 'wait' } }],
    guaranteed,
  );
/** Large ones: an output may hold a few megabytes in hand, which nobody can take away any more. */
const fill = async (flow: string, count: number) => {
  const payloads = Array.from({ length: 25 }, (_, n) => ({ n, text: 'x'.repeat(20_000) }));
  for (let n = 0; n < count; n += payloads.length)
    await server.call('POST', `/api/v1/flows/${flow}/components/in/inject`, { payloads });
};
const dropped = async (flow: string) => (await status(flow)).components.find(({ id }) => id === 'out')!.dropped;
/** What is counted as taken away by somebody else. */
const removed = async (flow: string) => (await dropped(flow))['removed'] ?? 0;

/** The nats-server of the server, as an operator with the `nats` command reaches it. */
const byHand = async () => {
  const folder = join(server.dataDir, 'nats');
  const [, port] = /listen: "127\.0\.0\.1:(\d+)"/.exec(readFileSync(join(folder, 'nats-server.conf'), 'utf8'))!;
  const pass = readFileSync(join(folder, 'password'), 'utf8');
  const nats = await connect({ servers: `127.0.0.1:${port}`, user: 'semstreams', pass });
  return { nats, streams: (await jetstreamManager(nats)).streams };
};
const stream = (flow: string) => `semstreams_buffer:${flow}:in:out:out:in`;

it('runs many guaranteed connections in a store that one of them could fill, and keeps dead letters beside', async () => {
  for (let n = 0; n < 5; n += 1)
    await deploy(
      `small-${n}`,
      [input, { id: 'out', type: 'file_output', config: { path: `${n}.ndjson` } }],
      guaranteed,
    );
  for (let n = 0; n < 5; n += 1) expect((await status(`small-${n}`)).observed).toBe('running');
  const change = { id: 'change', type: 'json_map', config: { steps: [{ do: 'convert', field: 'v', into: 'number' }] } };
  await deploy(
    'letters',
    [input, change, { id: 'out', type: 'file_output', config: { path: 'letters.ndjson' } }],
    [
      { from: 'in', to: 'change' },
      { from: 'change', to: 'out' },
    ],
  );
  await server.call('POST', '/api/v1/flows/letters/components/in/inject', { payloads: [{ v: 'bad' }] });
  await eventually('the letter is in the list', async () => {
    const { body } = await server.call('GET', '/api/v1/flows/letters/dead-letters');
    return DeadLetterPage.parse(body).total === 1;
  });
}, 60_000);

it('counts what somebody takes out of a buffer while it runs, within seconds', async () => {
  await waiting('purged');
  await fill('purged', 500);
  const before = (await status('purged')).connections[0]!;
  expect(before.waiting).toBe(500);
  const { nats, streams } = await byHand();
  await streams.purge(stream('purged'), { keep: 1 });
  await nats.close();
  await eventually('it is counted', async () => (await removed('purged')) > 0);
  const { waiting: left, dropped_total } = (await status('purged')).connections[0]!;
  expect(left + dropped_total).toBe(before.waiting);
}, 60_000);

it('says within seconds what waits for a flow that does not run, also where somebody takes it away', async () => {
  await waiting('resting');
  await fill('resting', 50);
  await server.call('POST', '/api/v1/flows/resting/stop?wait=10s');
  expect((await status('resting')).connections[0]!.waiting).toBe(50);
  const { nats, streams } = await byHand();
  await streams.purge(stream('resting'));
  await nats.close();
  await eventually('nothing waits', async () => (await status('resting')).connections[0]!.waiting === 0);
}, 60_000);

it('makes a buffer again that somebody deletes, counts what it held and goes on', async () => {
  await waiting('deleted');
  await fill('deleted', 500);
  const before = (await status('deleted')).connections[0]!.waiting;
  const { nats, streams } = await byHand();
  await streams.delete(stream('deleted'));
  await nats.close();
  await eventually('it is counted', async () => (await removed('deleted')) > 0);
  await fill('deleted', 100);
  await eventually('new ones wait', async () => {
    const { waiting: left, dropped_total } = (await status('deleted')).connections[0]!;
    return left >= 100 && left + dropped_total === before + 100;
  });
}, 60_000);

it('counts what is missing after its files were lost while the server stood still', async () => {
  await waiting('damaged');
  await fill('damaged', 500);
  const before = (await status('damaged')).connections[0]!.waiting;
  const { dataDir } = server;
  await server.end();
  const folder = join(dataDir, 'nats/jetstream');
  const account = readdirSync(folder)[0]!;
  rmSync(join(folder, account, 'streams', stream('damaged')), { recursive: true });
  server = await startServer({ SEMSTREAMS_NATS_MAX_FILE_STORE: '64MB' }, dataDir);
  await eventually('it runs again', async () => ['running', 'degraded'].includes((await status('damaged')).observed));
  await eventually('it is counted', async () => (await dropped('damaged'))['removed'] === before);
  expect((await status('damaged')).connections[0]!.waiting).toBe(0);
  await eventually('health names it', async () => {
    const { status: health, sentences } = Health.parse((await server.call('GET', '/health')).body);
    return health === 'degraded' && sentences.some((sentence) => sentence.startsWith('damaged: '));
  });
}, 60_000);
