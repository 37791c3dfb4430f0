import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { FlowStatus, type Problem } from '@semstreams/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
let port: number;
beforeAll(async () => {
  server = await startServer();
  await eventually('it is ready', async () => (await server.call('GET', '/health/ready')).status === 200);
  port = await freePort();
});
afterAll(async () => {
  await server.end();
});

/** One that nobody listens on at this moment. */
const freePort = async (): Promise<number> => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port: free } = probe.address() as { readonly port: number };
  await new Promise((resolve) => probe.close(resolve));
  return free;
};

const flows = '/api/v1/flows';
const passing = { rules: [{ field: 'n', operator: 'gte', value: 0 }] };
const sending = (output = 'far', filter = false) => ({
  id: 'sending',
  name: 'Sending',
  components: [
    { id: 'in', type: 'udp_input', config: { host: '127.0.0.1', port: 0 } },
    ...(filter ? [{ id: 'real', type: 'json_filter', config: passing }] : []),
    { id: output, type: 'websocket_output', config: { host: '127.0.0.1', port } },
  ],
  connections: filter
    ? [
        { from: 'in', to: 'real', delivery: 'live' },
        { from: 'real.out', to: output, delivery: 'guaranteed' },
      ]
    : [{ from: 'in', to: output, delivery: 'guaranteed' }],
});
const receiving = () => ({
  id: 'receiving',
  components: [
    {
      id: 'near',
      type: 'websocket_input',
      config: { url: `ws://127.0.0.1:${port}`, name: 'b', longest_wait: '300ms' },
    },
    { id: 'end', type: 'file_output', config: { path: 'got.ndjson' } },
  ],
  connections: [{ from: 'near', to: 'end', delivery: 'guaranteed' }],
});
const save = async (flow: object) => server.call('PUT', `${flows}/sending`, flow, { 'if-match': '*' });
const deploy = async (id: string, body: object = {}) => server.call('POST', `${flows}/${id}/deploy?wait=20s`, body);
const status = async () => FlowStatus.parse((await server.call('GET', `${flows}/sending/status`)).body);
const named = async () =>
  ((await status()).components.at(-1)!.facts?.['far_sides'] ?? []) as readonly {
    name: string;
    is_there: boolean;
    waiting: number;
  }[];
const send = async (from: number, to: number) =>
  server.call('POST', `${flows}/sending/components/in/inject`, {
    payloads: Array.from({ length: to - from }, (_, index) => ({ n: from + index })),
  });
/** The numbers in the lines that are whole. */
const got = (): number[] => {
  const path = join(server.dataDir, 'got.ndjson');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { readonly n: number }).n);
};
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const codes = ({ body }: { readonly body: unknown }) => (body as Problem).findings?.map(({ code }) => code);
const untilGot = async (count: number) => eventually(`${count} are there`, async () => got().length >= count);

it('says what a rename, a change and a removal would lose before they are done, and keeps places over a change', async () => {
  await server.call('POST', flows, sending());
  await server.call('POST', flows, receiving());
  for (const id of ['sending', 'receiving']) expect((await deploy(id)).status).toBe(202);
  await eventually('it has a place', async () => (await named())[0]?.is_there);
  await send(0, 10);
  await untilGot(10);
  await server.call('POST', `${flows}/receiving/stop?wait=20s`);
  await send(10, 20);
  await eventually('they wait for it', async () => (await named())[0]?.waiting === 10);

  const findings = async (flow: object) => codes(await server.call('POST', `${flows}/validate`, flow));
  expect(await findings(sending('other'))).toEqual(['would_discard', 'would_forget']);
  expect(await findings(sending('far', true))).toEqual(['would_discard']);
  expect(await findings(sending())).toEqual([]);
  await save(sending('other'));
  const refused = await deploy('sending');
  expect([refused.status, codes(refused)]).toEqual([409, ['would_discard', 'would_forget']]);
  const removal = await server.call('DELETE', `${flows}/sending?dry_run=true`);
  expect([removal.status, (removal.body as Problem).findings!.map(({ sentence }) => sentence)]).toEqual([
    409,
    [
      '10 messages wait in the connection in.out → far.in and would be thrown away',
      '"b" loses its place at "far": what has not got there yet, and what comes until it connects anew, is not sent to it',
    ],
  ]);

  await server.call('POST', `${flows}/receiving/start?wait=20s`);
  await untilGot(20);
  await server.call('POST', `${flows}/receiving/stop?wait=20s`);
  await eventually('nothing waits', async () => (await named())[0]?.waiting === 0);
  await save(sending('far', true));
  await eventually('all of it is forgotten', async () => (await findings(sending('far', true)))!.length === 0);
  expect((await deploy('sending')).status).toBe(202);
  await send(20, 30);
  await eventually('they wait for it', async () => (await named())[0]?.waiting === 10);
  await server.call('POST', `${flows}/receiving/start?wait=20s`);
  await untilGot(30);
  expect(got()).toEqual(upTo(30));

  await server.call('POST', `${flows}/sending/stop?wait=20s`);
  const kept = await server.call('DELETE', `${flows}/sending`);
  expect([kept.status, codes(kept)]).toEqual([409, ['would_forget']]);
  expect((await server.call('DELETE', `${flows}/sending?discard_waiting=true`)).status).toBe(204);
});
