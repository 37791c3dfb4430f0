import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Flow } from '@semstreams/contract';
import { afterAll, expect, it } from 'vitest';
import { hostLane } from './lane-host.ts';
import { type FromLane, pulse } from './lane-protocol.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-lane-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

const flow = Flow.parse({
  id: 'flight',
  name: 'Flight',
  components: [
    { id: 'vehicle', type: 'udp_input', config: { host: '127.0.0.1', port: 0 } },
    { id: 'out', type: 'websocket_output', config: { host: '127.0.0.1', port: 0 } },
  ],
  connections: [{ from: 'vehicle', to: 'out', delivery: 'live' }],
});

const open = () => {
  const said: FromLane[] = [];
  const shared = new SharedArrayBuffer(pulse.length * 4);
  const nats = { access: { servers: [] }, replicas: 1, name: 'test', diskFull: new SharedArrayBuffer(4) };
  const lane = hostLane(
    { pulse: shared, dataDir, secretsDir: '', ownComponents: {}, nats },
    new Int32Array(shared),
    (message) => void said.push(message),
  );
  const start = async (run: number) =>
    lane.handle({ kind: 'start', run, flow, counters: new SharedArrayBuffer(64 * 1024) });
  const stop = async (run: number) => lane.handle({ kind: 'stop', run, withinMs: 5000 });
  return { said, start, stop };
};

it('runs a flow until it is stopped', async () => {
  const { said, start, stop } = open();
  await start(1);
  await stop(1);
  expect(said.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['running', 'stopped']));
});

it('never opens a flow that was stopped while its component types were loading', async () => {
  const { said, start, stop } = open();
  const starting = start(1);
  await stop(1);
  await starting;
  expect(said).toEqual([{ kind: 'stopped', run: 1, problem: undefined }]);
});
