import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Flow } from '@semstreams/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { connect } from 'node:net';
import { noTotals } from '../../engine/counters.ts';
import { hostLane } from './lane-host.ts';
import type { FromLane } from '../agreed/lane-protocol.ts';

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

const lines = (port: number): Flow =>
  Flow.parse({
    id: 'lines',
    name: 'Lines',
    components: [
      { id: 'in', type: 'tcp_input', config: { host: '127.0.0.1', port } },
      { id: 'out', type: 'file_output', config: { path: 'lines.ndjson' } },
    ],
    connections: [{ from: 'in', to: 'out', delivery: 'live' }],
  });

const open = () => {
  const said: FromLane[] = [];
  const nats = { access: { servers: [] }, replicas: 1, name: 'test', dataDir: '/nowhere' };
  const lane = hostLane(
    {
      name: 'test',
      dataDir,
      diskStopAt: 100,
      secretsDir: '',
      reach: { network: ['*'] },
      ownComponents: {},
      nats,
      isDiskFull: false,
    },
    (message) => void said.push(message),
  );
  const start = async (run: number, started = flow) =>
    lane.handle({ kind: 'start', run, flow: started, totals: noTotals, hands: {}, isCareful: false });
  const stop = async (run: number, next?: Flow) => lane.handle({ kind: 'stop', run, withinMs: 5000, next });
  return { said, start, stop, lane };
};

it('runs a flow until it is stopped', async () => {
  const { said, start, stop } = open();
  await start(1);
  await stop(1);
  expect(said.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['running', 'stopped']));
});

it('refuses what is injected while a flow starts, and the flow goes on', async () => {
  const { said, start, stop, lane } = open();
  const starting = start(1, lines(0));
  await lane.handle({ kind: 'inject', run: 1, request: 1, component: 'in', port: undefined, texts: ['{}'] });
  await starting;
  await lane.handle({ kind: 'inject', run: 1, request: 2, component: 'in', port: undefined, texts: ['{}'] });
  await stop(1);
  await lane.handle({ kind: 'inject', run: 1, request: 3, component: 'in', port: undefined, texts: ['{}'] });
  expect(said.filter(({ kind }) => kind === 'injected' || kind === 'failed')).toEqual([
    { kind: 'injected', request: 1, problem: 'the flow is being started; try again when it runs' },
    { kind: 'injected', request: 2, problem: undefined },
    { kind: 'injected', request: 3, problem: 'the flow does not run' },
  ]);
});

it('never opens a flow that was stopped while its component types were loading', async () => {
  const { said, start, stop } = open();
  const starting = start(1);
  await stop(1);
  await starting;
  expect(said).toEqual([{ kind: 'stopped', run: 1, problem: undefined }]);
});

describe('over a redeploy', () => {
  const listeningOf = (said: readonly FromLane[]): number =>
    said.flatMap((each) => (each.kind === 'facts' ? [Number(each.facts['in']?.['listening'])] : [])).at(-1)!;
  const run = async (next: Flow | undefined) => {
    const { said, start, stop, lane } = open();
    await start(1, lines(0));
    lane.tellFacts();
    const sender = connect(listeningOf(said), '127.0.0.1');
    const ended = new Promise((resolve) => sender.once('close', () => resolve('ended')));
    await new Promise((resolve) => sender.once('connect', resolve));
    await stop(1, next);
    const end = async () => {
      sender.destroy();
      await stop(2);
    };
    return { said, start, lane, sender, ended, end };
  };

  it('a sender stays connected where the next version listens at the same place', async () => {
    const { said, start, lane, sender, end } = await run(lines(0));
    await start(2, lines(0));
    lane.tellFacts();
    expect([sender.readyState, listeningOf(said)]).toEqual(['open', sender.remotePort]);
    await end();
  });

  it.each([
    ['listens elsewhere', lines(1)],
    ['does not come', undefined],
    ['cannot be planned', Flow.parse({ ...flow, components: [{ id: 'x', type: 'no_such_type' }], connections: [] })],
  ])('its senders are told that it ends where the next version %s', async (_, next) => {
    const { ended, end } = await run(next);
    expect(await ended).toBe('ended');
    await end();
  });
});
