import { freePort } from './free-port.ts';
import { expect, test } from './test.ts';
import { until } from './until.ts';

/** Counts up for ever and hands each number to whoever is connected. */
const counting = (port: number, step: number) => ({
  id: 'counting',
  components: [
    { id: 'numbers', type: 'simulator_input', config: simulated(step) },
    { id: 'out', type: 'websocket_output', config: { host: '127.0.0.1', port } },
  ],
});
const simulated = (step: number) => ({ rate: 200, fields: [{ kind: 'counter', field: 'number', step }] });

test('after kill -9 a flow runs again by itself, in its deployed version', async ({ startInstance, receive }) => {
  const server = await startInstance();
  const port = await freePort();
  await server.rest.run(counting(port, 1));
  const draft = await server.rest.flow('counting');
  await server.rest.save({ ...draft, ...counting(port, 1000) });
  const receiver = await receive(`ws://127.0.0.1:${port}`);
  await until('numbers arrive', () => receiver.texts.length > 20);

  await server.kill();
  await until('the receiver notices', () => !receiver.isConnected);
  const before = receiver.texts.length;
  await server.start();

  const status = await server.rest.running('counting');
  expect(status.version).toBe(1);
  await until('numbers arrive again', () => receiver.texts.length > before + 20);
  const numbers = receiver.payloads.slice(before).map((payload) => (payload as { number: number }).number);
  expect(numbers.at(-1)! - numbers.at(-2)!).toBe(1);
  expect((await server.rest.flow('counting')).components[0]!.config).toEqual(simulated(1000));
  expect(server.natsServers()).toHaveLength(1);
});

test('a flow that was stopped stays stopped over a restart', async ({ startInstance }) => {
  const server = await startInstance();
  await server.rest.run(counting(await freePort(), 1));
  await server.rest.stop('counting');

  await server.kill();
  await server.start();

  await until('the flow is known', async () => (await server.rest.status('counting')).version === 1);
  expect(await server.rest.status('counting')).toMatchObject({ desired: 'stopped', observed: 'stopped', version: 1 });
});
