import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding, FlowStatus } from '@semstreams/contract';
import { type RunningServer, startServer } from '../running-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ SEMSTREAMS_PORT: String(await freePort()) });
});
afterAll(async () => {
  await server.end();
});

/** One that nobody has at the moment. */
const freePort = async (): Promise<number> => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  return port;
};

const flows = '/api/v1/flows';
const listening = (id: string, port: number, type = 'tcp_input') => ({
  id,
  name: `Flow ${id}`,
  components: [
    { id: 'listen', type, name: 'Sensors', config: { host: '127.0.0.1', port } },
    { id: 'log', type: 'file_output', config: { path: `${id}.ndjson` } },
  ],
});
const found = async (document: unknown): Promise<Finding[]> => {
  const { body } = await server.call('POST', `${flows}/validate`, document);
  return (body as { findings: Finding[] }).findings.filter(({ code }) => code === 'port_in_use');
};
const deploy = async (id: string) => server.call('POST', `${flows}/${id}/deploy?wait=20s`);

it('names the flow that uses a port, while it runs and while it does not, with a free one', async () => {
  const port = await freePort();
  await server.call('POST', flows, listening('first', port));
  const about = { severity: 'warning', component: 'listen', field: 'port', place: 'components[0].config.port' };
  expect(await found(listening('second', port))).toMatchObject([
    {
      ...about,
      sentence: `port ${port} is used by the flow “Flow first”, too, which does not run now: only one of them can run`,
    },
  ]);
  await deploy('first');
  const [running] = await found(listening('second', port));
  expect(running).toMatchObject({ ...about, sentence: `port ${port} is used by the flow “Flow first”, which runs` });
  expect(Number(running?.instead)).toBeGreaterThan(port);
  expect(await found(listening('second', Number(running?.instead)))).toEqual([]);
  expect(await found(listening('first', port))).toEqual([]);
  expect(await found(listening('second', port, 'udp_input'))).toEqual([]);
});

it('names the other component of the flow, and the server itself', async () => {
  const port = await freePort();
  const twice = listening('twice', port);
  const [listen, log] = twice.components;
  expect(await found({ ...twice, components: [listen, { ...listen, id: 'again', name: 'Again' }, log] })).toMatchObject(
    [
      {
        component: 'again',
        sentence: `port ${port} is used by “Sensors” of this flow, too: only one of them can have it`,
      },
    ],
  );
  const own = Number(new URL(server.url).port);
  expect(await found(listening('third', own))).toMatchObject([
    { sentence: `port ${own} is the one at which this server itself answers` },
  ]);
});

it('names the flow that has the port where one fails for it', async () => {
  const port = await freePort();
  await server.call('POST', flows, listening('holder', port));
  await deploy('holder');
  await server.call('POST', flows, listening('late', port));
  await deploy('late');
  const { body } = await server.call('GET', `${flows}/late/status`);
  expect((body as FlowStatus).sentence).toContain(`“Sensors”: port ${port} is used by the flow “Flow holder”`);
  expect((body as FlowStatus).notices[0]).toMatchObject({ component: 'listen', name: 'Sensors' });
});
